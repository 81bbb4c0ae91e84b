"""A batch of questions: in parallel, stopped by a quota, leased so that two workers never ask the same."""

from __future__ import annotations

import threading
from typing import Any

import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.issues.checks import queue
from service.issues.checks.asking import Question, ask_all
from service.issues.checks.states import CheckState
from service.outbox.models import OutboxRow
from service.wechat import Suggestion, Verdict, WeChatError, WeChatFault
from tests.api.test_statement_counts import counted
from tests.conftest import FakeWeChat
from tests.journeys.town import Town
from tests.safety.conftest import Checks
from workers import jobs


class Opinions(FakeWeChat):
    """Each text gets the verdict or the fault written in it."""

    def check_text(self, *, text: str, openid: str, scene: Any) -> Verdict:
        self.checked.append((openid, text))
        if text in ("stop_batch", "permanent", "retry", "unknown", "token"):
            raise WeChatError(WeChatFault(text), 45009, "")
        return Verdict(Suggestion(text), 100, f"t-{text}")


def questions(*texts: str) -> list[Question]:
    return [Question(str(number), "o-1", text=text) for number, text in enumerate(texts)]


def test_every_answer_and_every_fault_has_its_meaning() -> None:
    replies = ask_all(Opinions(), questions("pass", "review", "risky", "permanent", "retry", "unknown"))
    assert [reply.state for reply in replies] == [
        CheckState.PASSED,
        CheckState.REVIEW,
        CheckState.RISKY,
        CheckState.FAILED,
        None,
        None,
    ]
    assert not any(reply.stop for reply in replies)


def test_a_used_up_quota_or_a_refused_token_stops_the_batch() -> None:
    for fault in ("stop_batch", "token"):
        wechat = Opinions()
        replies = ask_all(wechat, questions(fault, *["pass"] * 200))
        assert replies[0].stop and all(reply.state in (None, CheckState.PASSED) for reply in replies)
        assert len(wechat.checked) < 100, "those already under way may end"
        waiting = [reply for reply in replies if reply.state is None]
        assert waiting and all(reply.stop for reply in waiting)


def test_questions_are_asked_side_by_side() -> None:
    together = threading.Barrier(8, timeout=20)

    class Meeting(Opinions):
        def check_text(self, *, text: str, openid: str, scene: Any) -> Verdict:
            together.wait()
            return super().check_text(text=text, openid=openid, scene=scene)

    replies = ask_all(Meeting(), questions(*["pass"] * 8))
    assert [reply.state for reply in replies] == [CheckState.PASSED] * 8


def test_two_workers_never_ask_the_same_and_a_dead_ones_questions_are_asked_again(town: Town, checks: Checks) -> None:
    for _ in range(3):
        town.submits(town.role(Role.RESIDENT), anonymity="station_only", work=False)
    jobs.drain_outbox()
    first = queue.claim(db.session(), now=town.clock.now, limit=2)
    second = queue.claim(db.session(), now=town.clock.now, limit=2)
    db.session.commit()
    assert (len(first), len(second)) == (2, 1) and not {row.id for row in first} & {row.id for row in second}
    assert queue.claim(db.session(), now=town.clock.now) == []
    db.session.commit()
    town.clock.advance(seconds=61)
    town.work()
    assert checks.states() == ["passed"] * 3 and len(town.wechat.checked) == 3


def test_asking_about_many_takes_no_more_statements_than_about_one(town: Town) -> None:
    who, counts = town.role(Role.RESIDENT), []
    for number in (1, 12):
        for _ in range(number):
            town.submits(who, anonymity="station_only", work=False)
        jobs.drain_outbox()
        with counted() as statements:
            jobs.ask_checks()
        counts.append(len(statements))
        town.work()
    events = sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.event == "content_checked")
    assert db.session.scalar(events) == 13, "one conclusion each"
    assert counts[0] == counts[1] <= 7, (
        "claim, issues, openids, answers, events; a look whether more is due, and one at topics"
    )


def test_a_quota_used_up_holds_up_no_other_work_and_the_rest_is_asked_later(town: Town, checks: Checks) -> None:
    who = town.role(Role.RESIDENT)
    town.wechat.fault = WeChatError(WeChatFault.STOP_BATCH, 45009, "quota")
    issues = [town.submits(who, anonymity="station_only", work=False) for _ in range(3)]
    town.work()
    assert checks.states() == ["pending"] * 3
    town.wechat.fault = None
    town.wait(minutes=4)
    assert town.wechat.checked == [], "five minutes of peace"
    town.wait(minutes=2)
    assert {who.sees(issue["id"])["state"] for issue in issues} == {"pending_accept"}
