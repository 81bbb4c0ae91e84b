"""Write events; claim, finish, fail and requeue them. None of these commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import UtcDateTime, rows_changed
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


_followed: ContextVar[list[OutboxRow] | None] = ContextVar("followed", default=None)


@contextmanager
def followed() -> Iterator[list[OutboxRow]]:
    """Events recorded in this block are written as handled, and collected: whoever opens it reacts to them in the very
    same transaction, so that nobody needs to claim them."""
    collected: list[OutboxRow] = []
    token = _followed.set(collected)
    try:
        yield collected
    finally:
        _followed.reset(token)


def event_row(event: Event, payload: Mapping[str, Any], *, district_id: str | None, now: dt.datetime) -> OutboxRow:
    """The row of an event, not yet written; see :func:`record`."""
    row = OutboxRow(
        event=event.value,
        payload=dict(payload),
        district_id=district_id,
        state=PENDING,
        attempts=0,
        next_at=now,
    )
    collected = _followed.get()
    if collected is not None:
        finish(row, now=now)
        collected.append(row)
    return row


_now, _until = sa.bindparam("now", type_=UtcDateTime), sa.bindparam("until", type_=UtcDateTime)
_is_due = (
    OutboxRow.state == PENDING,
    OutboxRow.next_at <= _now,
    sa.or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < _now),
)
_due = sa.select(OutboxRow.id).where(*_is_due).limit(sa.bindparam("most")).with_for_update(skip_locked=True)
# Materialized: within a join PostgreSQL would ask a plain subquery again for every row, and lease more than the limit.
_untried = _due.where(OutboxRow.attempts == 0).order_by(OutboxRow.id).cte("due").prefix_with("MATERIALIZED")
_tried = (
    _due.where(OutboxRow.attempts.between(1, MAX_ATTEMPTS - 1))
    .order_by(OutboxRow.attempts, OutboxRow.id)
    .cte("due")
    .prefix_with("MATERIALIZED")
)
_of_ids: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
_quietly = {"synchronize_session": False}

_CLAIM_NEW = (
    sa.update(OutboxRow)
    .where(OutboxRow.id.in_(sa.select(_untried.c.id)))
    .values(lease_until=_until, attempts=1)
    .returning(OutboxRow.id)
    .execution_options(**_quietly)
)
_CLAIM_TRIED = (
    sa.update(OutboxRow)
    .where(OutboxRow.id.in_(sa.select(_tried.c.id)))
    .values(lease_until=_until, attempts=OutboxRow.attempts + 1)
    .returning(OutboxRow.id)
    .execution_options(**_quietly)
)
_TAKE_ALL = (
    sa.update(OutboxRow)
    .where(OutboxRow.id.in_(_of_ids), OutboxRow.state == PENDING)
    .values(state=DONE, handled_at=_now, lease_until=None, last_error=None)
    .returning(OutboxRow)
    .execution_options(populate_existing=True, **_quietly)
)


def claim_new(session: Session, *, now: dt.datetime, limit: int) -> list[int]:
    """Lease up to ``limit`` due rows that nobody has tried, count their first attempt, and return their ids, oldest first.

    To be committed before the work: an event that kills its worker has then been tried, like those it was claimed with;
    from their second attempt on they go alone (:func:`claim_tried`).
    """
    rows = session.execute(_CLAIM_NEW, {"now": now, "until": now + LEASE, "most": limit})
    return sorted(row.id for row in rows)


def claim_tried(session: Session, *, now: dt.datetime) -> int | None:
    """Lease one row that is due for another attempt, count it, and return its id; to be committed before the work.

    Those tried least come first, and each goes alone: an event that kills its worker runs out of attempts instead of
    looping, what it held up is done by the next worker, and its neighbours keep their attempts.
    """
    row = session.execute(_CLAIM_TRIED, {"now": now, "until": now + LEASE, "most": 1}).one_or_none()
    return None if row is None else row.id


def take_all(session: Session, row_ids: Collection[int], *, now: dt.datetime) -> list[OutboxRow]:
    """Lock claimed rows and mark them handled, to be committed with what follows from them; oldest first.

    Missing are those that another worker, to whom a lease passed, has finished meanwhile.
    """
    rows = session.scalars(_TAKE_ALL, {"ids": list(row_ids), "now": _hour(now)}).all()
    return sorted(rows, key=lambda row: row.id)


def _hour(now: dt.datetime) -> dt.datetime:
    """As exact as forgetting needs: the moment would join events of different people that were handled together."""
    return now.replace(minute=0, second=0, microsecond=0)


def finish(row: OutboxRow, *, now: dt.datetime) -> None:
    row.state, row.handled_at, row.lease_until, row.last_error = DONE, _hour(now), None, None


def put_off(session: Session, row: OutboxRow, *, until: dt.datetime) -> None:
    """A row being handled is due once more later: what it needs is not there yet, which is nobody's failure."""
    row.state, row.handled_at, row.next_at, row.attempts = PENDING, None, until, 0


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
    return rows_changed(result)


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
