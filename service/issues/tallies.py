"""Totals of finished issues and of public figures: counted by a job, so that no request scans (ADR 0012)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import SHANGHAI, local_date
from service.ids import new_id
from service.issues.models import Issue, IssueTally

RECENT_DAYS = 365


def recent_since(now: dt.datetime) -> dt.datetime:
    """The first moment public figures speak of: midnight in China, that many days ago."""
    day = local_date(now) - dt.timedelta(days=RECENT_DAYS)
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def refresh(session: Session, *, now: dt.datetime) -> int:
    """Count everything afresh and put it in place of what was counted before; returns how many rows.

    One pass over the issues. Readers see the old totals until this is committed.
    """
    counted = session.execute(_count(now)).all()
    session.execute(sa.delete(IssueTally))
    rows = [{"id": new_id(), "as_of": now, **row._mapping} for row in counted]
    if rows:
        session.execute(sa.insert(IssueTally), rows)
    return len(rows)


def _count(now: dt.datetime) -> sa.Select[*tuple[object, ...]]:
    recent = sa.case((Issue.created_at >= recent_since(now), sa.true()), else_=sa.false())
    kinds = (Issue.district_id, Issue.township_code, Issue.station_id, Issue.confined_to, Issue.state, Issue.outcome)
    grouped = [*kinds, recent.label("recent")]
    return sa.select(*grouped, sa.func.count().label("issues")).group_by(*kinds, recent)


def recent(session: Session, *, district_id: str | None, without: Sequence[str]) -> list[tuple[str, str, int]]:
    """State, outcome ('' for none) and number of the recent issues of a district, or of all; not of those states."""
    outcome = sa.func.coalesce(IssueTally.outcome, "")
    scope: list[sa.ColumnElement[bool]] = [IssueTally.recent.is_(True), IssueTally.state.not_in(without)]
    if district_id:
        scope.append(IssueTally.district_id == district_id)
    statement = sa.select(IssueTally.state, outcome, sa.func.sum(IssueTally.issues)).where(*scope)
    return [(row[0], row[1], int(row[2])) for row in session.execute(statement.group_by(IssueTally.state, outcome))]


def as_of(session: Session) -> dt.datetime | None:
    """When totals were last counted; None before the first time, or while there is nothing to count."""
    return session.scalar(sa.select(IssueTally.as_of).limit(1))
