"""Real processes, really stopped and killed: what was answered with 201 is there, once, and everything follows."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from requests import Response

from service.db import db, reading
from service.issues.audit import read_fields
from service.issues.models import Issue, IssueHistory
from service.ledger.models import LedgerEntry, LedgerLink
from service.ledger.verify import verify
from service.notifications.models import FINAL, Notification
from service.outbox.models import OutboxRow
from tests.bad_days.processes import Phone, RealInstance, core_on, eventually, furnish, running_instance, said
from tests.conftest import postgresql_database
from tests.world import Place

pytestmark = pytest.mark.slow
SEED = 20260302
CLIENTS = 8
SUBMISSIONS = int(os.environ.get("BAD_DAYS_SUBMISSIONS", "150"))
VICTIMS = ("web", "worker", "scheduler", "worker", "web")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def url(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('real') / 'msdb.sqlite3'}"
        return
    with postgresql_database() as address:
        yield address


@pytest.fixture(scope="module")
def place(url: str) -> Place:
    return furnish(url)


@pytest.fixture(scope="module")
def instance(url: str, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealInstance]:
    with running_instance(tmp_path_factory.mktemp("instance"), url) as running:
        yield running


@pytest.fixture(scope="module")
def rows(url: str) -> Iterator[Rows]:
    app = core_on(url)
    yield Rows(app)
    with app.app_context():
        db.engine.dispose()


class Rows:
    """Looks at the instance's tables without ever taking SQLite's write lock."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def all(self, statement: Any) -> list[Any]:
        token = reading.set(True)
        try:
            with self._app.app_context():
                return list(db.session.execute(statement).all())
        finally:
            reading.reset(token)

    def number(self, table: type, *conditions: Any) -> int:
        return int(self.all(sa.select(sa.func.count()).select_from(table).where(*conditions))[0][0])

    def unsettled(self) -> dict[str, int]:
        """What is still to be done, by name; empty when everything has followed."""
        left = {
            "not routed": self.number(Issue, Issue.state == "content_review"),
            "events waiting": self.number(OutboxRow, OutboxRow.state == "pending"),
            "pushes not final": self.number(Notification, Notification.push_state.not_in(FINAL)),
            "entries not linked": self.number(LedgerEntry) - self.number(LedgerLink),
        }
        return {name: count for name, count in left.items() if count}

    def settled(self) -> bool:
        return not self.unsettled()

    def ledger_faults(self) -> list[str]:
        """The chains are walked with a cursor, for which PostgreSQL wants a transaction."""
        with self._app.app_context():
            token = reading.set(db.engine.dialect.name == "sqlite")
            try:
                return verify(db.session(), partial(read_fields, db.session())).faults
            finally:
                reading.reset(token)


def test_one_key_from_sixteen_phones_through_the_real_server_is_one_issue(
    instance: RealInstance, place: Place, rows: Rows
) -> None:
    before = rows.number(Issue)
    phone = Phone(instance.base_url).signs_in()
    barrier = threading.Barrier(16)

    def tap(_number: int) -> tuple[int, bytes]:
        own = Phone(instance.base_url)
        own.headers = phone.headers
        barrier.wait()
        answer = own.once("/issues", said(place), key="nervous")
        return answer.status_code, answer.content

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(tap, range(16)))
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert rows.number(Issue) == before + 1
    eventually(rows.settled, 20, "routing")
    created = rows.all(sa.select(IssueHistory.issue_id).where(IssueHistory.action == "submit"))
    assert len(created) == before + 1


@pytest.mark.parametrize("trouble", ["stopped", "frozen"])
def test_without_redis_a_submit_is_answered_at_once_and_everything_follows_when_it_is_back(
    instance: RealInstance, place: Place, rows: Rows, trouble: str
) -> None:
    phone = Phone(instance.base_url).signs_in()

    def submit() -> tuple[Response, float]:
        began = time.monotonic()
        answer = phone.once("/issues", said(place))
        return answer, time.monotonic() - began

    if trouble == "stopped":
        instance.redis.stop()
        answers = [submit() for _ in range(6)]
        instance.redis.start()
    else:
        with instance.redis.frozen():
            answers = [submit() for _ in range(6)]
    assert [answer.status_code for answer, _ in answers] == [201] * 6
    assert max(seconds for _, seconds in answers) < 2.0
    eventually(rows.settled, 15, f"everything after Redis was {trouble}")
    receipt = answers[0][0].json()["receipt_code"]
    seen = phone.get(f"/receipts/{receipt}")
    assert (seen["state"], seen["deputy"]["id"]) == ("pending_accept", place.primary)
    assert rows.number(OutboxRow, OutboxRow.state == "parked") == 0


def test_killing_web_workers_and_scheduler_at_random_loses_nothing_and_doubles_nothing(
    instance: RealInstance, place: Place, rows: Rows
) -> None:
    dice, before = random.Random(SEED), rows.number(Issue)
    answered: list[dict[str, Any]] = []
    refused: list[str] = []
    todo = iter(range(SUBMISSIONS))
    lock = threading.Lock()
    phones = [Phone(instance.base_url).signs_in() for _ in range(CLIENTS)]

    def submit_all(phone: Phone) -> None:
        while True:
            with lock:
                number = next(todo, None)
            if number is None:
                return
            answer = phone.post("/issues", said(place, content=f"第{number}件：{uuid.uuid4()}"))
            with lock:
                answered.append(answer.json()) if answer.status_code == 201 else refused.append(answer.text)

    victims = dice.sample(VICTIMS, len(VICTIMS))
    moments = sorted(dice.sample(range(5, SUBMISSIONS - 20), len(victims)))

    def enough(moment: int) -> bool:
        return len(answered) >= moment or bool(refused)

    def kill_at_random() -> None:
        """One after so many answers each; a kind that is just starting again is waited for."""
        for victim, moment in zip(victims, moments, strict=True):
            eventually(partial(enough, moment), 60, "enough answers")
            eventually(partial(instance.kill, victim, dice.choice), 20, f"a {victim} to kill")

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        killer = pool.submit(kill_at_random)
        list(pool.map(submit_all, phones))
        killer.result()
    assert refused == []
    took = eventually(rows.settled, 90, f"everything after {victims}")
    print(
        f"{len(answered)} answered, {sum(p.retries for p in phones)} retries, {victims} killed, settled {took:.1f} s later"
    )

    ids = [answer["id"] for answer in answered]
    stored = dict(rows.all(sa.select(Issue.id, Issue.content)))
    assert len(set(ids)) == len(ids) == SUBMISSIONS == rows.number(Issue) - before
    assert all(stored[answer["id"]] == answer["content"] for answer in answered)
    assert len({answer["number"] for answer in answered}) == len(ids)
    assert len({answer["receipt_code"] for answer in answered}) == len(ids)
    routed = rows.all(sa.select(Issue.id, Issue.state, Issue.deputy_id).where(Issue.id.in_(ids)))
    assert {(state, deputy) for _, state, deputy in routed} == {("pending_accept", place.primary)}
    for action in ("submit", "pass_review"):
        lines = rows.all(sa.select(IssueHistory.issue_id).where(IssueHistory.action == action))
        assert len(lines) == len(set(lines)) == rows.number(Issue), f"one {action} line each"
    assert rows.number(OutboxRow, OutboxRow.state != "done") == 0
    told = rows.all(sa.select(Notification.issue_id, Notification.account_id, Notification.push_state))
    assert {state for _, _, state in told} <= set(FINAL)
    per_issue = [issue for issue, account, _ in told if account == place.deputy_accounts[place.primary]]
    assert len(per_issue) == len(set(per_issue)) == rows.number(Issue), "the deputy is told once of each"
    assert rows.ledger_faults() == []
