"""What must hold after every step of every journey, whatever was done (rulebook §9.1, invariants). Import ``town`` to be watched.

A file that imports this ``town`` walks in one that looks at every issue of the database after each request and each
round of the workers; at the end nothing may be left undone and the ledger must verify.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import db
from service.issues import audit
from service.issues.models import Issue, IssueAssignment, IssueDecision, IssueHistory, IssueRating
from service.ledger.verify import verify
from service.outbox.models import OutboxRow
from tests.api.conftest import Client
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Town
from tests.world import World
from workers import jobs

NOBODY_OWES = {"content_rejected", "declined", "withdrawn", "closed", "archived"}
WITH_A_UNIT = {"assigned", "handling", "unit_done", "in_plan"}
TIMED = {"need_info", "feedback_given", "in_plan"}


@dataclass
class WatchedTown(Town):
    """A town in which the invariants are looked at whenever the workers have run."""

    def work(self) -> None:
        db.session.commit()
        super().work()
        look()


class Loud:
    """A log in whose place a fault of a job is remembered: the jobs themselves swallow it and try again later."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def exception(self, event: str, **values: Any) -> None:
        self.faults.append(f"{event} {values}")

    error = warning = exception

    def info(self, event: str, **values: Any) -> None: ...


@pytest.fixture
def town(
    world: World, client: Client, clock: FakeClock, wechat: FakeWeChat, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    log = Loud()
    monkeypatch.setattr(jobs, "log", log)
    built = WatchedTown(world.a, client, clock, wechat)
    plain = client.open

    def watched(*arguments: Any, **options: Any) -> Any:
        response = plain(*arguments, **options)
        if response.request.method != "GET":
            look()
        return response

    monkeypatch.setattr(client, "open", watched)
    yield built
    try:
        assert log.faults == []
        look()
        _nothing_left_undone(db.session())
    finally:
        db.session.rollback()


def _nothing_left_undone(session: Session) -> None:
    failed = sa.select(OutboxRow.event, OutboxRow.last_error).where(OutboxRow.last_error.is_not(None))
    assert session.execute(failed).all() == []
    report = verify(session, lambda wanted: audit.read_fields(session, wanted))
    assert report.faults == []


def look() -> None:
    """Every issue there is, against every invariant; ends the transaction, for SQLite has one writer."""
    db.session.rollback()
    session = db.session()
    try:
        _look(session)
    finally:
        session.rollback()


def _look(session: Session) -> None:
    for issue in session.scalars(sa.select(Issue)).all():
        waiting = session.scalars(
            sa.select(IssueDecision).where(IssueDecision.issue_id == issue.id, IssueDecision.outcome.is_(None))
        ).all()
        name = f"{issue.number} {issue.state} (waiting for {[row.action for row in waiting]})"
        assert len(waiting) <= 1, f"{name}: two open decisions"
        _one_responsible(issue, waiting[0] if waiting else None, name)
        _one_unit(session, issue, name)
        _complained_about(issue, name)
        _history(session, issue, name)
        if issue.state == "merged":
            _merged(session, issue, name)


def _one_responsible(issue: Issue, waiting: IssueDecision | None, name: str) -> None:
    who = (issue.responsible_role, issue.responsible_id)
    if issue.state in NOBODY_OWES and waiting is None:
        assert who == (None, None), f"{name}: over, and still {who} owes something"
        assert issue.due_at is None, f"{name}: over, and still a deadline"
        assert issue.reminder_at is None, f"{name}: over, and still a reminder"
        return
    assert issue.responsible_role is not None, f"{name}: nobody is responsible"
    assert issue.responsible_id is not None or issue.responsible_role == "resident", f"{name}: {who}"
    assert issue.due_at is not None, f"{name}: no deadline"
    assert issue.due_at.year < 2028, f"{name}: {issue.due_at} is no deadline"
    if waiting is not None:
        assert who == (waiting.decider_role, waiting.decider_id), f"{name}: {who} instead of the decider"
    elif issue.responsible_role == "deputy" and issue.state != "merged":
        assert issue.responsible_id == issue.deputy_id, f"{name}: another deputy than the one named"
    if issue.state in TIMED and waiting is None:
        assert issue.timer_at is not None, f"{name}: nothing will happen by itself"


def _one_unit(session: Session, issue: Issue, name: str) -> None:
    rows = session.scalars(
        sa.select(IssueAssignment).where(IssueAssignment.issue_id == issue.id, IssueAssignment.ended_at.is_(None))
    ).all()
    leads = [row.unit_id for row in rows if row.role == "lead"]
    if issue.state in WITH_A_UNIT:
        assert leads == [issue.unit_id], f"{name}: lead units {leads}"
    elif issue.state == "withdrawn":
        assert len(rows) == len(leads), f"{name}: a helping unit still holds it"  # the lead may finish what it began
    elif issue.state != "feedback_given":
        assert rows == [], f"{name}: units still hold it"
    if issue.about_type == "unit":
        assert issue.about_id not in {row.unit_id for row in rows}, f"{name}: with the unit complained about"
    assert len({row.unit_id for row in rows}) == len(rows), f"{name}: a unit twice"


def _complained_about(issue: Issue, name: str) -> None:
    if issue.about_type == "deputy":
        assert issue.about_id not in (issue.deputy_id, issue.contact_deputy_id), (
            f"{name}: with the one complained about"
        )
    if issue.confined_to is not None:
        assert issue.deputy_id is None, f"{name}: a complaint raised past the station has a deputy"
        assert issue.responsible_role not in ("station_head", "station_clerk"), f"{name}: at the station"
    assert issue.deputy_id is None or issue.deputy_id not in issue.recused, f"{name}: with a recused deputy"


def _history(session: Session, issue: Issue, name: str) -> None:
    lines = session.scalars(
        sa.select(IssueHistory).where(IssueHistory.issue_id == issue.id).order_by(IssueHistory.seq)
    ).all()
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1)), f"{name}: history has gaps"
    assert issue.version == len(lines), f"{name}: version {issue.version} after {len(lines)} steps"
    assert lines[-1].to_state == issue.state, f"{name}: history ends in {lines[-1].to_state}"
    for before, line in itertools.pairwise(lines):
        assert line.from_state == before.to_state, f"{name}: step {line.seq} begins elsewhere"
        assert line.at >= before.at
    ratings = session.scalars(sa.select(IssueRating).where(IssueRating.issue_id == issue.id)).all()
    for rating in ratings:
        by = {line.actor_role for line in lines if line.action == "rate"}
        assert by <= {"resident", "township"}, f"{name}: rated by {by}"
        assert rating.edits <= 1, f"{name}: a rating changed twice"


def _merged(session: Session, issue: Issue, name: str) -> None:
    target = session.get(Issue, issue.merged_into_id)
    assert target is not None, f"{name}: merged into nothing"
    assert target.state != "merged", f"{name}: merged into what is merged itself"
    if target.state in NOBODY_OWES | {"feedback_given"}:
        return  # the workers are about to share the feedback or set it free
    assert (issue.responsible_role, issue.responsible_id, issue.due_at) == (
        target.responsible_role,
        target.responsible_id,
        target.due_at,
    ), f"{name}: shows another responsible or deadline than {target.number}"


def local(text: str) -> dt.datetime:
    """``"2026-03-04 23:59"`` in China."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
