"""An event that always fails, and one that kills whoever touches it: both end where staff see them, alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from service.db import db
from service.issues.models import Issue
from service.outbox.actions import MAX_ATTEMPTS
from service.outbox.models import OutboxRow
from tests.conftest import FakeClock
from tests.journeys.town import Town
from workers import jobs, reactions


class Killed(BaseException):
    """What SIGKILL looks like from inside: nothing after it runs."""


Stumble = Callable[[int], None]
Trap = Callable[[Stumble], None]


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> Trap:
    """Every event first goes through ``stumble(row id)``."""

    def lay(stumble: Stumble) -> None:
        table = {
            event: (lambda _session, row, _now: stumble(row.id), *run) for event, run in reactions.REACTIONS.items()
        }
        monkeypatch.setattr(jobs, "REACTIONS", table)

    return lay


def rows() -> list[OutboxRow]:
    found = list(db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)))
    db.session.commit()
    return found


def first_of(town: Town, number: int) -> int:
    """``number`` issues wait for routing; the id of the first one's event."""
    for _ in range(number):
        town.submits(town.guest(), work=False)
    return rows()[0].id


def drain_until_killed(clock: FakeClock, *, sweep: bool) -> None:
    try:
        jobs.drain_outbox()
    except Killed:
        db.session.remove()
    clock.advance(seconds=16)  # the dead worker's lease is over
    if sweep:
        jobs.sweep()


def test_an_event_that_always_fails_is_parked_with_its_error_named_and_the_others_go_on(
    town: Town, clock: FakeClock, trap: Trap
) -> None:
    bad = first_of(town, 3)
    tries: list[int] = []

    def fail(row_id: int) -> None:
        if row_id == bad:
            tries.append(row_id)
            raise RuntimeError("王小花 13800138000")

    trap(fail)
    jobs.drain_outbox()
    states = list(db.session.scalars(sa.select(Issue.state)))
    db.session.commit()
    assert sorted(states) == ["content_review", "pending_accept", "pending_accept"]
    for _ in range(20):
        clock.advance(minutes=5)
        jobs.drain_outbox()
    parked = rows()[0]
    assert (parked.state, parked.attempts, parked.last_error) == ("parked", MAX_ATTEMPTS, "RuntimeError")
    assert len(tries) == MAX_ATTEMPTS, "and then it is left alone"
    assert {row.state for row in rows()[1:]} == {"done"}


def test_staff_see_what_is_parked_and_requeue_it(
    app: Flask, town: Town, clock: FakeClock, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = first_of(town, 1)

    def fail(row_id: int) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context():
        trap(fail)
        for _ in range(MAX_ATTEMPTS):
            jobs.drain_outbox()
            clock.advance(minutes=5)
    shown = app.test_cli_runner().invoke(args=["parked"])
    assert shown.exit_code == 0
    assert f"{bad}\tissue_submitted" in shown.output.replace("IssueSubmitted", "issue_submitted")
    assert "RuntimeError" in shown.output
    wrong = app.test_cli_runner().invoke(args=["requeue", str(bad + 1000)])
    assert wrong.exit_code != 0
    assert "没有编号为" in wrong.output
    assert app.test_cli_runner().invoke(args=["requeue", str(bad)]).exit_code == 0
    monkeypatch.setattr(jobs, "REACTIONS", reactions.REACTIONS)
    town.work()
    assert {row.state for row in rows()} == {"done"}
    assert "共 0 条" in app.test_cli_runner().invoke(args=["parked"]).output
    assert db.session.scalar(sa.select(Issue.state)) == "pending_accept"


@pytest.mark.parametrize("sweep", [True, False], ids=["swept", "never swept"])
def test_an_event_that_kills_its_worker_runs_out_of_attempts(
    town: Town, clock: FakeClock, trap: Trap, sweep: bool
) -> None:
    bad = first_of(town, 1)
    deaths: list[int] = []

    def kill(row_id: int) -> None:
        if row_id == bad:
            deaths.append(row_id)
            raise Killed

    trap(kill)
    for _ in range(MAX_ATTEMPTS + 6):
        drain_until_killed(clock, sweep=sweep)
    assert len(deaths) == MAX_ATTEMPTS
    jobs.sweep()
    dead = rows()[0]
    assert dead.state == "parked"
    assert dead.last_error == "the worker stopped during every attempt"


def test_an_event_that_kills_its_worker_does_not_take_its_neighbours_along(
    town: Town, clock: FakeClock, trap: Trap
) -> None:
    bad = first_of(town, 6)

    def kill(row_id: int) -> None:
        if row_id == bad:
            raise Killed

    trap(kill)
    for _ in range(3):
        drain_until_killed(clock, sweep=True)
    after_three_deaths = {row.state for row in rows() if row.id != bad}
    for _ in range(MAX_ATTEMPTS):
        drain_until_killed(clock, sweep=True)
    assert after_three_deaths == {"done"}, "the next worker begins with those nobody has died of"
    assert [row.id for row in rows() if row.state == "parked"] == [bad]
