"""Questions to the register: what a model may learn from."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.register.models import RegisterEntry


def labelled(session: Session, district_id: str) -> Iterator[tuple[str, str]]:
    """(text with its topic in front, category id) of every line, in a stable order."""
    statement = sa.select(RegisterEntry.topic, RegisterEntry.text, RegisterEntry.category_id)
    statement = statement.where(RegisterEntry.district_id == district_id).order_by(RegisterEntry.id)
    for topic, text, category_id in session.execute(statement):
        yield (f"{topic}\n{text}" if topic else text), category_id
