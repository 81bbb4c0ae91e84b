"""What only the resident decides: withdraw, urge, rate, change the rating, come back with new facts. Rulebook §9.1.15–18, §11."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.accounts.roles import Role
from tests.journeys.invariants import town
from tests.journeys.town import Holder, Town

__all__ = ["town"]
DONE: dict[str, Any] = {"text": "更换灯泡并检查了整条线路", "done_on": "2026-03-02", "person": "李师傅"}


def start(town: Town) -> tuple[str, Holder]:
    issue = town.submits(town.guest())
    return issue["id"], town.holder(issue["receipt_code"])


def to_review(town: Town) -> tuple[str, Holder]:
    issue = town.submits(town.guest(), content="路灯坏了，加微信返利给你")
    return issue["id"], town.holder(issue["receipt_code"])


def to_question(town: Town) -> tuple[str, Holder]:
    issue, resident = start(town)
    town.deputy(town.place.primary).does(issue, "ask_info", text="是哪一盏？")
    return issue, resident


def to_deputy(town: Town) -> tuple[str, Holder]:
    issue, resident = start(town)
    town.deputy(town.place.primary).does(issue, "accept")
    return issue, resident


def to_unit(town: Town) -> tuple[str, Holder]:
    issue, resident = to_deputy(town)
    town.role(Role.TOWNSHIP).does(issue, "assign", unit_id=town.place.township_unit)
    return issue, resident


def to_work(town: Town) -> tuple[str, Holder]:
    issue, resident = to_unit(town)
    town.role(Role.UNIT_CLERK).does(issue, "sign")
    return issue, resident


def to_done(town: Town) -> tuple[str, Holder]:
    issue, resident = to_work(town)
    town.role(Role.UNIT_CLERK).does(issue, "submit_result", **DONE)
    return issue, resident


def to_feedback(town: Town) -> tuple[str, Holder]:
    issue, resident = to_deputy(town)
    town.deputy(town.place.primary).does(issue, "answer", text="今晚修好。")
    return issue, resident


def to_closed(town: Town) -> tuple[str, Holder]:
    issue, resident = to_feedback(town)
    resident.does("", "rate", result="SATISFIED")
    return issue, resident


@pytest.mark.parametrize("way", [to_review, start, to_question, to_deputy, to_unit, to_work])
def test_until_the_unit_is_done_the_resident_may_withdraw(
    town: Town, way: Callable[[Town], tuple[str, Holder]]
) -> None:
    issue, resident = way(town)
    gone = resident.does("", "withdraw", reason="已经修好了")
    assert gone["state"] == "withdrawn" and gone["responsible"] is None and gone["due_at"] is None
    said = gone["history"][-1]["note"]
    assert said.startswith("已经修好了") and ("公共利益" in said or way is not to_work), "work begun may go on: said so"
    town.work()
    town.wait(days=20)
    over = resident.sees()
    assert over["state"] == "withdrawn" and resident.may("") == set()
    assert not over["may_talk"] and not over["may_urge"]
    resident.post(f"/receipts/{resident.code}/messages", {"text": "谢谢"}, 409)
    if way in (to_unit, to_work):
        clerk = town.role(Role.UNIT_CLERK)
        answer = clerk.client.get(f"/api/v1/issues/{issue}", headers=clerk.headers)
        if answer.status_code == 200:
            assert "公共利益" in said, "a unit goes on only where the resident was told so"
            assert answer.get_json()["actions"] == []


@pytest.mark.parametrize("way", [to_done, to_feedback, to_closed])
def test_afterwards_there_is_nothing_to_withdraw(town: Town, way: Callable[[Town], tuple[str, Holder]]) -> None:
    _, resident = way(town)
    assert "withdraw" not in resident.may("")
    resident.does("", "withdraw", 409)


def test_nobody_withdraws_or_rates_for_the_resident(town: Town) -> None:
    issue, _ = to_feedback(town)
    for role in (Role.DEPUTY, Role.STATION_CLERK, Role.STATION_HEAD, Role.DISTRICT):
        who = town.role(role)
        assert not {"rate", "withdraw", "appeal", "supplement"} & who.may(issue)
        who.does(issue, "rate", 403, result="SATISFIED")
        who.does(issue, "withdraw", 403)


def test_urging_once_a_day_reaches_whoever_has_it_and_moves_no_deadline(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    seen = who.sees(issue["id"])
    before = seen["due_at"]
    assert seen["may_urge"] and not town.deputy(town.place.primary).sees(issue["id"])["may_urge"]
    urged = who.post(f"/issues/{issue['id']}/urge")
    town.work()
    assert urged["due_at"] == before and not urged["may_urge"], "no button that would be refused"
    assert "群众催办" in town.deputy(town.place.primary).inbox()
    assert who.post(f"/issues/{issue['id']}/urge", expect=409)["code"] == "already_urged"
    town.clock.advance(hours=15)  # midnight in China
    assert who.sees(issue["id"])["may_urge"]
    who.post(f"/issues/{issue['id']}/urge")
    town.deputy(town.place.primary).does(issue["id"], "ask_info", text="是哪一盏？")
    town.clock.advance(days=1)
    asked = who.sees(issue["id"])
    assert asked["next_step"].startswith("等待您补充") and not asked["may_urge"], "the resident owes the next step"
    read = town.deputy(town.place.primary).sees(issue["id"])
    assert read["next_step"].startswith("等待群众补充") and read["route_reason"].endswith("群众所在的网格。")
    lists = [(who, "mine", "您（群众）"), (town.deputy(town.place.primary), "deputy", "群众")]
    for reader, box, holder in lists:
        (line,) = reader.get(f"/issues?box={box}")["items"]
        assert line["responsible"]["name"] == holder
    who.post(f"/issues/{issue['id']}/urge", expect=409)
    town.deputy(town.place.primary).post(f"/issues/{issue['id']}/urge", expect=403)


def test_a_rating_can_be_changed_once_within_48_hours(town: Town) -> None:
    _, resident = to_closed(town)
    town.clock.advance(hours=47)
    assert "rate" in resident.may("")
    resident.does("", "rate", 422, result="DISSATISFIED")
    changed = resident.does("", "rate", result="DISSATISFIED", reason="第二天又坏了")
    assert changed["state"] == "reopened" and changed["round"] == 2


def test_a_changed_rating_stays_and_is_not_changed_again(town: Town) -> None:
    _, resident = to_closed(town)
    assert resident.does("", "rate", result="MOSTLY")["rating"]["result"] == "MOSTLY"
    assert "rate" not in resident.may(""), "what is used up is not offered"
    assert resident.does("", "rate", 409, result="SATISFIED")["code"] == "already_used"
    assert resident.sees()["outcome"] == "MOSTLY"


def test_after_48_hours_the_rating_stands(town: Town) -> None:
    _, resident = to_closed(town)
    town.wait(hours=49)
    assert "rate" not in resident.may("")
    resident.does("", "rate", 409, result="MOSTLY")


def test_who_did_not_rate_in_time_cannot_rate_later_but_may_come_back_with_new_facts(town: Town) -> None:
    issue, resident = to_feedback(town)
    town.wait(days=16)
    assert resident.sees()["outcome"] == "NOT_RATED" and resident.may("") == {"appeal"}
    resident.does("", "rate", 409, result="SATISFIED")
    resident.does("", "appeal", reason="又坏了两盏")
    asked = resident.sees()
    assert asked["state"] == "closed" and asked["responsible"]["role"] == "township"
    assert resident.may("") == set()
    again = town.role(Role.TOWNSHIP).does(issue, "decide", outcome="AGREE", reason="确有新情况")
    assert again["state"] == "reopened" and again["round"] == 2 and again["outcome"] is None
    town.deputy(town.place.primary).does(issue, "answer", text="都换了新的。")
    resident.does("", "rate", result="SATISFIED")
    assert resident.does("", "appeal", 409, reason="再来一次")["code"] == "already_used"


def test_a_refused_appeal_leaves_it_closed_and_archiving_still_comes(town: Town) -> None:
    issue, resident = to_closed(town)
    town.wait(days=10)
    resident.does("", "appeal", reason="又坏了")
    refused = town.role(Role.TOWNSHIP).does(issue, "decide", outcome="REFUSE", reason="是另一盏灯，请另行反映")
    assert refused["state"] == "closed" and refused["responsible"] is None
    town.wait(days=25)
    assert resident.sees()["state"] == "archived"


def test_archiving_takes_nothing_from_the_sixty_days_and_then_it_is_over(town: Town) -> None:
    issue, resident = to_closed(town)
    _, second = to_closed(town)
    town.wait(days=40)
    town.people.clear()  # sessions do not live that long
    township = town.role(Role.TOWNSHIP)
    assert resident.sees()["state"] == "archived" and resident.may("") == {"appeal"}
    resident.does("", "appeal", reason="又坏了")
    refused = township.does(issue, "decide", outcome="REFUSE", reason="请另行反映")
    assert refused["state"] == "archived"
    assert "appeal" in second.may("")
    town.wait(days=21)
    assert second.does("", "appeal", 409, reason="又坏了")["code"] == "too_late"


def test_an_archived_issue_comes_back_when_the_township_agrees(town: Town) -> None:
    issue, resident = to_closed(town)
    town.wait(days=40)
    resident.does("", "appeal", reason="又坏了")
    town.people.clear()
    town.role(Role.TOWNSHIP).does(issue, "decide", outcome="AGREE", reason="确有新情况")
    seen = resident.sees()
    assert seen["state"] == "reopened" and seen["deputy"]["id"] == town.place.primary


def test_a_stale_look_never_acts_and_shows_what_is_there_now(town: Town) -> None:
    issue, resident = start(town)
    deputy = town.deputy(town.place.primary)
    seen = deputy.sees(issue)["version"]
    resident.does("", "withdraw")
    stale = deputy.post(f"/issues/{issue}/actions", {"action": "accept", "version": seen}, 409)
    assert stale["current"]["state"] == "withdrawn"
    fresh = to_deputy(town)[0]
    answer = deputy.post(f"/issues/{fresh}/actions", {"action": "answer", "version": 1, "text": "修好了"}, 409)
    assert answer["code"] == "stale_version" and answer["current"]["state"] == "with_deputy"
