"""A complaint never reaches those it names: deputy → district; unit or station → one level up. Contract; rulebook §2.5, §11."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from tests.journeys.invariants import town
from tests.journeys.town import Person, Town

__all__ = ["town"]
SAID = "接待的时候态度很差，反映了三次都没有登记"


def complaint(town: Town, kind: str, about: str, **changes: Any) -> dict[str, Any]:
    return town.submits(town.guest(), content=SAID, kind="COMPLAINT", about={"type": kind, "id": about}, **changes)


def kept_from(issue: dict[str, Any], *people: Person) -> None:
    for who in people:
        who.sees(issue["id"], 404)
        for box in ("inbox", "station", "unit", "district"):
            answer = who.client.get(f"/api/v1/issues?box={box}", headers=who.headers)
            assert answer.status_code in (200, 403)
            assert issue["id"] not in answer.get_data(as_text=True)
        assert who.inbox() == [], "not a word in the inbox either"


def test_about_a_deputy_goes_to_the_district_alone(town: Town) -> None:
    place = town.place
    issue = complaint(town, "deputy", place.primary)
    resident, district = town.holder(issue["receipt_code"]), town.role(Role.DISTRICT)
    seen = resident.sees()
    assert seen["state"] == "pending_accept" and seen["deputy"] is None
    assert seen["responsible"]["role"] == "district" and "代表工委" in seen["route_reason"]
    assert "代表" not in seen["next_step"] and "联络站" not in seen["next_step"], "not those it is about"
    everyone_else = [town.deputy(deputy) for deputy in place.deputies]
    everyone_else += [
        town.role(role)
        for role in (
            Role.STATION_CLERK,
            Role.STATION_HEAD,
            Role.TOWNSHIP,
            Role.COMMITTEE,
            Role.GOVERNMENT_OFFICE,
            Role.REVIEWER,
        )
    ]
    kept_from(issue, *everyone_else)
    assert "待处理：待受理" in district.inbox()
    district.does(issue["id"], "accept")
    assert "代表" not in resident.sees()["state_title"] + resident.sees()["next_step"]
    district.does(issue["id"], "reroute", 409, reason="请代表处理", deputy_id=place.backup)
    answered = district.does(issue["id"], "answer", text="我们已找代表本人谈话，情况属实，已批评。")
    assert answered["history"][-1]["actor"]["role"] == "district"
    assert resident.does("", "rate", result="MOSTLY")["state"] == "closed"
    town.wait(days=20)
    kept_from(issue, *everyone_else)


def test_about_a_station_goes_to_the_township_past_the_station(town: Town) -> None:
    place = town.place
    issue = complaint(town, "station", place.station)
    township = town.role(Role.TOWNSHIP)
    assert township.sees(issue["id"])["responsible"]["role"] == "township"
    hidden = [town.role(Role.STATION_CLERK), town.role(Role.STATION_HEAD), town.deputy(place.primary)]
    kept_from(issue, *hidden)
    township.does(issue["id"], "accept")
    told = township.does(issue["id"], "answer", text="已责成该站改正，并补了登记。")
    assert told["history"][-1]["actor"]["role"] == "township"
    kept_from(issue, *hidden)


def test_about_the_home_of_deputies_goes_to_the_district(town: Town) -> None:
    issue = complaint(town, "station", town.place.home)
    town.role(Role.TOWNSHIP).sees(issue["id"], 404)
    assert town.role(Role.DISTRICT).sees(issue["id"])["responsible"]["role"] == "district"


def test_about_a_unit_is_never_given_to_that_unit(town: Town) -> None:
    place = town.place
    issue = complaint(town, "unit", place.township_unit)
    township, district = town.role(Role.TOWNSHIP), town.role(Role.DISTRICT)
    kept_from(issue, town.role(Role.UNIT_CLERK), town.role(Role.UNIT_LEADER))
    township.does(issue["id"], "accept")
    offered = {unit["id"] for unit in township.get(f"/issues/{issue['id']}/options/unit")["items"]}
    assert place.township_unit not in offered
    township.does(issue["id"], "assign", 422, unit_id=place.township_unit)
    district.does(issue["id"], "assign", 422, unit_id=place.district_unit, co_unit_ids=[place.township_unit])
    given = district.does(issue["id"], "assign", unit_id=place.district_unit)
    assert given["state"] == "assigned"
    kept_from(issue, town.role(Role.UNIT_CLERK), town.role(Role.UNIT_LEADER))
    clerk = town.person(place.district_unit_accounts[Role.UNIT_CLERK])
    clerk.does(issue["id"], "sign")
    done: dict[str, Any] = {"text": "核实了登记情况并要求改正", "done_on": "2026-03-02", "person": "王科长"}
    clerk.does(issue["id"], "submit_result", **done)
    back = township.does(issue["id"], "send_back", reason="请附谈话记录")
    assert back["history"][-1]["actor"]["role"] == "township", "not the unit's leader, whose turn it was"


def test_about_a_district_s_unit_goes_to_the_district(town: Town) -> None:
    issue = complaint(town, "unit", town.place.district_unit)
    town.role(Role.TOWNSHIP).sees(issue["id"], 404)
    kept_from(issue, town.person(town.place.district_unit_accounts[Role.UNIT_CLERK]))
    district = town.role(Role.DISTRICT)
    district.does(issue["id"], "accept")
    district.does(issue["id"], "assign", 422, unit_id=town.place.district_unit)


def test_a_complaint_about_somebody_unknown_is_refused_with_a_sentence(town: Town) -> None:
    town.submits(town.guest(), about={"type": "deputy", "id": "nobody"}, expect=422)


def test_a_complaint_is_not_merged_into_an_ordinary_issue_where_the_named_would_read_it(town: Town) -> None:
    ordinary = town.submits(town.guest())
    issue = complaint(town, "station", town.place.station)
    township = town.role(Role.TOWNSHIP)
    assert "merge" not in township.may(issue["id"])
    township.does(issue["id"], "merge", 409, target_id=ordinary["id"])
    township.does(ordinary["id"], "merge", 422, target_id=issue["id"])
    kept_from(issue, town.role(Role.STATION_CLERK))


def test_danger_in_a_complaint_is_confirmed_by_the_office_that_has_it(town: Town) -> None:
    issue = town.submits(
        town.guest(),
        content="有人在村委会持刀威胁群众，代表在场不管",
        about={"type": "deputy", "id": town.place.primary},
    )
    district = town.role(Role.DISTRICT)
    assert "紧急事项" in district.inbox()
    kept_from(issue, town.role(Role.STATION_HEAD), town.role(Role.TOWNSHIP))
    assert "confirm_emergency" in district.may(issue["id"])
    confirmed = district.does(issue["id"], "confirm_emergency", reason="已联系派出所处置")
    assert not confirmed["urgent"]
    assert confirmed["history"][-1]["actor"]["role"] == "district"
