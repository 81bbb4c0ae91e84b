"""Not accepting (不予受理): a code, its legal channel, a co-signature where one is due, and one appeal. Rulebook §2.5, §9.1.6."""

from __future__ import annotations

import pytest

from service.accounts.roles import Role
from tests.journeys.invariants import town
from tests.journeys.town import Town

__all__ = ["town"]

CHANNELS = {
    "LITIGATION": "12368",
    "DISCIPLINE": "12388",
    "PETITION": "信访",
    "CASE_PENDING": "12309",
    "PRIVATE": "12345",
    "DUPLICATE": "原来的查询码",
    "SECRET": "12339",
    "TENDER": "12315",
    "NO_CONTENT": "代填",
    "UNLAWFUL": "12348",
    "OUT_OF_AREA": "事项发生地",
}
"""Written by hand from §2.5: each code shows the way that is open instead."""
NEED_TWO = {"UNLAWFUL", "PRIVATE", "DUPLICATE"}


@pytest.mark.parametrize("code", CHANNELS)
def test_every_reason_shows_the_way_that_is_open_instead(town: Town, code: str) -> None:
    issue = town.submits(town.guest())
    resident, deputy = town.holder(issue["receipt_code"]), town.deputy(town.place.primary)
    deputy.does(issue["id"], "decline", reason_code=code, reason="已电话说明。")
    if code in NEED_TWO:
        waiting = resident.sees()
        assert waiting["state"] == "pending_accept" and waiting["reason_code"] is None
        assert all(CHANNELS[code] not in (line["note"] or "") for line in waiting["history"]), (
            "not told before it is decided"
        )
        assert waiting["pending_decision"]["decider"]["role"] == "station_head"
        assert waiting["responsible"]["role"] == "station_head" and waiting["due_at"] == "2026-03-03T23:59:59+08:00"
        town.role(Role.STATION_HEAD).does(issue["id"], "decide", outcome="AGREE", reason="情况属实")
    declined = resident.sees()
    assert declined["state"] == "declined" and declined["reason_code"] == code
    assert CHANNELS[code] in declined["history"][-1]["note"] and "已电话说明" in declined["history"][-1]["note"]
    assert resident.may("") == {"appeal"}


def test_there_are_eleven_reasons_and_the_form_lists_them(town: Town) -> None:
    issue = town.submits(town.guest())
    clerk = town.role(Role.STATION_CLERK)
    form = next(action for action in clerk.sees(issue["id"])["actions"] if action["name"] == "decline")
    offered = {option["value"] for option in form["fields"][0]["options"]}
    assert offered == set(CHANNELS) and len(CHANNELS) == 11
    clerk.does(issue["id"], "decline", 422, reason_code="TOO_HARD")
    clerk.does(issue["id"], "decline", 422)


@pytest.mark.parametrize(
    ("asking", "signing"), [("deputy", "station_head"), ("station_clerk", "station_head"), ("station_head", "township")]
)
def test_a_second_person_signs_and_never_the_one_who_asked(town: Town, asking: str, signing: str) -> None:
    issue = town.submits(town.guest())
    asks, signs = town.role(Role(asking)), town.role(Role(signing))
    asks.does(issue["id"], "decline", reason_code="PRIVATE")
    town.work()
    assert signs.sees(issue["id"])["pending_decision"]["decider"]["role"] == signing
    assert "待您决定：不予受理" in signs.inbox()
    asks.does(issue["id"], "decide", 403 if asking == "station_clerk" else 409, outcome="AGREE", reason="可以")
    for action in ("accept", "ask_info", "decline", "reroute"):
        assert action not in asks.may(issue["id"]), "everything else waits"
    signs.does(issue["id"], "decide", 422, outcome="AGREE")
    signs.does(issue["id"], "decide", outcome="AGREE", reason="同意")
    assert signs.sees(issue["id"])["state"] == "declined"


def test_a_refused_co_signature_leaves_the_issue_where_it_was_with_its_deadline(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy, head = town.deputy(town.place.primary), town.role(Role.STATION_HEAD)
    before = deputy.sees(issue["id"])
    deputy.does(issue["id"], "decline", reason_code="DUPLICATE")
    town.clock.advance(hours=20)
    head.does(issue["id"], "decide", outcome="REFUSE", reason="有新的情况，应当受理")
    after = deputy.sees(issue["id"])
    assert (after["state"], after["due_at"], after["responsible"]) == (
        "pending_accept",
        before["due_at"],
        before["responsible"],
    )
    assert after["reason_code"] is None and after["pending_decision"] is None
    deputy.does(issue["id"], "accept")


def test_the_resident_may_withdraw_while_the_second_person_thinks(town: Town) -> None:
    issue = town.submits(town.guest())
    town.deputy(town.place.primary).does(issue["id"], "decline", reason_code="PRIVATE")
    resident = town.holder(issue["receipt_code"])
    resident.does("", "withdraw", reason="算了")
    assert resident.sees()["state"] == "withdrawn" and resident.sees()["pending_decision"] is None
    town.role(Role.STATION_HEAD).does(issue["id"], "decide", 409, outcome="AGREE", reason="同意")


def test_an_appeal_against_a_refusal_is_decided_by_the_township_and_starts_the_clock_anew(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.deputy(town.place.primary).does(issue["id"], "decline", reason_code="TENDER")
    town.work()
    assert "不予受理" in who.inbox()
    town.wait(days=9)
    who.does(issue["id"], "appeal", 422)
    who.does(issue["id"], "appeal", reason="我说的是路灯，不是招标")
    asked = who.sees(issue["id"])
    assert asked["state"] == "declined" and asked["pending_decision"]["decider"]["role"] == "township"
    assert asked["due_at"] == "2026-03-12T23:59:59+08:00"
    for role in (Role.STATION_HEAD, Role.STATION_CLERK, Role.DISTRICT):
        town.role(role).does(
            issue["id"],
            "decide",
            expect=409 if role is not Role.STATION_CLERK else 403,
            outcome="AGREE",
            reason="同意受理",
        )
    town.role(Role.TOWNSHIP).does(issue["id"], "decide", outcome="AGREE", reason="应当受理")
    again = who.sees(issue["id"])
    assert again["state"] == "pending_accept" and again["deputy"]["id"] == town.place.primary
    assert again["due_at"] == "2026-03-13T23:59:59+08:00" and again["reason_code"] is None


def test_a_refused_appeal_ends_it_and_there_is_no_second(town: Town) -> None:
    issue = town.submits(town.guest())
    resident = town.holder(issue["receipt_code"])
    town.deputy(town.place.primary).does(issue["id"], "decline", reason_code="TENDER")
    resident.does("", "appeal", reason="不同意")
    town.role(Role.TOWNSHIP).does(issue["id"], "decide", outcome="REFUSE", reason="确属招投标争议")
    seen = resident.sees()
    assert seen["state"] == "declined" and seen["responsible"] is None and seen["due_at"] is None
    assert seen["history"][-1]["note"] == "确属招投标争议"
    assert resident.may("") == set()
    assert resident.does("", "appeal", 409, reason="还是不同意")["code"] == "already_used"


def test_after_ten_days_it_is_too_late_to_appeal(town: Town) -> None:
    issue = town.submits(town.guest())
    resident = town.holder(issue["receipt_code"])
    town.deputy(town.place.primary).does(issue["id"], "decline", reason_code="TENDER")
    town.wait(days=10)
    assert "appeal" in resident.may(""), "the tenth day is still in time"
    town.wait(days=1)
    assert "appeal" not in resident.may("")
    assert resident.does("", "appeal", 409, reason="不同意")["code"] == "too_late"
