"""Trouble on the way: channels that rest hold what would go by them, and one message's trouble is its own."""

from __future__ import annotations

from service.notifications import pauses
from service.wechat import WeChatError, WeChatFault
from tests.notifications.office import TASK_TEMPLATE, Office

DOWN = WeChatError(WeChatFault.RETRY, None, "connection failed")
PHONE = "13800138000"


def channels(office: Office) -> list[str]:
    return [sent.channel for sent in office.phones.got]


def test_while_nobody_answers_the_channel_rests_and_an_emergency_takes_another(office: Office) -> None:
    office.texts = True
    head = office.person(phone=PHONE)
    office.agrees(head, TASK_TEMPLATE, 3)
    office.phones.trouble = lambda to: DOWN if to.startswith("o-") else None
    task = office.tell(head, "task")
    office.work()
    urgent = office.tell(head, "emergency")
    office.work()
    assert (office.state(task), office.state(urgent)) == ("pending", "sent")
    assert channels(office) == ["sms"]
    office.phones.trouble = lambda _: None
    office.clock.advance(minutes=11)
    office.work()
    assert (office.state(task), office.push(task).attempts) == ("sent", 1), "silence costs no attempt"
    office.ledger()


def test_an_emergency_without_another_way_waits_like_everything_else(office: Office) -> None:
    head = office.person()
    office.agrees(head, TASK_TEMPLATE, 2)
    office.phones.trouble = lambda _: DOWN
    office.tell(head, "task")
    office.work()
    urgent = office.tell(head, "emergency")
    office.work()
    assert office.state(urgent) == "pending"
    office.phones.trouble = lambda _: None
    office.clock.advance(minutes=1)
    office.work()
    assert office.state(urgent) == "sent"


def test_a_bug_in_one_message_is_that_messages_trouble_alone(office: Office) -> None:
    broken, fine = office.person(), office.person()
    for who in (broken, fine):
        office.agrees(who, TASK_TEMPLATE)
    first, second = office.tell(broken, "task"), office.tell(fine, "task")
    openids = iter(["boom"])

    def explode(_openid: str) -> WeChatError | None:
        if next(openids, None):
            raise ZeroDivisionError
        return None

    office.phones.trouble = explode
    office.work()
    assert sorted([office.state(first), office.state(second)]) == ["sent", "unknown"]


def test_a_refused_token_holds_everything_until_an_operator_has_mended_it(office: Office) -> None:
    people = [office.person() for _ in range(40)]
    for who in people:
        office.agrees(who, TASK_TEMPLATE)
    pushes = [office.tell(who, "task") for who in people]
    asked: list[str] = []

    def refuse(openid: str) -> WeChatError:
        asked.append(openid)
        return WeChatError(WeChatFault.TOKEN, 40001, "invalid credential")

    office.phones.trouble = refuse
    office.work()
    assert len(asked) <= 32, "the rest of the batch was not begun"
    for _ in range(30):
        office.clock.advance(minutes=11)
        office.work()
    assert {office.state(push) for push in pushes} == {"pending"}
    office.phones.trouble = lambda _: None
    office.clock.advance(minutes=11)
    office.work()
    assert {office.state(push) for push in pushes} == {"sent"}
    office.ledger()


def test_one_banned_template_or_one_refused_message_does_not_stop_the_others(office: Office) -> None:
    people = [office.person() for _ in range(40)]
    for who in people:
        office.agrees(who, TASK_TEMPLATE)
    pushes = [office.tell(who, "task") for who in people]
    refusals = iter([WeChatError(WeChatFault.PERMANENT, 43107, "banned"), WeChatError(WeChatFault.TOKEN, 48001, "no")])
    office.phones.trouble = lambda _openid: next(refusals, None)
    office.work()
    office.clock.advance(minutes=11)
    office.work()
    states = sorted(office.state(push) for push in pushes)
    assert states == ["invalid"] + ["sent"] * 39
    resting = {pause.channel for pause in pauses.kept(office.session)}
    office.session.commit()  # SQLite has one write lock
    assert "subscription" not in resting
