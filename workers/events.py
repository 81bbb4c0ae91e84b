"""Due events and what follows from them: many first attempts in one transaction, every further attempt in its own."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy.orm import Session

from service.events import Event
from service.issues.case import lock_issues
from service.outbox import actions as outbox
from service.outbox.models import OutboxRow
from workers.context import transaction

Reaction = Callable[[Session, OutboxRow, dt.datetime], None]
Reactions = Mapping[Event, Sequence[Reaction]]
Clock = Callable[[], dt.datetime]

log = structlog.get_logger(__name__)
TOGETHER = 10
"""First attempts that share a transaction: others wait for an issue, and on SQLite for the database, as long as it takes."""
MOST_ROUNDS = 400
"""A job gives way after that many calls of :func:`handle_due`; what is left is due for the next one."""


def handle_due(reactions: Reactions, clock: Clock) -> bool:
    """The oldest events nobody has tried, else one that is due for another attempt; whether there were any."""
    now = clock()
    with transaction() as session:
        new = outbox.claim_new(session, now=now, limit=TOGETHER)
        tried = None if new else outbox.claim_tried(session, now=now)
    if new:
        _handle_together(new, reactions, clock)
    elif tried is not None:
        _handle_alone(tried, reactions, clock)
    return bool(new) or tried is not None


def _handle_together(row_ids: Sequence[int], reactions: Reactions, clock: Clock) -> None:
    """Everything in one transaction, with what follows from it. If one fails, nothing is written, the one that failed is
    planned again, and each of the others is handled alone."""
    current = _Current()
    try:
        with transaction() as session:
            rows = outbox.take_all(session, row_ids, now=clock())
            _held = lock_issues(session, {row.payload["issue_id"] for row in rows if "issue_id" in row.payload})
            for row in rows:
                _handle_to_the_end(session, row, reactions, clock(), current)
    except Exception as error:
        if current.row_id is not None:
            _failed(current.row_id, error, clock)
        for row_id in row_ids:
            if row_id != current.row_id:
                _handle_alone(row_id, reactions, clock)


class _Current:
    """The claimed event being handled; None at what follows from it, which shall not undo it."""

    row_id: int | None = None


def _handle_to_the_end(
    session: Session, claimed: OutboxRow, reactions: Reactions, now: dt.datetime, current: _Current
) -> None:
    """An event, then those it caused: an issue's check, its routing and the deputy's notice need one look at the issue."""
    waiting = deque([claimed])
    while waiting:
        row = waiting.popleft()
        current.row_id = row.id if row is claimed else None
        with outbox.followed() as caused:
            for reaction in reactions[Event(row.event)]:
                reaction(session, row, now)
            session.flush()
        waiting += caused
    current.row_id = None


def _handle_alone(row_id: int, reactions: Reactions, clock: Clock) -> None:
    """In a transaction of its own; what follows from it is claimed later. A failure is counted and planned again."""
    now = clock()
    try:
        with transaction() as session:
            for row in outbox.take_all(session, [row_id], now=now):
                for reaction in reactions[Event(row.event)]:
                    reaction(session, row, now)
    except Exception as error:
        _failed(row_id, error, clock)


def _failed(row_id: int, error: Exception, clock: Clock) -> None:
    """Nothing of the error but its kind is kept or logged: its words may be somebody's."""
    log.error("event_failed", row_id=row_id, error=type(error).__name__)
    with transaction() as session:
        outbox.fail(session, row_id, error=type(error).__name__, now=clock())
