"""“查询 编号” to the official account: the state and by when, nothing about content, place or persons."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from service.db import db
from service.incoming.models import WeChatPush
from service.issues import inquiry
from service.outbox.models import OutboxRow
from tests.journeys.town import SAID, Town
from tests.safety.pushes import Pusher


@pytest.mark.parametrize("sealed", [True, False], ids=["safe mode", "plain mode"])
def test_whoever_asks_with_the_number_learns_state_and_deadline(town: Town, pusher: Pusher, sealed: bool) -> None:
    issue = town.submits(town.guest(), place="小学门前")
    words = pusher.asks(f"查询 {issue['number']}", sealed=sealed)
    assert words == f"事项 {issue['number']}：待受理。下一步最晚 3 月 4 日。详细情况请打开小程序查看。"
    for secret in (SAID, "路灯", "小学", "安一", issue["receipt_code"]):
        assert secret not in words


def test_the_receipt_code_is_understood_and_kept_nowhere(town: Town, pusher: Pusher) -> None:
    issue = town.submits(town.guest())
    code = issue["receipt_code"]
    grouped = "-".join(code[at : at + 4] for at in range(0, 20, 4)).lower()
    for text in (code, f"查询{code}", f"查询：{grouped}"):
        words = pusher.asks(text)
        assert words.startswith("您查询的事项：待受理。") and code not in words and issue["number"] not in words
    assert set(db.session.scalars(sa.select(WeChatPush.payload))) == {None}
    assert db.session.scalars(sa.select(OutboxRow.event).where(OutboxRow.event == "wechat_pushed")).all() == []


@pytest.mark.parametrize(
    "typed", ["查询 {}", "查询{}", "查询：{}", " 查询  {} ", "{}", "查 {}。"], ids=lambda text: repr(text)
)
def test_people_type_numbers_in_many_ways(typed: str) -> None:
    assert inquiry.read(typed.format("YJ-2026-101-000123")) == inquiry.Inquiry(number="YJ-2026-101-000123")
    assert inquiry.read(typed.format("ｙｊ－２０２６－１０１－０００１２３")) == inquiry.Inquiry(
        number="YJ-2026-101-000123"
    )
    assert inquiry.read(typed.format("yj—2026—101—000123")) == inquiry.Inquiry(number="YJ-2026-101-000123")


def test_other_words_are_answered_with_how_to_ask(pusher: Pusher) -> None:
    for text in ("你好", "查询", "路灯坏了", "", "查询 12345", "<xml>&lt;", "x" * 5000):
        assert pusher.asks(text) == inquiry.HELP


def test_a_wrong_number_gets_a_friendly_sentence_and_guessing_stops(town: Town, pusher: Pusher) -> None:
    issue, guesser = town.submits(town.guest()), f"o-{uuid.uuid4().hex}"  # Redis remembers guessers between tests
    for number in range(10):
        assert pusher.asks(f"查询 YJ-2026-999-{number:06d}", sender=guesser) == inquiry.UNKNOWN
    assert pusher.asks(f"查询 {issue['number']}", sender=guesser) == inquiry.TOO_OFTEN
    assert "待受理" in pusher.asks(f"查询 {issue['number']}", sender=f"{guesser}-neighbour"), "others are let in"


def test_a_repeated_text_gets_success(pusher: Pusher) -> None:
    text = pusher.made({"MsgType": "text", "Content": "你好", "MsgId": "4711"})
    assert pusher.send(text).content_type.startswith("application/xml")
    assert pusher.send(text).get_data() == b"success"


def test_a_text_of_the_mini_programs_json_is_not_answered(pusher: Pusher) -> None:
    """Passive answers are the official account's; a mini-program's customer message knows none (unverified)."""
    pusher.pushes({"MsgType": "text", "Content": "你好", "MsgId": "1"}, form="json")
