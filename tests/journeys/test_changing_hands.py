"""Who has it changes; number and clock do not: recusal, correction, escalation, leave, lost mandates. §9.1, §9.5, §11."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.roles import Actor, Grant, Role
from service.db import db
from service.deputies.actions import change_mandate
from service.deputies.mandates import MandateState
from service.deputies.models import Mandate
from tests.journeys.invariants import town
from tests.journeys.town import Town
from tests.world import put_on_leave

__all__ = ["town"]


def with_deputy(town: Town, **changes: Any) -> dict[str, Any]:
    issue = town.submits(town.guest(), **changes)
    town.deputy(changes.get("deputy_id") or town.place.primary).does(issue["id"], "accept")
    return issue


def test_a_recused_deputy_never_gets_it_again_and_the_next_in_order_has_the_same_deadline(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy, resident = town.deputy(town.place.primary), town.holder(issue["receipt_code"])
    before = resident.sees()
    town.clock.advance(hours=30)
    deputy.does(issue["id"], "recuse", 422)
    deputy.does(issue["id"], "recuse", reason="是我自己单位门口的路灯")
    after = resident.sees()
    assert after["deputy"]["id"] == town.place.backup
    assert (after["state"], after["due_at"], after["number"]) == ("pending_accept", before["due_at"], before["number"])
    deputy.sees(issue["id"], 404)
    town.work()
    backup = town.deputy(town.place.backup)
    assert "待处理：待受理" in backup.inbox()
    backup.does(issue["id"], "reroute", 422, reason="请原代表办", deputy_id=town.place.primary)
    town.role(Role.STATION_CLERK).does(issue["id"], "reroute", reason="按网格重新确定")
    assert resident.sees()["deputy"]["id"] != town.place.primary


def test_a_correction_of_the_route_needs_a_reason_and_keeps_number_and_clock(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    clerk, before = town.role(Role.STATION_CLERK), who.sees(issue["id"])
    town.clock.advance(hours=20)
    clerk.does(issue["id"], "reroute", 422, deputy_id=town.place.spare)
    clerk.does(issue["id"], "reroute", 422, reason="转给他", deputy_id="nobody")
    clerk.does(issue["id"], "reroute", reason="鄂代表熟悉这条路", deputy_id=town.place.spare)
    town.work()
    after = who.sees(issue["id"])
    assert after["deputy"]["id"] == town.place.spare
    assert (after["number"], after["due_at"]) == (before["number"], before["due_at"])
    assert after["history"][-1]["note"] == "鄂代表熟悉这条路"
    assert "联系代表有变更" in who.inbox()
    town.deputy(town.place.primary).sees(issue["id"], 404)


def test_the_resident_s_own_choice_comes_first_but_only_among_those_offered(town: Town) -> None:
    chosen = town.submits(town.guest(), deputy_id=town.place.spare)
    assert town.holder(chosen["receipt_code"]).sees()["deputy"]["id"] == town.place.spare
    town.submits(town.guest(), deputy_id=town.place.other_primary, expect=422)
    town.submits(town.guest(), deputy_id=town.place.city_deputy, expect=422)


def test_without_a_deputy_for_the_grid_the_one_on_duty_has_it(town: Town) -> None:
    issue = town.submits(town.guest(), grid_id=town.place.bare_grid)
    assert town.holder(issue["receipt_code"]).sees()["deputy"]["id"] == town.place.duty_deputy


def test_with_nobody_at_all_the_head_receives_and_answers_for_the_station(town: Town) -> None:
    for deputy in town.place.deputies:
        put_on_leave(db.session(), town.place, deputy, on=dt.date(2026, 3, 2), days=30)
    db.session.commit()
    issue = town.submits(town.guest())
    resident, head = town.holder(issue["receipt_code"]), town.role(Role.STATION_HEAD)
    seen = resident.sees()
    assert seen["deputy"] is None and seen["responsible"]["role"] == "station_head"
    assert "站长" in seen["route_reason"]
    head.does(issue["id"], "accept")
    answered = head.does(issue["id"], "answer", text="站里已经联系电工，今晚修。")
    assert answered["state"] == "feedback_given" and "由站代答" in answered["history"][-1]["actor"]["name"]


# ---------------------------------------------------------------- a higher deputy (五级联动)


def test_a_higher_deputy_takes_over_by_accepting_and_the_first_stays_the_contact(town: Town) -> None:
    issue = with_deputy(town)
    deputy, city, resident = (
        town.deputy(town.place.primary),
        town.deputy(town.place.city_deputy),
        town.holder(issue["receipt_code"]),
    )
    offered = {option["id"] for option in deputy.get(f"/issues/{issue['id']}/options/higher_deputy")["items"]}
    assert offered == {town.place.city_deputy, town.place.province_deputy}
    deputy.does(issue["id"], "escalate", 422, deputy_id=town.place.spare, reason="需要上级")
    deputy.does(issue["id"], "escalate", 422, deputy_id=town.place.city_deputy)
    city.sees(issue["id"], 404)
    deputy.does(issue["id"], "escalate", deputy_id=town.place.city_deputy, reason="涉及市管道路")
    asked = resident.sees()
    assert asked["state"] == "with_deputy" and asked["responsible"]["role"] == "deputy"
    assert asked["due_at"] == "2026-03-11T23:59:59+08:00", "seven workdays"
    town.work()
    assert "待您决定：请上级代表接续" in city.inbox()
    deputy.does(issue["id"], "decide", 409, outcome="AGREE", reason="我替他接")
    deputy.does(issue["id"], "answer", 409, text="先答了再说")
    city.does(issue["id"], "decide", outcome="AGREE", reason="我来跟进")
    accepted = resident.sees()
    assert accepted["state"] == "escalated" and accepted["deputy"]["id"] == town.place.city_deputy
    assert accepted["due_at"] == "2026-04-01T23:59:59+08:00"
    assert deputy.sees(issue["id"])["actions"] == [], "sees what becomes of it, acts no more"
    city.does(issue["id"], "answer", text="市里已列入本季度路灯改造。")
    assert resident.sees()["state"] == "feedback_given"


def test_a_higher_deputy_may_decline_with_a_reason_and_the_first_goes_on_with_the_time_left(town: Town) -> None:
    issue = with_deputy(town)
    deputy, city, resident = (
        town.deputy(town.place.primary),
        town.deputy(town.place.city_deputy),
        town.holder(issue["receipt_code"]),
    )
    before = resident.sees()
    deputy.does(issue["id"], "escalate", deputy_id=town.place.city_deputy, reason="涉及市管道路")
    city.does(issue["id"], "decide", 422, outcome="REFUSE")
    city.does(issue["id"], "decide", outcome="REFUSE", reason="属于区管道路")
    after = resident.sees()
    assert (after["state"], after["due_at"], after["responsible"]) == (
        "with_deputy",
        before["due_at"],
        before["responsible"],
    )
    city.sees(issue["id"], 404)
    deputy.does(issue["id"], "answer", text="区里会来修。")


def test_when_the_higher_deputy_can_no_longer_serve_it_comes_back_to_the_station(town: Town) -> None:
    issue = with_deputy(town)
    deputy, city = town.deputy(town.place.primary), town.deputy(town.place.city_deputy)
    deputy.does(issue["id"], "escalate", deputy_id=town.place.city_deputy, reason="涉及市管道路")
    city.does(issue["id"], "decide", outcome="AGREE", reason="我来跟进")
    suspend(town, town.place.city_deputy)
    seen = town.holder(issue["receipt_code"]).sees()
    assert seen["state"] == "with_deputy" and seen["deputy"]["id"] == town.place.primary


def test_an_escalation_asked_of_a_deputy_who_then_cannot_serve_does_not_hang(town: Town) -> None:
    issue = with_deputy(town)
    town.deputy(town.place.primary).does(
        issue["id"], "escalate", deputy_id=town.place.city_deputy, reason="涉及市管道路"
    )
    suspend(town, town.place.city_deputy)
    town.wait(minutes=1)
    seen = town.holder(issue["receipt_code"]).sees()
    assert seen["pending_decision"] is None and seen["responsible"]["role"] == "deputy"
    town.deputy(town.place.primary).does(issue["id"], "answer", text="区里会来修。")


# ---------------------------------------------------------------- leave and mandates


def test_leave_moves_new_and_open_issues_to_the_substitute_and_the_clock_does_not_stop(town: Town) -> None:
    who, deputy, place = town.role(Role.RESIDENT), town.deputy(town.place.primary), town.place
    opened = town.submits(who, anonymity="station_only")
    before = who.sees(opened["id"])
    days = {"from_on": "2026-03-02", "to_on": "2026-03-20"}
    deputy.post("/leaves", {**days, "substitute_id": place.spare}, 201)
    town.work()
    after = who.sees(opened["id"])
    assert after["deputy"]["id"] == place.spare, "the substitute comes before the backup"
    assert (after["state"], after["due_at"], after["number"]) == (before["state"], before["due_at"], before["number"])
    assert "联系代表有变更" in who.inbox()
    assert "联系代表已变更" in town.role(Role.STATION_HEAD).inbox()
    assert "待处理：待受理" in town.deputy(place.spare).inbox()
    deputy.sees(opened["id"], 404)
    fresh = town.submits(town.guest())
    assert town.holder(fresh["receipt_code"]).sees()["deputy"]["id"] == place.spare
    assert "委托" in town.holder(fresh["receipt_code"]).sees()["route_reason"]


def test_leave_without_a_substitute_goes_to_the_backup_then_to_the_one_on_duty(town: Town) -> None:
    deputy, place = town.deputy(town.place.primary), town.place
    deputy.post("/leaves", {"from_on": "2026-03-02", "to_on": "2026-03-20"}, 201)
    first = town.submits(town.guest())
    assert town.holder(first["receipt_code"]).sees()["deputy"]["id"] == place.backup
    town.deputy(place.backup).post("/leaves", {"from_on": "2026-03-02", "to_on": "2026-03-20"}, 201)
    town.work()
    assert town.holder(first["receipt_code"]).sees()["deputy"]["id"] == place.duty_deputy


def test_a_leave_that_begins_tomorrow_moves_open_issues_when_it_begins(town: Town) -> None:
    issue, place = with_deputy(town), town.place
    town.deputy(place.primary).post("/leaves", {"from_on": "2026-03-03", "to_on": "2026-03-20"}, 201)
    town.work()
    resident = town.holder(issue["receipt_code"])
    before = resident.sees()
    assert before["deputy"]["id"] == place.primary
    town.wait(days=1)
    after = resident.sees()
    assert after["deputy"]["id"] == place.backup and after["due_at"] == before["due_at"]
    assert "联系代表已变更" in town.role(Role.STATION_HEAD).inbox(), "the head gets to know, however it came about"


@pytest.mark.parametrize("state", [MandateState.SUSPENDED, MandateState.TERMINATED])
def test_a_mandate_suspended_or_ended_moves_open_issues_at_once(town: Town, state: MandateState) -> None:
    place = town.place
    waiting = town.submits(town.guest(), deputy_id=place.spare)
    taken = with_deputy(town, deputy_id=place.spare)
    due = [town.holder(issue["receipt_code"]).sees()["due_at"] for issue in (waiting, taken)]
    suspend(town, place.spare, state)
    for issue, deadline in zip((waiting, taken), due, strict=True):
        seen = town.holder(issue["receipt_code"]).sees()
        assert seen["deputy"]["id"] == place.primary and seen["due_at"] == deadline
        assert (
            any("鄂五" in (line["actor"]["name"] + str(line["note"])) for line in seen["history"]) or issue is waiting
        )
    town.deputy(place.spare).sees(waiting["id"], 404)
    scanned = town.guest().get(f"/scan/{place.scan_code}")
    assert place.spare not in {deputy["id"] for deputy in scanned["deputies"]}


def test_a_mandate_that_ran_out_unnoticed_is_noticed_by_the_timers_within_a_day(town: Town) -> None:
    place, issue = town.place, with_deputy(town, deputy_id=town.place.spare)
    rows = sa.update(Mandate).where(Mandate.deputy_id == place.spare)
    db.session.execute(rows.values(valid_to=dt.date(2026, 3, 3)))
    db.session.commit()
    town.wait(minutes=1)
    assert town.holder(issue["receipt_code"]).sees()["deputy"]["id"] == place.spare
    town.wait(days=1)
    assert town.holder(issue["receipt_code"]).sees()["deputy"]["id"] == place.primary


def test_one_of_two_mandates_suspended_takes_nothing_away(town: Town) -> None:
    place, issue = town.place, with_deputy(town)
    suspend(town, place.primary, only_one=True)
    assert town.holder(issue["receipt_code"]).sees()["deputy"]["id"] == place.primary


def test_while_a_unit_works_a_new_deputy_takes_over_and_the_unit_keeps_its_deadline(town: Town) -> None:
    place, issue = town.place, with_deputy(town, deputy_id=town.place.spare)
    town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=place.township_unit)
    town.role(Role.UNIT_CLERK).does(issue["id"], "sign")
    resident = town.holder(issue["receipt_code"])
    before = resident.sees()
    suspend(town, place.spare)
    after = resident.sees()
    assert after["deputy"]["id"] == place.primary
    assert (after["state"], after["due_at"], after["responsible"]) == (
        before["state"],
        before["due_at"],
        before["responsible"],
    )


def suspend(
    town: Town, deputy_id: str, state: MandateState = MandateState.SUSPENDED, *, only_one: bool = False
) -> None:
    session, place = db.session(), town.place
    office = Actor(account_id=place.accounts[Role.DISTRICT], grants=(Grant(Role.DISTRICT, place.district_id),))
    held = session.scalars(sa.select(Mandate.id).where(Mandate.deputy_id == deputy_id).order_by(Mandate.level)).all()
    for mandate in held[: 1 if only_one else None]:
        change_mandate(session, mandate, state, reason="依法", actor=office, now=town.clock.now)
    session.commit()
    town.work()
