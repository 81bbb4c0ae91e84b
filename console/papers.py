"""Papers that leave the house as files: sent as PDF, and a line of the trail says who took which."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Response, send_file

from console.pages import current_actor
from service.accounts.trail import Access
from service.administration import office
from service.bootstrap import core
from service.db import db, reading

PDF_LIMIT = "60 per hour"
ROOM_TO_SIGN = "　\n" * 4
"""The height of a signature in a table; blanks alone have none."""


def sent(made: bytes, name: str) -> Response:
    """A finished PDF, to be kept under ``name``."""
    return send_file(io.BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


def note_taking(kind: Access, district_id: str, data: Mapping[str, Any]) -> None:
    """In a transaction of its own, before a byte leaves: what the page had read is let go."""
    session = db.session()
    session.rollback()
    reading.set(False)
    office.note(session, kind, actor=current_actor(), district_id=district_id, now=core().clock(), data=data)
    session.commit()
