"""What desks add to a life: units that help, results that say something, two reviewers, clerks who type. Rulebook §9.1."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from service.accounts.binding import grant
from service.accounts.models import Account
from service.accounts.queries import actor_for_account
from service.accounts.roles import Actor, Grant, Role
from service.calendar.workdays import local_date
from service.db import db
from service.errors import Conflict, Invalid
from service.ids import receipt_code
from service.issues import on_behalf, preview, reviewing, several, signing, word_list
from service.issues.lifecycle import Action
from service.issues.models import Issue
from service.issues.submitting import Secrets, Submission
from service.issues.words import Anonymity, Channel
from service.parameters.actions import set_parameter
from service.stations.models import Station
from tests.journeys.invariants import town
from tests.journeys.test_content_review import DOUBTFUL
from tests.journeys.test_units_at_work import DONE, done, handling
from tests.journeys.town import Person, Town
from tests.uploads.album import jpeg

__all__ = ["town"]


def actor(account_id: str) -> Actor:
    return actor_for_account(db.session(), account_id)


def decided(town: Town, key: str, value: Any) -> None:
    """The district sets a parameter."""
    set_parameter(db.session(), town.place.district_id, key, value, valid_from=town.clock.now, now=town.clock.now)
    db.session.commit()


def test_a_unit_asks_others_of_its_township_to_help_and_each_notes_what_it_has_done(town: Town) -> None:
    place, lead = town.place, town.role(Role.UNIT_CLERK)
    issue = handling(town)
    offered = lead.get(f"/issues/{issue['id']}/options/co_unit")["items"]
    assert {one["id"] for one in offered}.isdisjoint(
        {place.township_unit, place.district_unit, place.other_township_unit}
    )
    for unit in (place.district_unit, place.other_township_unit, place.township_unit):
        lead.does(issue["id"], "ask_co_units", 422, co_unit_ids=[unit], reason="请一起看")
    noted = lead.does(issue["id"], "note_progress", text="已到现场量过灯杆")
    assert noted["due_at"] == "2026-03-09T23:59:59+08:00", "noting progress buys no time"
    resident = town.holder(issue["receipt_code"]).sees()
    assert all("灯杆" not in (line["note"] or "") for line in resident["history"]), "the resident hears the deputy"
    heard = town.deputy(place.primary).sees(issue["id"])["history"]
    assert "已到现场量过灯杆" in [line["note"] for line in heard]


def test_a_district_unit_asks_any_unit_and_the_helper_signs_its_note_with_its_own_name(town: Town) -> None:
    place = town.place
    lead = town.person(place.district_unit_accounts[Role.UNIT_CLERK])
    helper = town.role(Role.UNIT_CLERK)
    issue = town.submits(town.guest())
    town.deputy(place.primary).does(issue["id"], "accept")
    town.role(Role.DISTRICT).does(issue["id"], "assign", unit_id=place.district_unit)
    lead.does(issue["id"], "sign")
    helper.sees(issue["id"], 404)
    lead.does(issue["id"], "ask_co_units", co_unit_ids=[place.township_unit], reason="请协助断电")
    town.work()
    assert "请协办" in helper.inbox()
    assert helper.may(issue["id"]) == {"note_progress"}
    note = helper.does(issue["id"], "note_progress", text="已断电两小时")["history"][-1]
    lead_name = lead.sees(issue["id"])["unit"]["name"]
    assert note["actor"]["name"] and note["actor"]["name"] != lead_name
    lead.does(issue["id"], "ask_co_units", 422, co_unit_ids=[place.township_unit], reason="已经在协办")
    lead.does(issue["id"], "extend", reason="等材料")
    helper.does(issue["id"], "note_progress", text="等通知")
    assert lead.sees(issue["id"])["pending_decision"]["action"] == "extend", "a note overtakes no decision"


@pytest.mark.parametrize(
    "text", ["已办结", "该问题已经全部处理完毕", "问题已得到及时妥善解决，特此回复。", "。。。。。。。。。。。"]
)
def test_a_result_that_says_nothing_is_refused(town: Town, text: str) -> None:
    issue = handling(town)
    refused = town.role(Role.UNIT_CLERK).does(issue["id"], "submit_result", 422, **(DONE | {"text": text}))
    assert [error["field"] for error in refused["errors"]] == ["text"]


def test_where_the_district_wants_pictures_a_result_has_one_and_its_leader_sees_it(town: Town) -> None:
    decided(town, "result.photo", "required")
    issue, clerk = handling(town), town.role(Role.UNIT_CLERK)
    refused = clerk.does(issue["id"], "submit_result", 422, **DONE)
    assert [error["field"] for error in refused["errors"]] == ["upload_ids"]
    clerk.does(issue["id"], "submit_result", **DONE, upload_ids=[clerk.uploads(jpeg())["id"]])
    [waiting] = signing.to_sign(db.session(), actor(town.place.accounts[Role.UNIT_LEADER]))
    assert (waiting.issue.id, waiting.result, waiting.person) == (issue["id"], DONE["text"], DONE["person"])
    assert str(waiting.done_on) == DONE["done_on"] and len(waiting.pictures) == 1
    assert signing.to_sign(db.session(), actor(town.place.district_unit_accounts[Role.UNIT_LEADER])) == []


def test_a_leader_who_will_not_sign_sends_it_back_to_the_clerk_and_not_after_signing(town: Town) -> None:
    issue, leader = done(town), town.role(Role.UNIT_LEADER)
    assert leader.may(issue["id"]) == {"sign_off", "send_back", "mark_in_plan"}
    again = leader.does(issue["id"], "send_back", reason="请补充更换了几盏")
    assert again["state"] == "handling" and again["responsible"]["role"] == "unit_clerk"
    town.role(Role.UNIT_CLERK).does(issue["id"], "submit_result", **DONE)
    leader.does(issue["id"], "sign_off")
    assert "send_back" not in leader.may(issue["id"])
    assert leader.does(issue["id"], "send_back", 409, reason="又想改")["code"] == "already_used"


def second_reviewer(town: Town) -> Person:
    session, now = db.session(), town.clock.now
    account = Account(created_on=local_date(now))
    session.add(account)
    session.flush()
    grant(session, account.id, Grant(Role.REVIEWER, town.place.district_id), now=now)
    session.commit()
    return Person(town.client, {}, account.id)


def test_where_two_pairs_of_eyes_are_wanted_a_rejection_waits_for_another_reviewer(town: Town) -> None:
    decided(town, "content.second_reader", "required")
    first, second = (
        actor(town.place.accounts[Role.REVIEWER]),
        actor(second_reviewer(town).account_id),
    )
    issues = [town.submits(town.guest(), content=f"{DOUBTFUL}{number}") for number in range(3)]
    clean = town.submits(town.guest())
    queue, more = reviewing.queue(db.session(), first, now=town.clock.now)
    assert more is None
    assert [one.issue.id for one in queue] == sorted(issue["id"] for issue in issues)
    assert clean["id"] not in [one.issue.id for one in queue]
    assert {word for one in queue for word in one.words} == {"加微信", "返利"} and all(one.why for one in queue)
    chosen = [(one.issue.id, one.issue.version) for one in queue]
    values = {"reason_code": "ADVERTISEMENT", "reason": "推销"}
    with pytest.raises(Invalid):
        several.perform_each(db.session(), first, chosen, action=Action.REJECT_CONTENT, values={}, now=town.clock.now)
    made = several.perform_each(
        db.session(), first, chosen, action=Action.REJECT_CONTENT, values=values, now=town.clock.now
    )
    assert (made.done, made.left) == (3, [])
    again = several.perform_each(
        db.session(), first, chosen, action=Action.REJECT_CONTENT, values=values, now=town.clock.now
    )
    assert again.done == 0 and len(again.left) == 3
    db.session().commit()
    town.work()
    resident = town.holder(issues[0]["receipt_code"]).sees()
    assert resident["state"] == "content_review" and all(
        "复核" not in (line["note"] or "") for line in resident["history"]
    )
    assert all(
        one.proposed and one.proposed.mine for one in reviewing.queue(db.session(), first, now=town.clock.now)[0]
    )
    waiting, _ = reviewing.queue(db.session(), second, now=town.clock.now)
    assert not any(one.proposed is None or one.proposed.mine for one in waiting)
    db.session().commit()
    mine = town.role(Role.REVIEWER)
    assert mine.may(issues[0]["id"]) == {"mark_emergency"}, "not one's own proposal"
    both = [(one.issue.id, one.issue.version) for one in waiting]
    for (issue_id, version), outcome in zip(both[:2], ("AGREE", "REFUSE"), strict=True):
        values = {"outcome": outcome, "reason": "看过了"}
        made = several.perform_each(
            db.session(), second, [(issue_id, version)], action=Action.DECIDE, values=values, now=town.clock.now
        )
        assert made.done == 1, made.left
    db.session().commit()
    town.work()
    states = {one: db.session().get_one(Issue, one).state for one, _ in both}
    db.session().commit()
    assert [states[one] for one, _ in both] == ["content_rejected", "content_review", "content_review"]
    told = next(town.holder(one["receipt_code"]).sees() for one in issues if one["id"] == both[0][0])
    assert told["reason_code"] == "ADVERTISEMENT" and "推销" in told["history"][-1]["note"]


def test_the_districts_own_words_hold_the_next_text_and_who_changed_them_is_kept(town: Town) -> None:
    reviewer = actor(town.place.accounts[Role.REVIEWER])
    district, key, now = town.place.district_id, "content.review_words", town.clock.advance(minutes=1)
    before = word_list.current(db.session(), district, key, now=now)
    with pytest.raises(Invalid):
        word_list.change(db.session(), district, key, ["水"], before=before, reason="试试", actor=reviewer, now=now)
    word_list.change(
        db.session(), district, key, [*before, " 灯 王 "], before=before, reason="推销灯具", actor=reviewer, now=now
    )
    with pytest.raises(Conflict):
        word_list.change(db.session(), district, key, before, before=before, reason="改回去", actor=reviewer, now=now)
    db.session().commit()
    held = town.submits(town.guest(), content="村口的灯坏了，灯王说他来修")
    assert town.holder(held["receipt_code"]).sees()["state"] == "content_review"
    [change] = word_list.changes(db.session(), district)
    assert change.policy_ref == "内容审核员：推销灯具" and change.value[-1] == "灯王"
    db.session().rollback()


def typed(town: Town, content: str, **changes: Any) -> tuple[Submission, Secrets]:
    """What a clerk types for somebody at the desk."""
    clerk = actor(town.place.accounts[Role.STATION_CLERK])
    said = Submission(
        content=content, anonymity=Anonymity.STATION_ONLY, privacy=True, grid_id=town.place.grid, **changes
    )
    spoken = on_behalf.by_clerk(
        said,
        channel=Channel.YARD_MEETING,
        spoken_consent=True,
        received_at=None,
        actor=clerk,
        station_id=town.place.station,
        now=town.clock.now,
    )
    return spoken, Secrets(receipt_code("secret", content, ""), "123456")


def test_a_clerk_sees_that_it_was_said_before_and_registers_it_as_part_of_that(town: Town) -> None:
    place, now = town.place, town.clock.now
    first = town.submits(town.guest(), content="村口小学门前的路灯坏了一个多月，晚上很黑", grid_id=place.grid)
    station, clerk = db.session().get_one(Station, place.station), actor(place.accounts[Role.STATION_CLERK])
    text = "村口小学门前路灯坏了好久，天黑看不见路"
    [known] = preview.at_the_counter(db.session(), station=station, text=text, now=now, grid_id=place.grid).known
    assert known.id == first["id"] and known.number == first["number"]
    said, secrets = typed(town, text, pass_on=True)
    written = on_behalf.register(
        db.session(), said, station=station, actor=clerk, secrets=secrets, now=now, same_as=known.id
    )
    db.session().commit()
    town.work()
    seen = town.holder(secrets.receipt_code).sees()
    assert seen["state"] == "merged" and seen["merged_into"]["number"] == first["number"]
    assert written.case.issue.merged_into_id == first["id"]
    assert seen["history"][0]["note"] == "坝坝会，本人口头同意：登记这件事；把姓名和详细地点转给承办单位。"
    doubtful, secrets = typed(town, f"{text}，加微信")
    held = on_behalf.register(
        db.session(), doubtful, station=station, actor=clerk, secrets=secrets, now=now, same_as=known.id
    )
    db.session().commit()
    assert held.case.issue.state == "content_review", "a reviewer first; merging can wait"


def test_of_a_meeting_all_is_registered_or_nothing_and_every_fault_says_its_row(town: Town) -> None:
    place, now = town.place, town.clock.now
    station, clerk = db.session().get_one(Station, place.station), actor(place.accounts[Role.STATION_CLERK])
    good, short, late = typed(town, "第一排的水渠堵了"), typed(town, "灯坏"), typed(town, "第三排没有垃圾桶")
    faulty = dataclasses.replace(late[0], grid_id="nowhere")
    with pytest.raises(Invalid) as refused:
        on_behalf.register_all(db.session(), [good, short, (faulty, late[1])], station=station, actor=clerk, now=now)
    assert set(refused.value.fields) == {"1.content", "2.grid_id"}
    db.session().rollback()
    assert db.session().query(Issue).count() == 0
    written = on_behalf.register_all(db.session(), [good, late], station=station, actor=clerk, now=now)
    db.session().commit()
    town.work()
    assert [one.case.issue.number[-2:] for one in written] == ["01", "02"]
    assert {town.holder(secrets.receipt_code).sees()["channel"] for _, secrets in (good, late)} == {"YARD_MEETING"}
