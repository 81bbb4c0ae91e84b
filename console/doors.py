"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import elsewhere, own, set_up, sign_in
from console.pages import Door

DOORS: tuple[Door, ...] = (sign_in.door, set_up.door, own.door, elsewhere.door)
