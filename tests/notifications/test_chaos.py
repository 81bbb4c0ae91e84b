"""Random faults during many notifications: each ends in exactly one final state, none is lost, none arrives twice unseen.

Two workers (threads, each with sessions of its own) send by the product's own WeChat client over HTTP; one of them dies
in the middle of a batch, again and again, and so does the Redis that keeps WeChat's token, by SIGKILL and empty
afterwards. ``NOTIFICATIONS=5000`` makes it long: then worker processes are killed by SIGKILL as well, one for every
thousand. Who rings the workers once Redis is back is looked at in tests/bad_days/test_processes.py.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from redis import Redis
from sqlalchemy.orm import Session

from devkit.bench.processes import until
from devkit.children import die_with_parent
from devkit.redis_address import redis_url
from devkit.throwaway_redis import running_redis
from service import wechat_client, wechat_tokens
from service.db import db
from service.notifications import actions
from service.notifications.actions import Notice
from service.notifications.delivery import Envelope, Line, OnWay
from service.notifications.models import FINAL, Notification, SubscriptionCredit
from service.wechat import WeChat
from service.wechat_breaker import Breaker
from service.wechat_client import WeChatOverHttp
from tests.conftest import FakeClock, make_settings
from tests.notifications.chaos_worker import DOORS
from tests.notifications.faulty_wechat import TROUBLES, FaultyWeChat, serving
from tests.notifications.office import DISTRICT, TASK_TEMPLATE, Office
from workers import deliveries

ROWS = int(os.environ.get("NOTIFICATIONS", "240"))
PEOPLE, SEED, HANG = ROWS // 4, 20260302, 0.25
KILLED_PROCESSES = ROWS // 1000
"""Few enough for each not to become a digest: every message can be told apart at the other end."""


class Killed(BaseException):
    """As SIGKILL would: nothing of the batch is written down any more."""


class MortalRedis:
    """A Redis that is killed while the workers send, and is there again, empty, for the hour after the next."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._alive = folder, ExitStack()
        self.url, self.deaths = redis_url(folder / "redis.sock"), 0

    def start(self) -> None:
        self._alive.close()
        self._alive.enter_context(running_redis(self._folder))

    def kill(self) -> None:
        with Redis.from_url(self.url) as client:
            pid = client.info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        self.deaths += 1

    def stop(self) -> None:
        self._alive.close()


@pytest.fixture
def redis() -> Iterator[MortalRedis]:
    """In a folder of its own with a short name: the path of a socket has 108 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="msdb-") as folder:
        found = MortalRedis(Path(folder))
        found.start()
        yield found
        found.stop()


class Murderer:
    """Kills a worker in the middle of a batch, now and then: some of it has left, nobody has heard of it."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._lock = dice, threading.Lock()
        self.deaths = 0

    def start(self, line: Line, envelopes: Sequence[Envelope], latest: float) -> OnWay:
        with self._lock:
            dies = self.deaths < 6 and self._dice.random() < 0.4
            self.deaths += dies
        if dies:
            REAL_START(line, envelopes[: len(envelopes) // 2], latest).arrived()
            raise Killed
        return REAL_START(line, envelopes, latest)


REAL_START = Line.start


def work(app: Flask, wechat: WeChat, clock: FakeClock) -> None:
    """One worker, until nothing is due or it is killed."""
    with app.app_context():
        try:
            while deliveries.deliver_due(wechat, None, clock, DOORS):
                pass
        except Killed:
            db.session.rollback()
        finally:
            db.session.remove()


def states(session: Session) -> Counter[str]:
    rows = session.execute(sa.select(Notification.push_state, sa.func.count()).group_by(Notification.push_state))
    found = Counter({state: count for state, count in rows.all()})  # noqa: C416 - rows are no pairs for the type checker
    session.commit()
    return found


def test_every_notice_ends_once_and_none_arrives_twice(
    office: Office,
    core_app: Flask,
    database_url: str,
    clock: FakeClock,
    redis: MortalRedis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wechat_client, "TIMEOUT", (1.0, HANG / 2))
    monkeypatch.setattr(deliveries, "SLICE", 24)
    monkeypatch.setattr(wechat_tokens, "LOOK_EVERY", 0.0)
    murderer = Murderer(random.Random(SEED))
    monkeypatch.setattr(Line, "start", lambda line, *slice_: murderer.start(line, *slice_))
    people = [office.person() for _ in range(PEOPLE)]
    _agree_and_tell(office, people)
    faulty = FaultyWeChat(SEED, HANG)
    with serving(faulty) as url:
        wechat = WeChatOverHttp(make_settings("sqlite://", wechat_api_base_url=url, redis_url=redis.url))
        wechat._transport.breaker = Breaker("chaos", rest=0.01)  # the days of this test take no time; its rest would
        for _ in range(KILLED_PROCESSES):
            _kill_a_process(database_url, url, office, faulty)
        _until_final(core_app, wechat, office, faulty, redis)
    ended = states(office.session)
    assert set(ended) <= set(FINAL) and sum(ended.values()) == ROWS, f"each in one final state: {ended}"
    _nothing_lost_nothing_twice(office.session, faulty, murderer, ended)
    office.ledger()


def _agree_and_tell(office: Office, people: list[str]) -> None:
    session = office.session
    for who in people:
        office.agrees(who, TASK_TEMPLATE)
    session.execute(sa.update(SubscriptionCredit).values(remaining=ROWS))
    session.execute(sa.text(f"update consent_entries set change = {ROWS}"))
    for number in range(ROWS):
        who = people[number % len(people)]
        kind = "task" if number % 2 else "task_alert"
        notice = Notice(who, kind, "待处理：等待受理", "请处理。", None, f"N-{number}", None)
        actions.write(session, [notice], key=f"chaos:{number}", district_id=DISTRICT, now=office.clock.now)
    session.commit()


def _kill_a_process(database_url: str, wechat_url: str, office: Office, faulty: FaultyWeChat) -> None:
    """A worker of its own process, by SIGKILL while its messages are on their way."""
    before = sum(faulty.troubles.values())
    arguments = [database_url, wechat_url, office.clock.now.isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.notifications.chaos_worker", *arguments], preexec_fn=die_with_parent()
    )
    until(lambda: sum(faulty.troubles.values()) >= before + 100, "a worker in the middle of its messages")
    process.kill()
    assert process.wait() == -signal.SIGKILL
    office.clock.advance(minutes=12)


def _until_final(app: Flask, wechat: WeChat, office: Office, faulty: FaultyWeChat, redis: MortalRedis) -> None:
    """Hours of bad days, then a good one. Consents that WeChat's refusals took away are given anew meanwhile."""
    for hour in range(60):
        faulty.whole = hour > 40
        workers = [threading.Thread(target=work, args=(app, wechat, office.clock)) for _ in range(2)]
        for worker in workers:
            worker.start()
        if hour % 2:
            redis.start()
        elif not faulty.whole:
            redis.kill()
        for worker in workers:
            worker.join()
        if set(states(office.session)) <= set(FINAL):
            print(f"{hour + 1} hours, Redis killed {redis.deaths} times, {KILLED_PROCESSES} processes killed")
            return
        office.clock.advance(minutes=12)


def _nothing_lost_nothing_twice(
    session: Session, faulty: FaultyWeChat, murderer: Murderer, ended: Counter[str]
) -> None:
    by_number = {row.reference: row.push_state for row in session.scalars(sa.select(Notification))}
    session.commit()
    arrived = {number for number in by_number if faulty.taken[number or ""]}
    twice = Counter(by_number[number] for number, times in faulty.taken.items() if times > 1)
    print(
        f"{ROWS} notices: {dict(ended)}; {dict(faulty.troubles)}; {murderer.deaths} workers killed; twice: {dict(twice)}"
    )
    assert murderer.deaths > 0 and set(faulty.troubles) == set(TROUBLES), "the bad days were bad"
    assert {number for number, state in by_number.items() if state == "sent"} <= arrived
    assert set(twice) <= {"unknown"}
    assert {by_number[number] for number in arrived} <= {"sent", "unknown"}
    assert ended["unknown"] >= faulty.troubles["no_answer_but_taken"]
