"""What the helpers of these tests are, for their signatures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from click.testing import Result

Rows = Sequence[Sequence[Any]]
Run = Callable[..., Result]
MakeFile = Callable[..., Path]
