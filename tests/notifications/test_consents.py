"""The ledger of consents: one tap is one message, told twice it still is one; the balance is the ledger added up."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.notifications import consents
from service.notifications.models import ConsentEntry
from service.wechat import WeChatError, WeChatFault
from tests.notifications.office import RESIDENT_TEMPLATE, TASK_TEMPLATE, Office

ACCEPT = {RESIDENT_TEMPLATE: True}


def left(office: Office, account_id: str, template_id: str = RESIDENT_TEMPLATE) -> int:
    office.ledger()
    found = consents.balances(office.session, account_id).get(template_id, 0)
    office.session.commit()
    return found


def states(session: Session, account_id: str) -> list[str]:
    statement = sa.select(ConsentEntry.state).where(ConsentEntry.account_id == account_id)
    found = sorted(session.scalars(statement))
    session.commit()
    return found


@pytest.mark.parametrize(
    "reports",
    ["client event", "event client", "client", "event", "client client event event", "client event client event"],
)
def test_a_tap_told_by_the_client_and_by_wechat_counts_once(office: Office, reports: str) -> None:
    alice = office.person()
    told = reports.split()
    for who in told:
        report = consents.reported if who == "client" else consents.popup
        report(office.session, account_id=alice, answers=ACCEPT, now=office.clock.now)
        office.session.commit()
    assert left(office, alice) == max(told.count("client"), told.count("event"))


def test_a_report_that_got_lost_on_one_side_is_made_good_by_the_other(office: Office) -> None:
    alice = office.person()
    for _ in range(3):
        consents.reported(office.session, account_id=alice, answers=ACCEPT, now=office.clock.now)
    consents.popup(office.session, account_id=alice, answers=ACCEPT, now=office.clock.now)
    assert left(office, alice) == 3
    office.clock.advance(days=1)
    consents.popup(office.session, account_id=alice, answers=ACCEPT, now=office.clock.now)
    assert left(office, alice) == 4, "the day after is another tap"


def test_refused_in_the_window_changes_no_balance_and_switched_off_empties_it(office: Office) -> None:
    alice, bob = office.person(), office.person()
    for who in (alice, bob):
        office.agrees(who, RESIDENT_TEMPLATE, 2)
    no = {RESIDENT_TEMPLATE: False}
    consents.popup(office.session, account_id=alice, answers=no, now=office.clock.now)
    assert left(office, alice) == 2
    consents.changed(office.session, account_id=alice, answers=no, now=office.clock.now)
    assert left(office, alice) == 0
    assert left(office, bob) == 2
    consents.changed(office.session, account_id=alice, answers=ACCEPT, now=office.clock.now)
    assert left(office, alice) == 0, "switched on again, a one-time consent comes with the next tap"


def test_a_sent_message_is_reserved_and_then_spent(office: Office) -> None:
    alice = office.person()
    office.agrees(alice, TASK_TEMPLATE, 2)
    office.tell(alice, "task")
    office.work()
    assert left(office, alice, TASK_TEMPLATE) == 1
    assert states(office.session, alice) == ["granted", "granted", "reserved", "spent"]


def test_a_message_that_did_not_go_out_gives_its_consent_back(office: Office) -> None:
    alice = office.person()
    office.agrees(alice, TASK_TEMPLATE)
    office.phones.trouble = lambda _: WeChatError(WeChatFault.PERMANENT, 40003, "invalid openid")
    push = office.tell(alice, "task")
    office.work()
    assert office.state(push) == "refused"
    assert left(office, alice, TASK_TEMPLATE) == 1
    assert states(office.session, alice) == ["given_back", "granted", "reserved"]


def test_wechat_knows_better_who_agreed(office: Office) -> None:
    """43101: the ledger believed in consents there are not; it is put right, and nothing more is tried."""
    alice = office.person()
    office.agrees(alice, TASK_TEMPLATE, 3)
    office.phones.trouble = lambda _: WeChatError(WeChatFault.PERMANENT, 43101, "user refuse to accept the msg")
    first = office.tell(alice, "task")
    office.work()
    second = office.tell(alice, "task")
    office.work()
    assert (office.state(first), office.state(second)) == ("refused", "no_consent")
    assert "43101" in (office.push(first).last_error or "")
    assert left(office, alice, TASK_TEMPLATE) == 0


def test_a_message_that_may_have_arrived_has_used_its_consent(office: Office) -> None:
    alice = office.person()
    office.agrees(alice, TASK_TEMPLATE)
    office.phones.trouble = lambda _: WeChatError(WeChatFault.UNKNOWN, None, "no answer in time")
    push = office.tell(alice, "task")
    office.work()
    assert office.state(push) == "unknown"
    assert left(office, alice, TASK_TEMPLATE) == 0


def test_wechats_report_says_whether_it_arrived(office: Office) -> None:
    alice = office.person()
    office.agrees(alice, TASK_TEMPLATE, 2)
    arrived, lost = office.tell(alice, "task"), office.tell(alice, "task")
    office.work()
    for push, error in ((arrived, ""), (lost, "43101")):
        msgid = office.push(push).msgid or ""
        for number, template in (("nobody's", TASK_TEMPLATE), (msgid, "another"), (msgid, None)):
            assert not consents.sent(
                office.session, msgid=number, template_id=template, error="1", now=office.clock.now
            ), "another message, or the official account's"
        consents.sent(office.session, msgid=msgid, template_id=TASK_TEMPLATE, error=error, now=office.clock.now)
    office.work()
    assert (office.state(arrived), office.state(lost)) == ("delivered", "refused")
    assert len(office.phones.got) == 2, "what WeChat took once is not sent by it again"


def test_the_ledger_keeps_the_day_and_no_time_of_a_tap(office: Office) -> None:
    """An exact time would join an account to what it submitted anonymously at that very moment (ADR 0004)."""
    columns = {column.name: str(column.type) for column in ConsentEntry.__table__.columns}
    assert not any("TIME" in kind for kind in columns.values())


def test_an_erased_account_has_agreed_to_nothing(office: Office) -> None:
    alice, bob = office.person(), office.person()
    for who in (alice, bob):
        office.agrees(who, TASK_TEMPLATE)
    consents.forget_account(office.session, alice)
    office.session.commit()
    assert (left(office, alice, TASK_TEMPLATE), left(office, bob, TASK_TEMPLATE)) == (0, 1)
    assert states(office.session, alice) == []
