"""How rows inside a :class:`service.errors.Conflict` are shown: the domain gives its row, the edge its view of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_jsonable_python

PRESENTERS: dict[type, Callable[[Any], BaseModel]] = {}
"""Type of row → view; modules of routes add theirs on import."""

log = structlog.get_logger(__name__)


def present(current: Any) -> dict[str, Any] | None:
    """``current`` of a 409 as JSON; a bare value becomes ``{"value": …}``."""
    if current is None:
        return None
    shown = next((show(current) for kind, show in PRESENTERS.items() if isinstance(current, kind)), current)
    if isinstance(shown, BaseModel):
        return shown.model_dump(mode="json")
    try:
        plain = to_jsonable_python(shown)
    except PydanticSerializationError:
        log.error("conflict_without_presenter", kind=type(current).__name__)
        return None
    return plain if isinstance(plain, dict) else {"value": plain}
