"""The heads of the districts' chains, for the public page and for saving elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.ledger.models import LedgerLink


@dataclass(frozen=True, slots=True)
class Head:
    district_id: str
    links: int
    head: str
    linked_at: dt.datetime


def heads(session: Session) -> list[Head]:
    newest = sa.select(LedgerLink.district_id, sa.func.max(LedgerLink.seq).label("seq")).group_by(
        LedgerLink.district_id
    )
    last = newest.subquery()
    statement = sa.select(LedgerLink).join(
        last, sa.and_(last.c.district_id == LedgerLink.district_id, last.c.seq == LedgerLink.seq)
    )
    rows = session.scalars(statement.order_by(LedgerLink.district_id))
    return [Head(row.district_id, row.seq, row.hash, row.linked_at) for row in rows]
