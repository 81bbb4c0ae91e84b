"""What handling units may do with what they were given: return, ask for time, report, plan. Rulebook §9.1.9–14, contract."""

from __future__ import annotations

from typing import Any

import pytest

from service.accounts.roles import Role
from tests.journeys.invariants import town
from tests.journeys.town import Town
from tests.uploads.album import jpeg

__all__ = ["town"]
DONE: dict[str, Any] = {"text": "更换灯泡并检查了整条线路", "done_on": "2026-03-02", "person": "李师傅"}


def assigned(town: Town, *, by: Role = Role.TOWNSHIP, unit: str | None = None, **changes: Any) -> dict[str, Any]:
    """Accepted by the deputy and given to a unit by an office."""
    fields = {name: changes.pop(name) for name in ("difficulty", "co_unit_ids") if name in changes}
    issue = town.submits(town.guest(), **changes)
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.role(by).does(issue["id"], "assign", unit_id=unit or town.place.township_unit, **fields)
    return issue


def handling(town: Town, **options: Any) -> dict[str, Any]:
    issue = assigned(town, **options)
    town.role(Role.UNIT_CLERK).does(issue["id"], "sign")
    return issue


def done(town: Town) -> dict[str, Any]:
    issue = handling(town)
    town.role(Role.UNIT_CLERK).does(issue["id"], "submit_result", **DONE)
    return issue


def test_a_deputy_orders_no_unit_about(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "assign", 403, unit_id=town.place.township_unit)
    town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=town.place.township_unit)
    for action, fields in (("sign", {}), ("submit_result", DONE), ("return", {"reason": "不归我管"}), ("sign_off", {})):
        assert action not in deputy.may(issue["id"])
        deputy.does(issue["id"], action, 403, **fields)


def test_the_head_gives_work_to_the_township_s_units_only_and_the_district_to_any(town: Town) -> None:
    place, head, district = town.place, town.role(Role.STATION_HEAD), town.role(Role.DISTRICT)
    issue = town.submits(town.guest())
    town.deputy(place.primary).does(issue["id"], "accept")
    for unit in (place.district_unit, place.other_township_unit, "nothing"):
        head.does(issue["id"], "assign", 422, unit_id=unit)
    head.does(issue["id"], "assign", unit_id=place.township_unit)
    other = town.submits(town.guest())
    town.deputy(place.primary).does(other["id"], "accept")
    town.role(Role.TOWNSHIP).does(other["id"], "assign", 422, unit_id=place.company_unit)
    assert district.does(other["id"], "assign", unit_id=place.company_unit)["unit"]["id"] == place.company_unit


@pytest.mark.parametrize(
    ("difficulty", "due"),
    [("CONSULT", "2026-03-04"), ("GENERAL", "2026-03-09"), ("COMPLEX", "2026-03-16"), ("HARD", "2026-03-23")],
)
def test_working_time_starts_with_the_signature_and_goes_by_difficulty(town: Town, difficulty: str, due: str) -> None:
    issue = assigned(town, difficulty=difficulty)
    resident = town.holder(issue["receipt_code"])
    waiting = resident.sees()
    assert waiting["responsible"]["role"] == "unit_clerk" and waiting["due_at"] == "2026-03-03T23:59:59+08:00"
    town.role(Role.UNIT_CLERK).does(issue["id"], "sign")
    assert resident.sees()["due_at"] == f"{due}T23:59:59+08:00"


def test_returned_in_time_and_given_to_another_unit_at_once(town: Town) -> None:
    place, clerk = town.place, town.person(town.place.district_unit_accounts[Role.UNIT_CLERK])
    issue = assigned(town, by=Role.DISTRICT, unit=place.district_unit)
    clerk.does(issue["id"], "return", 422)
    clerk.does(issue["id"], "return", reason="路灯由供电公司维护")
    asked = clerk.sees(issue["id"])
    assert asked["state"] == "assigned" and asked["responsible"]["role"] == "district"
    clerk.does(issue["id"], "sign", 409)
    town.role(Role.TOWNSHIP).does(issue["id"], "decide", 409, outcome="AGREE", reason="不是我交办的")
    again = town.role(Role.DISTRICT).does(
        issue["id"], "decide", outcome="AGREE", reason="改由供电公司", unit_id=place.company_unit
    )
    assert again["state"] == "assigned" and again["unit"]["id"] == place.company_unit
    clerk.sees(issue["id"], 404)


def test_returned_in_time_and_agreed_the_office_then_assigns(town: Town) -> None:
    place, clerk, township = town.place, town.role(Role.UNIT_CLERK), town.role(Role.TOWNSHIP)
    issue = assigned(town)
    clerk.does(issue["id"], "return", reason="不属于本办职责")
    back = township.does(issue["id"], "decide", outcome="AGREE", reason="同意退办")
    assert back["state"] == "with_deputy" and back["unit"] is None
    assert back["responsible"]["role"] == "township" and back["due_at"] == "2026-03-03T23:59:59+08:00"
    clerk.sees(issue["id"], 404)
    town.role(Role.DISTRICT).does(issue["id"], "assign", unit_id=place.district_unit)


def test_a_refused_return_means_the_unit_has_it(town: Town) -> None:
    issue = assigned(town)
    town.role(Role.UNIT_CLERK).does(issue["id"], "return", reason="不属于本办职责")
    refused = town.role(Role.TOWNSHIP).does(issue["id"], "decide", outcome="REFUSE", reason="首接负责")
    assert refused["state"] == "handling" and refused["due_at"] == "2026-03-09T23:59:59+08:00"
    assert refused["responsible"]["role"] == "unit_clerk"


def test_after_the_limit_nothing_is_returned_any_more(town: Town) -> None:
    issue = assigned(town)
    clerk = town.role(Role.UNIT_CLERK)
    town.wait(days=1)
    assert "return" in clerk.may(issue["id"]), "the first workday is still in time"
    town.wait(days=1)
    assert clerk.does(issue["id"], "return", 409, reason="不属于本办职责")["code"] == "too_late"
    assert "return" not in clerk.may(issue["id"]), "what cannot be done is not offered"
    clerk.does(issue["id"], "sign")


def test_the_government_office_decides_about_returns_of_what_the_district_gave_to_government(town: Town) -> None:
    place, clerk = town.place, town.person(town.place.district_unit_accounts[Role.UNIT_CLERK])
    issue = assigned(town, by=Role.DISTRICT, unit=place.district_unit)
    clerk.does(issue["id"], "return", reason="不属于本局职责")
    decided = town.role(Role.GOVERNMENT_OFFICE).does(issue["id"], "decide", outcome="REFUSE", reason="由你局办理")
    assert decided["state"] == "handling"
    line = decided["history"][-1]
    assert line["actor"] == {"role": "government_office", "name": "区政府办"}, "who decided stands in the history"


def test_more_time_once_before_the_deadline_with_a_reason_the_resident_sees(town: Town) -> None:
    issue = handling(town)
    clerk, township, resident = town.role(Role.UNIT_CLERK), town.role(Role.TOWNSHIP), town.holder(issue["receipt_code"])
    clerk.does(issue["id"], "extend", 422, workdays=3)
    clerk.does(issue["id"], "extend", 422, workdays=6, reason="最多不超过原来的期限")
    clerk.does(issue["id"], "extend", workdays=3, reason="需要等待配件")
    asked = resident.sees()
    assert asked["pending_decision"]["action"] == "extend" and asked["responsible"]["role"] == "township"
    assert asked["history"][-1]["note"] == "需要等待配件"
    agreed = township.does(issue["id"], "decide", outcome="AGREE", reason="同意延期")
    assert agreed["due_at"] == "2026-03-12T23:59:59+08:00" and agreed["responsible"]["role"] == "unit_clerk"
    assert "extend" not in clerk.may(issue["id"])
    assert clerk.does(issue["id"], "extend", 409, workdays=1, reason="还要再等")["code"] == "already_used"


def test_refused_more_time_leaves_the_deadline_and_the_work_can_be_done_meanwhile(town: Town) -> None:
    issue = handling(town)
    clerk, township = town.role(Role.UNIT_CLERK), town.role(Role.TOWNSHIP)
    clerk.does(issue["id"], "extend", reason="需要等待配件")
    refused = township.does(issue["id"], "decide", outcome="REFUSE", reason="请按期完成")
    assert refused["due_at"] == "2026-03-09T23:59:59+08:00"
    second = handling(town)
    clerk.does(second["id"], "extend", reason="需要等待配件")
    finished = clerk.does(second["id"], "submit_result", **DONE)
    assert finished["state"] == "unit_done" and finished["pending_decision"] is None
    township.does(second["id"], "decide", 409, outcome="AGREE", reason="同意")


def test_after_the_deadline_no_more_time_can_be_asked_for(town: Town) -> None:
    issue = handling(town, difficulty="CONSULT")
    clerk = town.role(Role.UNIT_CLERK)
    town.wait(days=3)
    assert clerk.sees(issue["id"])["overdue"] and "extend" not in clerk.may(issue["id"])
    assert clerk.does(issue["id"], "extend", 409, reason="来不及")["code"] == "too_late"


def test_helping_units_see_but_the_leading_unit_acts(town: Town) -> None:
    place = town.place
    issue = assigned(
        town, by=Role.DISTRICT, unit=place.township_unit, co_unit_ids=[place.district_unit, place.company_unit]
    )
    helper = town.person(place.district_unit_accounts[Role.UNIT_CLERK])
    seen = helper.sees(issue["id"])
    assert {unit["id"] for unit in seen["co_units"]} == {place.district_unit, place.company_unit}
    assert seen["actions"] == []
    assert [item["id"] for item in helper.get("/issues?box=unit")["items"]] == [issue["id"]]
    assert helper.post(f"/issues/{issue['id']}/actions", {"action": "sign", "version": seen["version"]}, 403)
    town.role(Role.UNIT_CLERK).does(issue["id"], "sign")
    town.role(Role.UNIT_CLERK).does(issue["id"], "submit_result", **DONE)
    town.role(Role.UNIT_LEADER).does(issue["id"], "sign_off")
    town.deputy(place.primary).does(issue["id"], "give_feedback", text="灯亮了。")
    helper.sees(issue["id"], 404)


def test_feedback_is_the_deputy_s_own_sentence_with_a_photo_of_what_was_done(town: Town) -> None:
    issue = done(town)
    town.role(Role.UNIT_LEADER).does(issue["id"], "sign_off")
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "give_feedback", 422, text=f" {DONE['text']}。")
    photo = deputy.uploads(jpeg())["id"]
    told = deputy.does(issue["id"], "give_feedback", text="我晚上去看过，灯亮了。", upload_ids=[photo])
    assert [one["id"] for one in told["history"][-1]["photos"]] == [photo]


def test_not_good_enough_goes_back_to_the_unit_in_the_same_round(town: Town) -> None:
    issue = done(town)
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "send_back", 422)
    back = deputy.does(issue["id"], "send_back", reason="我去看过，灯还是不亮")
    assert (back["state"], back["round"], back["responsible"]["role"]) == ("handling", 1, "unit_clerk")
    town.role(Role.UNIT_CLERK).does(issue["id"], "submit_result", **DONE)
    town.role(Role.UNIT_LEADER).does(issue["id"], "sign_off")
    again = town.role(Role.TOWNSHIP).does(issue["id"], "send_back", reason="还要补照片")
    assert again["state"] == "handling"
    deputy.does(issue["id"], "give_feedback", 409, text="修好了")


def test_a_clerk_may_give_the_feedback_in_the_deputy_s_name_and_it_says_so(town: Town) -> None:
    issue = done(town)
    town.role(Role.UNIT_LEADER).does(issue["id"], "sign_off")
    told = town.role(Role.STATION_CLERK).does(issue["id"], "give_feedback", text="安代表请我转告：灯亮了。")
    line = told["history"][-1]
    assert told["state"] == "feedback_given" and "代代表反馈" in line["actor"]["name"]
    assert line["actor"]["role"] == "station_clerk"


def test_put_into_a_plan_with_the_deputy_s_word_and_taken_up_again_on_the_day(town: Town) -> None:
    issue = done(town)
    leader, deputy = town.role(Role.UNIT_LEADER), town.deputy(town.place.primary)
    resident = town.holder(issue["receipt_code"])
    leader.does(issue["id"], "mark_in_plan", 422, plan_date="2026-03-02", reason="列入改造计划")
    leader.does(issue["id"], "mark_in_plan", plan_date="2026-03-20", reason="列入三月改造计划")
    asked = resident.sees()
    assert asked["state"] == "unit_done" and asked["responsible"]["role"] == "deputy"
    deputy.does(issue["id"], "give_feedback", 409, text="等计划")
    agreed = deputy.does(issue["id"], "decide", outcome="AGREE", reason="可以接受")
    assert agreed["state"] == "in_plan" and agreed["due_at"] == "2026-03-20T23:59:59+08:00"
    assert agreed["responsible"]["role"] == "unit_leader"
    town.wait(days=18)
    assert resident.sees()["state"] == "in_plan"
    town.wait(days=1)
    again = resident.sees()
    assert again["state"] == "handling" and again["responsible"]["role"] == "unit_clerk"
    assert again["due_at"] == "2026-03-27T23:59:59+08:00"


def test_a_plan_the_deputy_does_not_accept_leaves_the_unit_where_it_was(town: Town) -> None:
    issue = done(town)
    before = town.holder(issue["receipt_code"]).sees()
    town.role(Role.UNIT_LEADER).does(issue["id"], "mark_in_plan", plan_date="2026-12-20", reason="年底改造")
    refused = town.deputy(town.place.primary).does(issue["id"], "decide", outcome="REFUSE", reason="孩子等不到年底")
    assert (refused["state"], refused["due_at"]) == ("unit_done", before["due_at"])
    assert refused["responsible"]["role"] == "unit_leader"


def test_without_pass_on_a_unit_gets_the_words_without_the_person_and_the_village_instead_of_the_place(
    town: Town,
) -> None:
    said = "村口小学门前的路灯坏了，请打我电话13800138000，我叫王小花"
    who: dict[str, Any] = {
        "anonymity": "named",
        "contact": {"name": "王小花", "phone": "13800138000"},
        "place": "校门左边第二盏",
        "content": said,
    }
    issue = assigned(town, **who)
    unit = town.role(Role.UNIT_CLERK).sees(issue["id"])
    everything = str(unit)
    assert "13800138000" not in everything and "王小花" not in everything and "左边第二盏" not in everything
    assert unit["village"] and unit["contact"] is None and not unit["may_reveal"]
    found = town.role(Role.UNIT_CLERK).get("/issues?box=unit&q=13800138000")
    assert found["items"] == [], "searching must not tell what reading hides"
    passed = assigned(town, **who, consents={"privacy": True, "pass_on": True})
    told = town.role(Role.UNIT_CLERK).sees(passed["id"])
    assert told["place"] == "校门左边第二盏" and told["contact"] == {"name": "王**", "phone": "138****8000"}
