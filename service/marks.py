"""The mark of what somebody was shown: a form carries it, so that nobody decides on what has changed meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence


def mark_of(facts: Sequence[object]) -> str:
    """16 hex digits, the same for the same facts in the same order; what JSON does not know is taken as text."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, default=str).encode()).hexdigest()[:16]
