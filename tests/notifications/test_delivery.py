"""Which way a notice goes, in which order, when: everything the inbox has is also sent, or held, or ends in a named state."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from config.messages import MESSAGES
from service.incoming.actions import remember_follower
from service.notifications import actions, claims, mapping
from service.notifications.actions import Notice, requeue_all
from service.notifications.claims import LEASE
from service.notifications.models import Notification
from service.parameters.actions import set_parameter
from service.wechat import WeChatError, WeChatFault
from tests.notifications.office import DISTRICT, RESIDENT_TEMPLATE, TASK_TEMPLATE, Office, china
from tests.world import World
from workers import deliveries, preparing
from workers.context import transaction
from workers.letters import Doors

PHONE = "13800138000"


def channels(office: Office) -> list[str]:
    return [sent.channel for sent in office.phones.got]


def test_emergencies_leave_first_then_tasks_then_news(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.notifications.delivery.THREADS", 1)
    people = {kind: office.person() for kind in ("progress", "task", "emergency", "needs_answer")}
    for kind, who in people.items():
        office.agrees(who, TASK_TEMPLATE, 2)
        office.agrees(who, RESIDENT_TEMPLATE, 2)
        office.tell(who, kind, title=kind)
    office.work()
    assert [sent.data["thing1"] for sent in office.phones.got] == ["emergency", "task", "needs_answer", "progress"]


def test_staff_without_a_consent_are_told_by_the_official_account_and_residents_never(office: Office) -> None:
    both, alone = office.person(official=True), office.person(openid=False, official=True)
    office.agrees(both, TASK_TEMPLATE)
    told = [office.tell(both, "task"), office.tell(both, "task"), office.tell(alone, "task")]
    news = office.tell(alone, "progress")
    office.work()
    assert sorted(channels(office)) == ["official", "official", "subscription"]
    assert [office.state(push) for push in told] == ["sent"] * 3
    assert office.state(news) == "no_channel"


def test_who_left_the_official_account_is_not_tried_there_and_who_it_never_spoke_of_is(office: Office) -> None:
    left, unheard = office.person(openid=False, official=True), office.person(openid=False, official=True)
    remember_follower(office.session, office.official_openid(left), following=False, at=office.clock.now)
    office.session.commit()
    told = [office.tell(left, "task"), office.tell(unheard, "task")]
    office.work()
    assert [office.state(push) for push in told] == ["no_channel", "sent"]


def test_without_a_consent_some_kinds_go_by_text_message_to_who_agreed_to_be_contacted(office: Office) -> None:
    office.texts = True
    asked, silent = office.person(phone=PHONE), office.person()
    question, news, unheard = (
        office.tell(asked, "needs_answer"),
        office.tell(asked, "progress"),
        office.tell(silent, "needs_answer"),
    )
    office.work()
    [text] = office.phones.got
    assert (text.channel, text.to) == ("sms", PHONE)
    assert list(text.data.values())[1] == "https://daibiao.example.gov.cn/m/"
    assert [office.state(push) for push in (question, news, unheard)] == ["sent", "no_consent", "no_consent"]


def test_text_messages_are_counted_and_there_are_enough_in_a_day(office: Office, world: World) -> None:
    office.texts = True
    district = world.a.district_id
    assert district == DISTRICT
    set_parameter(office.session, district, "push.sms_per_person", 2, valid_from=office.clock.now, now=office.clock.now)
    asked = office.person(phone=PHONE)
    today = [office.tell(asked, "needs_answer") for _ in range(3)]
    office.work()
    assert sorted(office.state(push) for push in today) == ["no_consent", "sent", "sent"]
    office.clock.advance(days=1)
    tomorrow = office.tell(asked, "needs_answer")
    office.work()
    assert office.state(tomorrow) == "sent"


def test_what_wechat_refuses_for_good_goes_on_to_the_next_channel(office: Office) -> None:
    office.texts = True
    asked = office.person(phone=PHONE)
    office.agrees(asked, RESIDENT_TEMPLATE)
    office.phones.trouble = lambda to: (
        WeChatError(WeChatFault.PERMANENT, 40003, "invalid openid") if to.startswith("o-") else None
    )
    push = office.tell(asked, "needs_answer")
    office.work()
    assert channels(office) == ["sms"]
    assert (office.push(push).push_state, office.push(push).channel) == ("sent", "sms")


def test_at_night_only_emergencies_leave_and_the_rest_at_seven(office: Office) -> None:
    china(office.clock, 22, 30)
    deputy, nobody = office.person(), office.person(openid=False)
    office.agrees(deputy, TASK_TEMPLATE, 2)
    urgent, task, unreachable = (
        office.tell(deputy, "emergency"),
        office.tell(deputy, "task"),
        office.tell(nobody, "task"),
    )
    office.work()
    assert [office.state(push) for push in (urgent, task, unreachable)] == ["sent", "pending", "no_channel"]
    china(office.clock, 24 + 6, 59)
    office.work()
    assert office.state(task) == "pending"
    china(office.clock, 24 + 7)
    office.work()
    assert (office.state(task), office.push(task).attempts) == ("sent", 1)


def test_many_new_tasks_become_one_message(office: Office) -> None:
    busy, other = office.person(), office.person()
    office.agrees(busy, TASK_TEMPLATE, 3)
    office.agrees(other, TASK_TEMPLATE, 3)
    heap = [office.tell(busy, "task") for _ in range(6)]
    few = [office.tell(other, "task") for _ in range(3)]
    urgent = office.tell(busy, "emergency")
    office.work()
    assert sorted(office.state(push) for push in heap) == ["digested"] * 5 + ["sent"]
    assert [office.state(push) for push in [*few, urgent]] == ["sent"] * 4
    [digest] = [sent for sent in office.phones.got if "6" in sent.data["thing1"]]
    assert digest.page == "pages/inbox/index"
    carrier = next(push for push in heap if office.state(push) == "sent")
    assert {office.push(push).carried_by for push in heap if push != carrier} == {carrier}
    office.ledger()


def test_where_a_digest_has_no_way_out_each_task_goes_by_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {key: value for key, value in MESSAGES.items() if "digest." not in key}
    monkeypatch.setattr(preparing.parameters, "load", lambda *_arguments, **_options: without)
    busy = office.person()
    office.agrees(busy, TASK_TEMPLATE, 6)
    heap = [office.tell(busy, "task") for _ in range(6)]
    office.work()
    assert [office.state(push) for push in heap] == ["sent"] * 6
    office.ledger()


def test_a_digest_that_fails_leaves_none_of_its_tasks_behind(office: Office) -> None:
    busy = office.person()
    office.agrees(busy, TASK_TEMPLATE, 10)
    heap = [office.tell(busy, "task") for _ in range(6)]
    office.phones.trouble = lambda _: WeChatError(WeChatFault.UNKNOWN, None, "no answer in time")
    office.work()
    assert {office.state(push) for push in heap} == {"unknown"}
    office.ledger()


def test_a_value_that_fits_no_rule_ends_as_invalid_and_goes_out_when_the_template_is_mended(
    office: Office, world: World
) -> None:
    now = office.clock.now
    assert world.a.district_id == DISTRICT
    template = {"id": TASK_TEMPLATE, "kind": "once", "fields": ["number1=title"]}
    set_parameter(office.session, DISTRICT, "push.templates.task.subscription", template, valid_from=now, now=now)
    deputy = office.person()
    office.agrees(deputy, TASK_TEMPLATE)
    push = office.tell(deputy, "task")
    office.work()
    assert office.state(push) == "invalid"
    assert "number1" in (office.push(push).last_error or "")
    office.clock.advance(seconds=1)
    fields = ["thing1=title", "time2=until"]
    mapping.set_template(
        office.session,
        DISTRICT,
        "task.subscription",
        template_id="real",
        kind=None,
        fields=fields,
        now=office.clock.now,
    )
    office.agrees(deputy, "real")
    assert requeue_all(office.session, "invalid", now=office.clock.now) == 1
    office.work()
    assert (office.state(push), office.phones.got[0].template_id) == ("sent", "real")


def test_data_wechat_finds_wrong_is_invalid_too_and_costs_no_consent(office: Office) -> None:
    deputy = office.person()
    office.agrees(deputy, TASK_TEMPLATE)
    office.phones.trouble = lambda _: WeChatError(WeChatFault.PERMANENT, 47003, "argument invalid! data.thing1.value")
    push = office.tell(deputy, "task")
    office.work()
    assert office.state(push) == "invalid"
    office.phones.trouble = lambda _: None
    requeue_all(office.session, "invalid", now=office.clock.now)
    office.work()
    assert office.state(push) == "sent"
    office.ledger()


def test_a_long_term_template_is_agreed_to_once(office: Office, world: World) -> None:
    now = office.clock.now
    assert world.a.district_id == DISTRICT
    mapping.set_template(
        office.session, DISTRICT, "task.subscription", template_id="lasting", kind="long_term", fields=(), now=now
    )
    deputy, stranger = office.person(), office.person()
    office.agrees(deputy, "lasting")
    told, unheard = [office.tell(deputy, "task") for _ in range(3)], office.tell(stranger, "task")
    office.work()
    assert [office.state(push) for push in [*told, unheard]] == ["sent", "sent", "sent", "no_consent"]
    office.ledger()


def test_placeholder_ids_are_no_templates_in_production(office: Office) -> None:
    deputy = office.person()
    office.agrees(deputy, TASK_TEMPLATE)
    push = office.tell(deputy, "task")
    deliveries.deliver_due(office.phones, None, office.clock, Doors(placeholders=False, texts=False, link=""))
    assert (office.state(push), office.phones.got) == ("no_consent", [])


def test_nothing_private_leaves_the_house(office: Office) -> None:
    """Title, number, deadline, hint and a page: no account id, no text (rulebook §12)."""
    alice = office.person()
    office.agrees(alice, RESIDENT_TEMPLATE, 2)
    office.tell(alice, "progress", title="已受理", issue_id="issue-1", reference="YJ-2026-1", due_at=office.clock.now)
    office.work()
    [sent] = office.phones.got
    assert sent.page == "pages/issue/detail?id=issue-1"
    assert sent.data == {
        "thing1": "已受理",
        "character_string2": "YJ-2026-1",
        "time3": "2026年3月2日 09:00",
        "thing4": "请打开小程序查看。",
    }


def test_what_another_worker_took_meanwhile_is_not_sent_by_us(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that hangs between claiming and beginning for longer than its lease finds its pushes gone."""
    deputy = office.person()
    office.agrees(deputy, TASK_TEMPLATE)
    push = office.tell(deputy, "task")
    begin = deliveries._write_and_begin

    def slow(*arguments: object) -> object:
        monkeypatch.setattr(deliveries, "_write_and_begin", begin)
        office.clock.advance(seconds=LEASE.total_seconds() + 1)
        with transaction() as other:
            assert len(claims.claim(other, now=office.clock.now)) == 1
        return begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(deliveries, "_write_and_begin", slow)
    office.work()
    assert (office.state(push), office.phones.got) == ("pending", [])
    office.clock.advance(seconds=LEASE.total_seconds() + 1)  # the other worker died before it began anything
    office.work()
    assert len(office.phones.got) == 1
    assert (office.state(push), office.push(push).attempts) == ("sent", 1)
    office.ledger()


def test_a_notice_is_written_once_however_often_its_event_is_handled(office: Office) -> None:
    alice, bob = office.person(), office.person()
    notices = [Notice(who, "task", "请查看", "请打开。") for who in (alice, bob)]
    for _ in range(2):
        actions.write(office.session, notices, key="event:1", district_id=DISTRICT, now=office.clock.now)
        office.session.commit()
    assert office.session.scalar(sa.select(sa.func.count()).select_from(Notification)) == 2
