"""Danger to life: shown the numbers to call before sending, flagged at once, never a state of its own. Rulebook §9.1.3, §11."""

from __future__ import annotations

import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.notifications.models import Notification
from tests.journeys.invariants import town
from tests.journeys.town import Town

__all__ = ["town"]
GAS = "楼道里煤气味很重，已经好几天了"
HELD_GAS = "楼道里煤气味很重，加微信发你视频"
ALERT = "紧急事项"


def test_before_sending_the_numbers_to_call_are_shown(town: Town) -> None:
    ahead = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": GAS})
    assert {phone["number"] for phone in ahead["emergency"]["phones"]} == {"110", "119", "120", "122"}
    calm = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": "路灯坏了好几天了"})
    assert calm["emergency"] is None


def test_even_while_the_text_is_being_reviewed_the_head_and_the_township_hear_at_once(town: Town) -> None:
    issue = town.submits(town.guest(), content=HELD_GAS)
    head, township, district = town.role(Role.STATION_HEAD), town.role(Role.TOWNSHIP), town.role(Role.DISTRICT)
    seen = head.sees(issue["id"])
    assert seen["state"] == "content_review" and seen["urgent"]
    assert seen["emergency"]["due_at"] == "2026-03-02T11:00:00+08:00", "two hours"
    assert ALERT in head.inbox() and ALERT in township.inbox() and ALERT not in district.inbox()
    due = db.session.scalars(sa.select(Notification.due_at).where(Notification.kind == "emergency")).all()
    assert {one.isoformat() for one in due if one} == {"2026-03-02T03:00:00+00:00"}, "what the push says: two hours"
    db.session.rollback()
    assert [item["id"] for item in head.get("/issues?box=inbox")["items"]] == [issue["id"]]
    confirmed = head.does(issue["id"], "confirm_emergency", reason="已电话联系，燃气公司到场")
    assert confirmed["state"] == "content_review" and not confirmed["urgent"]
    town.wait(hours=3)
    assert ALERT not in district.inbox(), "confirmed in time"
    head.does(issue["id"], "confirm_emergency", 409, reason="再确认一次")


def test_two_hours_without_a_word_and_the_township_and_the_district_are_told(town: Town) -> None:
    town.submits(town.guest(), content=GAS)
    township, district = town.role(Role.TOWNSHIP), town.role(Role.DISTRICT)
    town.wait(minutes=119)
    assert district.inbox().count(ALERT) == 0
    town.wait(minutes=2)
    assert district.inbox().count(ALERT) == 1 and township.inbox().count(ALERT) == 2
    town.wait(hours=5)
    assert district.inbox().count(ALERT) == 1, "raised once"


def test_the_flag_changes_neither_state_nor_deadline_and_the_deputy_goes_on(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy, resident = town.deputy(town.place.primary), town.holder(issue["receipt_code"])
    before = resident.sees()
    marked = deputy.does(issue["id"], "mark_emergency", reason="电话里说有人触电")
    assert (marked["state"], marked["due_at"], marked["responsible"]) == (
        before["state"],
        before["due_at"],
        before["responsible"],
    )
    assert marked["urgent"] and "mark_emergency" not in deputy.may(issue["id"])
    town.work()
    assert ALERT in town.role(Role.STATION_HEAD).inbox()
    deputy.does(issue["id"], "confirm_emergency", 403, reason="我已联系")
    deputy.does(issue["id"], "accept")
    town.role(Role.TOWNSHIP).does(issue["id"], "confirm_emergency", reason="120 已到场")
    assert not resident.sees()["urgent"]


def test_danger_in_a_corrected_text_in_an_answer_or_in_a_message_is_flagged_too(town: Town) -> None:
    head = town.role(Role.STATION_HEAD)
    first = town.submits(town.guest(), content="路灯坏了，加微信返利给你")
    town.role(Role.REVIEWER).does(first["id"], "reject_content", reason_code="ADVERTISEMENT")
    town.holder(first["receipt_code"]).does("", "edit_resend", text="路灯杆漏电，有人触电了")
    town.work()
    assert head.sees(first["id"])["urgent"]
    second = town.submits(town.guest())
    resident = town.holder(second["receipt_code"])
    town.deputy(town.place.primary).does(second["id"], "ask_info", text="是哪一盏？")
    resident.does("", "supplement", text="校门口那盏，刚刚有个孩子触电了")
    assert head.sees(second["id"])["urgent"]
    third = town.submits(town.guest())
    holder = town.holder(third["receipt_code"])
    holder.post(f"/receipts/{holder.code}/messages", {"text": "快来，灯杆倒了，有人被困"}, 201)
    town.work()
    assert head.sees(third["id"])["urgent"]
    assert head.inbox().count(ALERT) == 3
