"""Events share a transaction as long as all goes well. When one fails, nobody else notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.db import db
from service.events import Event
from service.issues.models import Issue
from service.ledger.models import LedgerEntry
from service.notifications.models import Notification
from service.outbox.actions import MAX_ATTEMPTS
from service.outbox.models import OutboxRow
from tests.conftest import FakeClock
from tests.journeys.town import Town
from workers import jobs, reactions

Meddle = Callable[[Session, OutboxRow, dt.datetime], None]


class Killed(BaseException):
    """What SIGKILL looks like from inside: nothing after it runs."""


def meddle(monkeypatch: pytest.MonkeyPatch, event: Event, what: Meddle, *, last: bool = False) -> None:
    run = reactions.REACTIONS[event]
    table = {**reactions.REACTIONS, event: (*run, what) if last else (what, *run)}
    monkeypatch.setattr(jobs, "REACTIONS", table)


def states() -> list[str]:
    found = sorted(db.session.scalars(sa.select(Issue.state)))
    db.session.commit()
    return found


def events(kind: Event) -> list[OutboxRow]:
    found = list(db.session.scalars(sa.select(OutboxRow).where(OutboxRow.event == kind).order_by(OutboxRow.id)))
    db.session.commit()
    return found


def told() -> int:
    found = db.session.scalar(sa.select(sa.func.count()).where(Notification.kind == "task"))
    db.session.commit()
    return found or 0


def test_a_notice_that_fails_does_not_undo_the_routing_it_follows_from(
    town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [town.submits(town.guest(), work=False)["id"] for _ in range(3)]

    def fail(_session: Session, row: OutboxRow, _now: dt.datetime) -> None:
        if row.payload["issue_id"] == ids[1]:
            raise RuntimeError

    with monkeypatch.context() as patch:
        meddle(patch, Event.ISSUE_ROUTED, fail)
        jobs.drain_outbox()
        assert states() == ["pending_accept"] * 3
        assert told() == 2
        assert {row.state for row in events(Event.ISSUE_SUBMITTED)} == {"done"}
        waiting = [row for row in events(Event.ISSUE_ROUTED) if row.state == "pending"]
        assert [row.payload["issue_id"] for row in waiting] == [ids[1]]
        assert waiting[0].last_error == "RuntimeError"
    clock.advance(minutes=5)
    jobs.drain_outbox()
    assert told() == 3


def test_what_a_failed_attempt_had_written_is_gone_and_its_neighbours_are_written_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [town.submits(town.guest(), work=False)["id"] for _ in range(3)]

    def fail(_session: Session, row: OutboxRow, _now: dt.datetime) -> None:
        if row.payload["issue_id"] == ids[2]:
            raise RuntimeError

    meddle(monkeypatch, Event.ISSUE_SUBMITTED, fail, last=True)
    jobs.drain_outbox()
    assert states() == ["content_review", "pending_accept", "pending_accept"]
    lines = dict(db.session.execute(sa.select(LedgerEntry.chain, sa.func.count()).group_by(LedgerEntry.chain)).all())
    db.session.commit()
    assert lines == {ids[0]: 2, ids[1]: 2, ids[2]: 1}
    assert told() == 2
    assert {row.attempts for row in events(Event.ISSUE_SUBMITTED)} == {1}, "a neighbour's fault costs no attempt"


def test_a_worker_killed_by_a_notice_dies_of_it_a_limited_number_of_times(
    town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [town.submits(town.guest(), work=False)["id"] for _ in range(3)]
    deaths: list[int] = []

    def kill(_session: Session, row: OutboxRow, _now: dt.datetime) -> None:
        if row.payload["issue_id"] == ids[0]:
            deaths.append(row.id)
            raise Killed

    meddle(monkeypatch, Event.ISSUE_ROUTED, kill)
    for _ in range(MAX_ATTEMPTS + 6):
        try:
            jobs.drain_outbox()
        except Killed:
            db.session.remove()
        clock.advance(seconds=16)
        jobs.sweep()
    assert states() == ["pending_accept"] * 3
    assert told() == 2
    assert len(deaths) == 1 + MAX_ATTEMPTS, "once with what it follows from, then on its own account"
    assert [row.payload["issue_id"] for row in events(Event.ISSUE_ROUTED) if row.state == "parked"] == [ids[0]]


def test_what_follows_is_marked_handled_and_nobody_is_told_twice(town: Town) -> None:
    town.submits(town.role(Role.RESIDENT), work=False)
    jobs.drain_outbox()
    jobs.drain_outbox()
    rows = [*events(Event.ISSUE_SUBMITTED), *events(Event.ISSUE_ROUTED), *events(Event.ISSUE_MOVED)]
    assert len(rows) == 3
    assert {row.state for row in rows} == {"done"}
    assert all(row.handled_at is not None and row.lease_until is None for row in rows)
    assert told() == 1
