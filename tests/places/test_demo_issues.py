"""The demo's issues: played through the real rules and copied, in every state, believable, and with nothing left undone.

On PostgreSQL alone: playing and filling take most of a minute, and ask nothing of a database that journeys do not ask of both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import CATEGORIES
from devkit.demo.accounts import plan_sign_ins
from devkit.demo.copies import family as copied
from devkit.demo.copies.filling import Filling
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.playing import play
from devkit.demo.issues.plots import PLOTS
from devkit.demo.loading import load, notes
from devkit.demo.plan import plan_districts
from devkit.demo.rows import SEED
from service.accounts.queries import actor_for_account
from service.db import Base, prepare_sqlite
from service.issues import audit, figures, lists, scopes, search, views
from service.issues.case import load_case
from service.issues.lifecycle import State
from service.issues.models import Issue, IssueDecision, IssueFollower, IssueHistory, IssueMessage, IssueRating
from service.ledger.models import LedgerEntry
from service.ledger.verify import verify
from service.notifications import claims
from service.notifications import queries as notification_queries
from service.notifications.models import FINAL, Notification
from service.outbox import queries as outbox_queries
from service.outbox.models import DONE, OutboxRow
from service.parameters.models import Category
from service.parameters.queries import work_calendar
from service.supervision import projection
from tests.conftest import MONDAY_MORNING, ON_POSTGRESQL
from tests.journeys.invariants import _complained_about, _history, _merged, _one_responsible, _one_unit
from tests.places.own_database import own_database

YANJIANG = "512002"
NOW = MONDAY_MORNING
BULK = 250


@pytest.fixture(scope="module")
def database(database_url: str, core_app: Any) -> Iterator[sa.Engine]:
    """A database of this file's own, of the same kind: loading is too slow for every test."""
    with own_database(database_url) as engine:
        yield engine


@pytest.fixture(scope="module")
def loaded(database: sa.Engine) -> sa.Engine:
    with Session(database, expire_on_commit=False) as session:
        load(session, now=NOW)
        session.commit()
    return database


@pytest.fixture
def demo(loaded: sa.Engine) -> Iterator[Session]:
    with Session(loaded, expire_on_commit=False) as session:
        yield session
        session.rollback()


def look(session: Session) -> int:
    """Every issue against every invariant of the journeys; returns how many there are."""
    issues = session.scalars(sa.select(Issue)).all()
    waiting = {
        row.issue_id: row for row in session.scalars(sa.select(IssueDecision).where(IssueDecision.outcome.is_(None)))
    }
    for issue in issues:
        name = f"{issue.number} {issue.state}"
        _one_responsible(issue, waiting.get(issue.id), name)
        _one_unit(session, issue, name)
        _complained_about(issue, name)
        _history(session, issue, name)
        if issue.state == State.MERGED:
            _merged(session, issue, name)
    return len(issues)


def ledger_is_clean(session: Session) -> None:
    report = verify(session, lambda wanted: audit.read_fields(session, wanted))
    assert (report.faults, report.unlinked, audit.unwitnessed(session)) == ([], 0, [])
    assert report.entries == session.scalar(sa.select(sa.func.count()).select_from(IssueHistory))


@ON_POSTGRESQL
def test_there_are_three_hundred_in_every_state_and_category_and_no_rule_is_broken(demo: Session) -> None:
    states = dict(demo.execute(sa.select(Issue.state, sa.func.count()).group_by(Issue.state)).all())
    assert set(states) == {state.value for state in State}
    assert look(demo) == sum(states.values()) >= 300
    titles = demo.scalars(sa.select(Category.title).join(Issue, Issue.category_id == Category.id)).all()
    assert set(titles) == {category.title for category in CATEGORIES}
    ledger_is_clean(demo)


@ON_POSTGRESQL
def test_they_reach_ninety_days_back_and_not_past_now(demo: Session) -> None:
    first, last = demo.execute(sa.select(sa.func.min(IssueHistory.at), sa.func.max(IssueHistory.at))).one()
    assert dt.timedelta(days=80) < NOW - first < dt.timedelta(days=110)
    assert last <= NOW
    assert len(demo.scalars(sa.select(Issue.id).where(Issue.due_at < NOW)).all()) >= 10


@ON_POSTGRESQL
def test_the_corners_of_the_rulebook_are_there(demo: Session) -> None:
    def values(column: Any, *where: Any) -> set[Any]:
        return set(demo.scalars(sa.select(column).where(*where).distinct()))

    waiting = values(IssueDecision.action, IssueDecision.outcome.is_(None))
    assert waiting == {"decline", "propose_unit", "return", "extend", "mark_in_plan", "escalate", "appeal"}
    assert values(Issue.anonymity) == {"receipt_only", "station_only", "named"}
    assert values(Issue.about_type) == {None, "deputy", "unit", "station"}
    assert values(Issue.confined_to) == {None, "township", "district"}
    assert values(Issue.consent_pass_on) == {True, False}
    assert len(values(Issue.channel)) >= 4
    assert values(Issue.emergency_confirmed_at.is_(None), Issue.emergency_at.is_not(None)) == {True, False}
    assert values(Issue.round) >= {1, 2}
    assert values(Issue.under_supervision) == {True, False}
    assert values(IssueRating.result) == {"SATISFIED", "MOSTLY", "DISSATISFIED"}
    assert values(IssueRating.channel) == {"OWN", "PHONE"}
    assert values(IssueMessage.held) == {True, False}
    assert values(IssueFollower.rating) >= {None, "MOSTLY"}
    assert all(demo.scalars(sa.select(IssueRating.reason).where(IssueRating.result == "DISSATISFIED")))


@ON_POSTGRESQL
def test_no_two_read_the_same_and_none_names_a_real_number(demo: Session) -> None:
    texts = demo.scalars(sa.select(Issue.content).where(Issue.district_id == YANJIANG)).all()
    assert len(set(texts)) == len(texts)
    said = [*texts, *filter(None, demo.scalars(sa.select(IssueHistory.note)))]
    assert [text for text in said if "{" in text or "}" in text] == []
    assert [text for text in said if re.search(r"\d{7,}", text)] == []
    phones = set(filter(None, demo.scalars(sa.select(Issue.contact_phone))))
    assert {phone[:7] for phone in phones} <= {"1380000", *(f"19900{n:02d}" for n in range(100))}


@ON_POSTGRESQL
def test_nothing_is_due_and_every_push_has_ended(demo: Session) -> None:
    assert set(demo.scalars(sa.select(OutboxRow.state).distinct())) == {DONE}
    assert set(demo.scalars(sa.select(Notification.push_state).distinct())) <= set(FINAL)
    assert not outbox_queries.has_due(demo, now=NOW)
    assert not claims.has_due(demo, now=NOW)
    assert notification_queries.parked(demo) == []
    late = sa.select(Issue.number, Issue.timer_at, Issue.reminder_at).where(
        sa.or_(Issue.timer_at <= NOW, Issue.reminder_at <= NOW)
    )
    assert demo.execute(late).all() == []


@ON_POSTGRESQL
def test_the_listed_deputies_have_something_to_do_and_the_public_something_to_read(demo: Session) -> None:
    listed = [entry["id"] for entry in notes("http://x")["sign_ins"] if entry["role"] == "deputy"]
    owing = Counter(demo.scalars(sa.select(Issue.responsible_id).where(Issue.responsible_role == "deputy")))
    assert sum(owing[deputy] > 0 for deputy in listed) >= 10
    published = figures.published(demo, district_id=YANJIANG, station_id=None, after=None, limit=50)
    assert len(published) >= 15
    assert all(figure["value"] for figure in figures.statistics(demo, district_id=YANJIANG))


def test_the_same_seed_and_day_give_the_same_stories() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    prepare_sqlite(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        load(session, now=NOW, issues=False)
        session.commit()

    def told() -> list[tuple[Any, ...]]:
        plans = plan_districts()
        with Session(engine) as session:  # closed without a commit: the next telling begins where this one began
            play(
                session,
                [plans[1]],
                plan_sign_ins(plans),
                work_calendar(session),
                now=NOW,
                plots=PLOTS[::5],
                most=1,
                seed="another",
            )
            kept = sa.select(Issue.number, Issue.content, Issue.state, Issue.deputy_id, Issue.due_at)
            return sorted(map(tuple, session.execute(kept)))

    first = told()
    assert len(first) >= 20
    assert first == told()
    engine.dispose()


@pytest.fixture(scope="module")
def filled(loaded: sa.Engine) -> sa.Engine:
    with Session(loaded, expire_on_commit=False) as session:
        plans = plan_districts()
        there = session.scalar(sa.select(sa.func.count()).select_from(Issue).where(Issue.district_id == YANJIANG)) or 0
        total = there + BULK
        filling = Filling(session, plans[0], plan_sign_ins(plans), total=total, now=NOW, seed=SEED)
        assert BULK <= filling.fill() <= BULK + 1
    return loaded


@ON_POSTGRESQL
def test_a_filled_database_keeps_every_invariant_and_its_chain(filled: sa.Engine) -> None:
    with Session(filled) as session:
        assert look(session) >= 500
        ledger_is_clean(session)
        oldest = session.scalar(sa.select(sa.func.min(Issue.created_at)))
        assert oldest is not None
        assert NOW - oldest > dt.timedelta(days=700)
        assert claims.has_due(session, now=NOW) is False
        due = sa.select(Issue.number).where(sa.or_(Issue.timer_at <= NOW, Issue.reminder_at <= NOW))
        assert session.scalars(due).all() == []


@ON_POSTGRESQL
def test_a_filled_database_leaves_the_workers_nothing_to_catch_up_on(filled: sa.Engine) -> None:
    """Else every measurement on it would measure that."""
    with Session(filled) as session:
        looked_at = sa.select(sa.func.count()).where(Issue.matter_changed_at.is_(None))
        assert (session.scalar(looked_at) or 0) >= BULK, "those of the demo itself were played these days"
        assert not search.index_missing(session)
        assert not projection.catch_up(session, now=NOW)
        session.rollback()


@ON_POSTGRESQL
def test_copies_look_like_submitted_ones_to_those_who_open_them(filled: sa.Engine) -> None:
    """Same columns filled in the same states, same types; lists and details work on them."""
    with Session(filled) as session:
        cast = Cast(plan_districts()[0], plan_sign_ins(plan_districts()))
        copies = set(
            session.scalars(sa.select(Notification.issue_id).where(Notification.dedupe_key.not_like("event:%")))
        )
        rows = session.execute(sa.select(Issue.__table__)).mappings().all()
        never_null: dict[str, set[str]] = {}
        for row in rows:
            if row["id"] not in copies:
                present = {name for name, value in row.items() if value is not None}
                never_null[row["state"]] = never_null.get(row["state"], present) & present
        for row in rows:
            if row["id"] in copies:
                present = {name for name, value in row.items() if value is not None}
                assert never_null[row["state"]] <= present | {"matter_changed_at"}, "what is old was looked at"
        someone = next(iter(cast.offices.values()))
        assert someone.account_id is not None
        office = cast.holder("district", YANJIANG)
        actor = actor_for_account(session, str(office.account_id))
        page, _ = lists.page(
            session, actor, scopes.Box.DISTRICT, lists.Filters(), sort=lists.Sort.NEWEST, after=None, limit=50, now=NOW
        )
        assert len(page) == 50
        for issue in page:
            assert views.detail(session, load_case(session, issue.id, now=NOW), actor)["history"]


def test_every_table_that_hangs_on_an_issue_is_copied_or_left_out_on_purpose() -> None:
    hanging = {table.name for table in Base.metadata.sorted_tables if "issue_id" in table.c}
    known = {table.name for table in copied.TABLES} | copied.NOT_COPIED
    assert hanging <= known
    assert {"issues", LedgerEntry.__tablename__} <= known
