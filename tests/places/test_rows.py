"""Rows of several tables in one statement; facts kept for seconds; a connection the server closed."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from service.db import db
from service.issues.models import Issue, IssueHistory
from service.ledger.models import LedgerEntry
from service.outbox.models import OutboxRow
from service.parameters.models import Parameter
from service.parameters.queries import load
from service.remembered import Remembered
from service.rows import insert_together
from service.territory.models import District, Grid
from service.wake import Bell
from tests.api.test_statement_counts import counted
from tests.world import World, build_world

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def event(number: int) -> OutboxRow:
    return OutboxRow(event="x", payload={"n": number, "say": "“引号”\\ 和\n换行"}, next_at=NOW)


def entry(**changes: object) -> LedgerEntry:
    values = {"district_id": "1", "chain": "c", "seq": 1, "kind": "k", "at": None, "commitments": {"a": "b"}}
    return LedgerEntry(**values | {"salts": None, "prev_hash": "0", "hash": "1"} | changes)


def test_rows_come_back_as_a_flush_would_have_written_them(session: Session) -> None:
    with counted() as sent:
        insert_together(session, event(1), entry(at=NOW), event(2))
    session.commit()
    assert len(sent) == (1 if db.engine.dialect.name == "postgresql" else 2)
    first, second = session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [first.payload["n"], second.payload["n"]] == [1, 2], "counted in the order given"
    assert first.payload["say"] == "“引号”\\ 和\n换行"
    assert (first.state, first.attempts, first.next_at, first.lease_until) == ("pending", 0, NOW, None)
    written = session.scalars(sa.select(LedgerEntry)).one()
    assert (written.at, written.commitments, written.salts) == (NOW, {"a": "b"}, None)


def test_defaults_are_filled_in_on_the_objects_and_secrets_are_encrypted(session: Session) -> None:
    world: World = build_world(session)
    issue = Issue(
        district_id=world.a.district_id,
        number="n",
        receipt_digest="r",
        station_id=world.a.station,
        township_code=world.a.township,
        place="幸福村3组",
        kind="HELP",
        content="路灯坏了",
        redacted="路灯坏了",
        channel="SCAN",
        anonymity="named",
        state="content_review",
        received_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    insert_together(session, issue)
    assert issue.id and issue.recused == [] and issue.extended is False and issue.due_at is None
    raw = session.connection().execute(sa.text("select place from issues")).scalar_one()
    assert "幸福村" not in raw
    found = session.get_one(Issue, issue.id)
    assert found is not issue, "what was inserted stays outside the session"
    assert (found.place, found.recused, found.version, found.follower_count) == ("幸福村3组", [], 1, 0)


def test_an_error_of_the_database_says_nothing_of_what_was_being_written(session: Session) -> None:
    """RQ keeps it with the job that failed, in Redis, and logs it."""
    with pytest.raises(DBAPIError) as failed:
        session.execute(sa.text("UPDATE nowhere SET words = :words"), {"words": "王小花家的水管"})
    assert "nowhere" in str(failed.value) and "王小花" not in str(failed.value)
    session.rollback()


def test_one_row_that_cannot_be_written_takes_the_others_with_it(session: Session) -> None:
    with pytest.raises(IntegrityError):
        insert_together(session, event(1), entry(), entry(chain="other"))
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) == 0


def test_a_row_that_names_no_parent_is_refused(session: Session) -> None:
    history = {"seq": 1, "at": NOW, "action": "submit", "actor_role": "resident", "actor_label": "群众"}
    row = IssueHistory(issue_id="nobody", to_state="x", round=1, entry_hash="h", **history)
    with pytest.raises(IntegrityError):
        insert_together(session, row)
    session.rollback()


def test_what_is_remembered_is_asked_once_and_again_when_it_was_forgotten(session: Session) -> None:
    asked: list[int] = []
    facts: Remembered[int] = Remembered()

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [facts.get(session, "k", ask), facts.get(session, "k", ask), facts.get(session, "other", ask)] == [1, 1, 2]
    Remembered.forget_all()
    assert facts.get(session, "k", ask) == 3


def test_what_is_remembered_grows_old(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr("service.remembered.time.monotonic", lambda: moment[0])
    facts: Remembered[float] = Remembered()
    assert facts.get(session, "k", lambda: moment[0]) == 100.0
    moment[0] = 104.9
    assert facts.get(session, "k", lambda: moment[0]) == 100.0
    moment[0] = 105.1
    assert facts.get(session, "k", lambda: moment[0]) == 105.1


def test_a_value_remembered_before_its_time_holds_from_its_time(session: Session) -> None:
    world: World = build_world(session)
    later = NOW + dt.timedelta(days=1)
    session.add(Parameter(district_id=world.a.district_id, key="emergency.hours", value=1, valid_from=later))
    session.flush()
    Remembered.forget_all()
    assert load(session, world.a.district_id, at=NOW)["emergency.hours"] == 2
    assert load(session, world.a.district_id, at=later)["emergency.hours"] == 1


def test_a_connection_the_server_closed_while_it_lay_in_the_pool_is_replaced_unnoticed(session: Session) -> None:
    if db.engine.dialect.name != "postgresql":
        assert session.scalar(sa.select(1)) == 1  # SQLite has no server that could go away
        return
    pid = session.scalar(sa.text("select pg_backend_pid()"))
    session.rollback()
    other = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        assert connection.scalar(sa.text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()
    assert session.scalar(sa.select(sa.func.count()).select_from(District)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Grid)) == 0


def test_many_calls_at_once_ring_the_bell_for_each_job_and_not_for_each_call() -> None:
    rung: list[str] = []
    both, pause = threading.Event(), threading.Event()

    def ring(job: str) -> None:
        rung.append(job)
        pause.wait(5)
        if {"a", "b"} <= set(rung):
            both.set()

    bell = Bell(ring)
    bell("a")
    for _ in range(500):
        bell("a")
        bell("b")
    pause.set()
    assert both.wait(5)
    assert len(rung) <= 4
