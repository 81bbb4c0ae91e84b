"""In-time rates for everybody (rulebook §12): counted by a job over the last 365 days, so that no request scans (ADR 0012)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.supervision import queries
from service.supervision.measures import Value, values
from service.supervision.models import PublicCounts
from service.supervision.queries import Period, Scope
from service.territory import queries as territory

DAYS = 365
SHOWN = ("acceptance", "reply", "finish")
"""What is decided within a limit; the rest stands among the other public figures."""


def refresh(session: Session, *, now: dt.datetime) -> None:
    """Count every district afresh."""
    today = local_date(now)
    period = Period(today - dt.timedelta(days=DAYS), today)
    for district in territory.districts(session):
        counters = queries.totals(session, Scope(district.id), period, now=now)
        session.merge(PublicCounts(district_id=district.id, counters=counters, as_of=now))


def rates(session: Session, *, district_id: str | None) -> list[Value]:
    """Of a district, or of all together; nothing before the first count."""
    wanted = sa.select(PublicCounts.counters)
    if district_id is not None:
        wanted = wanted.where(PublicCounts.district_id == district_id)
    rows = session.scalars(wanted).all()
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return [value for value in values(total) if value.measure.name in SHOWN] if rows else []
