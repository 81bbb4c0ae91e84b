"""Random faults during many notifications: each ends in exactly one final state, none is lost, none arrives twice unseen.

Two workers (threads, each with sessions of its own) send by the product's own WeChat client over HTTP; one of them is
killed in the middle of a batch, again and again. ``NOTIFICATIONS=5000`` makes it long. Redis has no part in the sending:
the jobs are run here as the scheduler would ring them once Redis is back (tests/bad_days/test_processes.py kills it for real).
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service import wechat_client
from service.db import db
from service.notifications import actions, delivery
from service.notifications.actions import Notice
from service.notifications.delivery import Envelope, Result
from service.notifications.models import FINAL, Notification, SubscriptionCredit
from service.wechat import WeChat
from service.wechat_breaker import Breaker
from service.wechat_client import WeChatOverHttp
from tests.conftest import FakeClock, make_settings
from tests.notifications.faulty_wechat import TROUBLES, FaultyWeChat, serving
from tests.notifications.office import DISTRICT, TASK_TEMPLATE, Office
from workers import deliveries
from workers.letters import Doors

ROWS = int(os.environ.get("NOTIFICATIONS", "240"))
PEOPLE, SEED, HANG = ROWS // 4, 20260302, 0.25
"""Few enough for each not to become a digest: every message can be told apart at the other end."""
DOORS = Doors(placeholders=True, texts=False, link="")


class Killed(BaseException):
    """As SIGKILL would: nothing of the batch is written down any more."""


class Murderer:
    """Kills a worker in the middle of a batch, now and then: some of it has left, nobody has heard of it."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._lock = dice, threading.Lock()
        self.deaths = 0

    def send_all(self, wechat: WeChat, envelopes: Sequence[Envelope], sms: None = None) -> list[Result]:
        with self._lock:
            dies = bool(envelopes) and self.deaths < 6 and self._dice.random() < 0.4
            self.deaths += dies
        if dies:
            REAL_SEND_ALL(wechat, envelopes[: len(envelopes) // 2], sms)
            raise Killed
        return REAL_SEND_ALL(wechat, envelopes, sms)


REAL_SEND_ALL = delivery.send_all


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
    office: Office, core_app: Flask, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_client, "TIMEOUT", (1.0, HANG / 2))
    monkeypatch.setattr(deliveries, "SLICE", 24)
    murderer = Murderer(random.Random(SEED))
    monkeypatch.setattr(delivery, "send_all", murderer.send_all)
    people = [office.person() for _ in range(PEOPLE)]
    _agree_and_tell(office, people)
    faulty = FaultyWeChat(SEED, HANG)
    with serving(faulty) as url:
        wechat = WeChatOverHttp(make_settings("sqlite://", wechat_api_base_url=url))
        wechat._transport.breaker = Breaker("chaos", rest=0.01)  # the days of this test take no time; its rest would
        _until_final(core_app, wechat, office, faulty)
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


def _until_final(app: Flask, wechat: WeChat, office: Office, faulty: FaultyWeChat) -> None:
    """Hours of bad days, then a good one. Consents that WeChat's refusals took away are given anew meanwhile."""
    for hour in range(60):
        faulty.whole = hour > 40
        workers = [threading.Thread(target=work, args=(app, wechat, office.clock)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if set(states(office.session)) <= set(FINAL):
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
