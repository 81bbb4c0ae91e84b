"""Write townships and villages out in the shape they are read in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.territory.imports import KIND_TITLES
from service.territory.models import Division


def township_rows(session: Session, district_id: str, *, on: dt.date) -> Iterator[list[str]]:
    for row in _current(session, district_id, on):
        if row.parent_code is None:
            yield [row.code[:9], row.name, KIND_TITLES[row.kind]]


def village_rows(session: Session, district_id: str, *, on: dt.date) -> Iterator[list[str]]:
    for row in _current(session, district_id, on):
        if row.parent_code is not None:
            yield [row.code, row.name, KIND_TITLES[row.kind], row.parent_code[:9]]


def _current(session: Session, district_id: str, on: dt.date) -> Iterator[Division]:
    """Those in force that day: a merged village is history, and must not come back by an import."""
    wanted = sa.select(Division).where(
        Division.district_id == district_id, sa.or_(Division.valid_to.is_(None), Division.valid_to > on)
    )
    yield from session.scalars(wanted.order_by(Division.code))
