"""Everybody at once: the same tap sixteen times, two people on one version, two of every worker."""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from redis import Redis

from service.accounts.roles import Role
from service.db import db
from service.issues.audit import read_fields
from service.issues.models import Issue, IssueHistory
from service.ledger.models import LedgerEntry, LedgerLink
from service.ledger.verify import verify
from service.outbox.models import AnsweredRequest, OutboxRow
from tests.api.conftest import PlainClient, at_once
from tests.journeys.town import SAID, Town
from workers import jobs, reactions, scheduler

API = "/api/v1"
TAPS = 16


def count(table: type) -> int:
    """Rows there are. Asks ``db.session``: the jobs have put away the session the test began with."""
    number = db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    db.session.commit()
    return number


def together(app: Flask, number: int, work: Callable[[], None]) -> None:
    """``work`` in ``number`` threads that start together, each in an application context of its own."""
    db.session.commit()
    barrier = threading.Barrier(number)

    def run(_number: int) -> None:
        with app.app_context():
            barrier.wait()
            work()

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(run, range(number)))


def test_one_key_from_sixteen_threads_is_one_issue_and_sixteen_identical_answers(app: Flask, town: Town) -> None:
    headers = town.guest().headers | {"Idempotency-Key": "a-nervous-thumb"}
    body = {
        "station_code": town.place.scan_code,
        "content": SAID,
        "anonymity": "receipt_only",
        "consents": {"privacy": True},
    }

    def tap(client: PlainClient) -> tuple[int, bytes]:
        answer = client.post(f"{API}/issues", json=body, headers=headers)
        return answer.status_code, answer.data

    answers = at_once(app, TAPS, tap)
    assert {status for status, _ in answers} == {201}
    assert len({data for _, data in answers}) == 1, "every thread got the same bytes, receipt code included"
    assert b'"receipt_code"' in answers[0][1]
    for table in (Issue, IssueHistory, LedgerEntry, OutboxRow, AnsweredRequest):
        assert count(table) == 1, table.__name__


def test_one_key_for_two_texts_at_once_is_one_issue_and_one_conflict(app: Flask, town: Town) -> None:
    headers = town.guest().headers | {"Idempotency-Key": "one-key"}
    texts = iter(["第一份内容，路灯坏了", "第二份内容，水管漏了"])
    lock = threading.Lock()

    def tap(client: PlainClient) -> int:
        with lock:
            text = next(texts)
        consents = {"privacy": True}
        body = {
            "station_code": town.place.scan_code,
            "content": text,
            "anonymity": "receipt_only",
            "consents": consents,
        }
        return client.post(f"{API}/issues", json=body, headers=headers).status_code

    assert sorted(at_once(app, 2, tap)) == [201, 409]
    assert count(Issue) == 1


def test_eight_submissions_at_once_get_eight_numbers(app: Flask, town: Town) -> None:
    headers = town.guest().headers
    body = {
        "station_code": town.place.scan_code,
        "content": SAID,
        "anonymity": "receipt_only",
        "consents": {"privacy": True},
    }

    def tap(client: PlainClient) -> str:
        answer = client.post(f"{API}/issues", json=body, headers=headers | {"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201, answer.data
        return str(answer.json["number"])

    numbers = at_once(app, 8, tap)
    assert len(set(numbers)) == 8
    assert sorted(int(number[-6:]) for number in numbers) == list(range(1, 9)), "no gap, no repetition"


def rivals(app: Flask, issue_id: str, moves: list[tuple[dict[str, str], dict[str, object]]]) -> list[tuple[int, dict]]:
    """The answers to several actions on one issue, sent at the same moment."""
    waiting, lock = iter(moves), threading.Lock()

    def move(client: PlainClient) -> tuple[int, dict]:
        with lock:
            headers, body = next(waiting)
        answer = client.post(f"{API}/issues/{issue_id}/actions", json=body, headers=headers)
        return answer.status_code, answer.json

    return at_once(app, len(moves), move)


def test_two_phones_of_one_deputy_on_one_version_one_wins_the_other_sees_what_is_possible_now(
    app: Flask, town: Town
) -> None:
    issue_id = town.submits(town.guest())["id"]
    deputy = town.deputy(town.place.primary)
    version = deputy.sees(issue_id)["version"]
    accept = {"action": "accept", "version": version}
    ask = {"action": "ask_info", "version": version, "text": "是哪一盏灯？"}
    answers = rivals(app, issue_id, [(deputy.headers, accept), (deputy.headers, ask)])
    assert sorted(status for status, _ in answers) == [200, 409]
    won = next(body for status, body in answers if status == 200)
    lost = next(body for status, body in answers if status == 409)
    assert lost["current"]["version"] == won["version"] == version + 1
    assert lost["current"]["state"] == won["state"]
    assert lost["current"]["actions"] == won["actions"] != []
    assert lost["detail"]


def test_two_clerks_of_one_unit_sign_at_once_and_one_signature_stands(app: Flask, town: Town) -> None:
    issue_id = town.submits(town.guest())["id"]
    town.deputy(town.place.primary).does(issue_id, "accept")
    town.role(Role.TOWNSHIP).does(issue_id, "assign", unit_id=town.place.township_unit)
    town.work()
    clerk, leader = town.role(Role.UNIT_CLERK), town.role(Role.UNIT_LEADER)
    version = clerk.sees(issue_id)["version"]
    before = count(IssueHistory)
    sign = {"action": "sign", "version": version}
    answers = rivals(app, issue_id, [(clerk.headers, sign)] * 3 + [(leader.headers, sign)])
    statuses = Counter(status for status, _ in answers)
    assert statuses[200] == 1, statuses
    assert set(statuses) <= {200, 403, 409}, statuses
    assert count(IssueHistory) == before + 1


def test_a_double_tap_on_accept_gives_the_same_answer_twice(app: Flask, town: Town) -> None:
    issue_id = town.submits(town.guest())["id"]
    deputy = town.deputy(town.place.primary)
    body = {"action": "accept", "version": deputy.sees(issue_id)["version"]}
    headers = deputy.headers | {"Idempotency-Key": "double-tap"}
    before = count(IssueHistory)
    answers = rivals(app, issue_id, [(headers, body)] * 4)
    assert [status for status, _ in answers] == [200] * 4
    assert all(answer == answers[0][1] for _, answer in answers)
    assert count(IssueHistory) == before + 1


def test_two_schedulers_ring_each_tick_once() -> None:
    connections = [Redis.from_url(os.environ["TEST_REDIS_URL"]) for _ in range(2)]
    start = 1_000_000_000.0 + int.from_bytes(os.urandom(4), "big") * 3600  # ticks nobody has taken yet
    rung: list[str] = []
    barrier = threading.Barrier(2)

    def ring(connection: Redis) -> None:
        for second in range(60):
            barrier.wait()
            scheduler.ring_due(connection, rung.append, start + second)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ring, connections))
    expected = {
        every.job: len({int((start + second) // every.seconds) for second in range(60)}) for every in scheduler.SCHEDULE
    }
    assert Counter(rung) == expected
    for connection in connections:
        connection.close()


def test_a_scheduler_without_redis_rings_nothing_and_goes_on() -> None:
    rung: list[str] = []
    dead = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2, retry=None)
    scheduler.ring_due(dead, rung.append, 1.0)
    assert rung == []


def test_three_linkers_at_once_leave_one_unbroken_chain(app: Flask, town: Town) -> None:
    for _ in range(6):
        town.submits(town.guest(), work=False)
    together(app, 3, jobs.link_ledger)
    jobs.link_ledger()
    assert count(LedgerLink) == count(LedgerEntry) == 6
    report = verify(db.session(), partial(read_fields, db.session()))
    assert (report.faults, report.links, report.unlinked) == ([], 6, 0)


def test_three_drains_at_once_handle_each_event_once(app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    handled: list[int] = []
    table = {
        event: (lambda _session, row, _now: handled.append(row.id), *run) for event, run in reactions.REACTIONS.items()
    }
    monkeypatch.setattr(jobs, "REACTIONS", table)
    for _ in range(8):
        town.submits(town.guest(), work=False)
    together(app, 3, jobs.drain_outbox)
    jobs.drain_outbox()
    assert max(Counter(handled).values()) == 1, "no event was handled twice"
    assert set(db.session.scalars(sa.select(OutboxRow.state))) == {"done"}
    assert set(db.session.scalars(sa.select(Issue.state))) == {"pending_accept"}
    routed = sa.select(sa.func.count()).where(IssueHistory.action == "pass_review")
    assert db.session.scalar(routed) == 8
    assert len(handled) == count(OutboxRow)
