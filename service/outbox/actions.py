"""Write events; claim, finish, fail and requeue them. None of these commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.events import Event
from service.outbox.models import DONE, PARKED, PENDING, AnsweredRequest, OutboxRow

MAX_ATTEMPTS = 8
LEASE = dt.timedelta(seconds=15)
KEEP_DONE = dt.timedelta(days=14)


def record(
    session: Session, event: Event, payload: Mapping[str, Any], *, district_id: str | None, now: dt.datetime
) -> OutboxRow:
    """Write an event. ``payload`` holds ids and words for programs, never personal data or a complaint's text."""
    row = event_row(event, payload, district_id=district_id, now=now)
    session.add(row)
    return row


def event_row(event: Event, payload: Mapping[str, Any], *, district_id: str | None, now: dt.datetime) -> OutboxRow:
    """The row of an event, not yet written; see :func:`record`."""
    return OutboxRow(
        event=event.value,
        payload=dict(payload),
        district_id=district_id,
        state=PENDING,
        attempts=0,
        next_at=now,
    )


def claim(session: Session, *, now: dt.datetime, limit: int = 50) -> list[int]:
    """Lease up to ``limit`` due rows and return their ids, oldest first.

    Those tried least come first: what an event that kills its worker held up is done by the next worker.
    """
    due = sa.select(OutboxRow.id).where(
        OutboxRow.state == PENDING,
        OutboxRow.attempts < MAX_ATTEMPTS,
        OutboxRow.next_at <= now,
        sa.or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
    )
    due = due.order_by(OutboxRow.attempts, OutboxRow.id).limit(limit).with_for_update(skip_locked=True)
    claimed = sa.update(OutboxRow).where(OutboxRow.id.in_(due.scalar_subquery()))
    claimed = claimed.values(lease_until=now + LEASE).returning(OutboxRow.attempts, OutboxRow.id)
    rows = session.execute(claimed.execution_options(synchronize_session=False)).all()
    return [row_id for _, row_id in sorted(map(tuple, rows))]


def begin(session: Session, row_id: int, *, now: dt.datetime) -> bool:
    """Count an attempt, to be committed before the work; False when the event is no longer pending.

    An event that kills its worker thus runs out of attempts instead of looping, and its neighbours in the same batch,
    which nobody has tried yet, keep theirs.
    """
    statement = sa.update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.state == PENDING)
    result = session.execute(statement.values(attempts=OutboxRow.attempts + 1, lease_until=now + LEASE))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def take(session: Session, row_id: int) -> OutboxRow | None:
    """Lock a claimed row for handling; None when another worker has finished it meanwhile."""
    statement = sa.select(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.state == PENDING)
    return session.scalar(statement.with_for_update(skip_locked=True).execution_options(populate_existing=True))


def finish(row: OutboxRow, *, now: dt.datetime) -> None:
    row.state, row.handled_at, row.lease_until, row.last_error = DONE, now, None, None


def fail(session: Session, row_id: int, *, error: str, now: dt.datetime) -> None:
    """Plan the next attempt (2, 4, 8 … seconds, at most 5 minutes), or park the row where staff see it."""
    row = session.get(OutboxRow, row_id)
    if row is None or row.state != PENDING:
        return
    row.lease_until, row.last_error = None, error[:500]
    row.next_at = now + dt.timedelta(seconds=min(2**row.attempts, 300))
    if row.attempts >= MAX_ATTEMPTS:
        row.state = PARKED


def park_exhausted(session: Session, *, now: dt.datetime) -> int:
    """Park rows whose worker died on every attempt; returns how many."""
    statement = sa.update(OutboxRow).where(
        OutboxRow.state == PENDING, OutboxRow.attempts >= MAX_ATTEMPTS, OutboxRow.lease_until < now
    )
    result = session.execute(statement.values(state=PARKED, last_error="the worker stopped during every attempt"))
    return int(result.rowcount)  # type: ignore[attr-defined]


def requeue(session: Session, row_id: int, *, now: dt.datetime) -> OutboxRow:
    """Give a parked row another round of attempts.

    :raises NotFound: when there is no such parked row.
    """
    row = session.get(OutboxRow, row_id)
    if row is None or row.state != PARKED:
        raise NotFound(f"没有编号为 {row_id} 的搁置任务。")
    row.state, row.attempts, row.next_at, row.lease_until = PENDING, 0, now, None
    return row


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """Drop handled events and expired answers: they have said what they had to say."""
    session.execute(sa.delete(OutboxRow).where(OutboxRow.state == DONE, OutboxRow.handled_at < now - KEEP_DONE))
    session.execute(sa.delete(AnsweredRequest).where(AnsweredRequest.expires_at < now))
