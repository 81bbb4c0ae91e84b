"""A file that leaves the house by a link: who took which stands in the trail, each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.access import current_actor
from service.accounts.trail import Access
from service.administration import office
from service.bootstrap import core
from service.db import db, reading


def note_taking(kind: Access, district_id: str, data: Mapping[str, Any]) -> None:
    """In a transaction of its own, before a byte leaves: the file must be made by now, for what was read is let go."""
    session = db.session()
    session.rollback()
    reading.set(False)
    office.note(session, kind, actor=current_actor(), district_id=district_id, now=core().clock(), data=data)
    session.commit()
