"""What the client is told to ask for, what staff see of the delivery, what an operator sees and mends."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from service.accounts.roles import Role
from tests.journeys.town import Person, Town

ACCEPT = {"template_ids": ["tmpl-issue-progress"], "results": {"tmpl-issue-progress": "accept"}}


def subscriptions(who: Person) -> dict[str, Any]:
    return {line["template_id"]: line for line in who.get("/me")["subscriptions"]}


def test_a_resident_is_asked_at_submitting_and_rating_while_too_few_consents_are_left(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    found = subscriptions(resident)
    assert set(found) == {"tmpl-issue-progress"}, "work templates are none of a resident's business"
    line = found["tmpl-issue-progress"]
    assert (line["kind"], line["purpose"], line["moments"]) == ("once", "needs_answer", ["submit", "rate"])
    assert (line["remaining"], line["ask"]) == (0, True)
    for _ in range(3):
        resident.post("/subscriptions", ACCEPT, 201)
    line = subscriptions(resident)["tmpl-issue-progress"]
    assert (line["remaining"], line["ask"]) == (3, False)


def test_a_deputy_is_asked_at_the_badge_for_tasks_and_may_be_a_resident_too(town: Town) -> None:
    found = subscriptions(town.deputy(town.place.primary))
    assert found["tmpl-issue-task"]["moments"] == ["badge"]
    assert list(found) == ["tmpl-issue-task", "tmpl-issue-progress"], "in the order of their worth"


def test_the_same_request_repeated_is_one_tap(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    for _ in range(3):
        resident.post("/subscriptions", ACCEPT, 201, key="one-tap")
    assert subscriptions(resident)["tmpl-issue-progress"]["remaining"] == 1


def test_an_export_holds_what_was_agreed_to_and_erasure_ends_it(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    resident.post("/subscriptions", ACCEPT, 201)
    held = resident.get("/me/export")["sections"]["subscriptions"]
    assert held == [{"template_id": "tmpl-issue-progress", "remaining": 1}]
    resident.delete("/me")


def test_staff_see_whether_notices_got_through_by_role_and_never_by_name(town: Town) -> None:
    resident, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    for _ in range(2):
        resident.post("/subscriptions", ACCEPT, 201)
    issue = town.submits(resident, anonymity="named", contact={"name": "王小花", "phone": "13800138000"})
    deputy.does(issue["id"], "accept")
    town.work()
    for who in (deputy, town.role(Role.STATION_CLERK), town.role(Role.STATION_HEAD), town.role(Role.TOWNSHIP)):
        items = who.get(f"/issues/{issue['id']}/notices")["items"]
        seen = {(item["role"], item["channel"], item["state"]) for item in items}
        assert seen == {("resident", "subscription", "sent"), ("deputy", None, "no_consent")}
        assert "王小花" not in str(items) and resident.account_id not in str(items)
    resident.get(f"/issues/{issue['id']}/notices", 403)
    town.role(Role.UNIT_CLERK).get(f"/issues/{issue['id']}/notices", 404)
    town.deputy(town.place.spare).get(f"/issues/{issue['id']}/notices", 404)


def test_news_of_acceptance_leaves_the_only_consent_to_the_feedback(town: Town) -> None:
    resident, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    resident.post("/subscriptions", ACCEPT, 201)
    issue = town.submits(resident, anonymity="station_only")
    deputy.does(issue["id"], "accept")
    town.work()
    assert town.wechat.sent == [] and "已受理" in resident.inbox()
    deputy.does(issue["id"], "answer", text="我去看过，今晚修好。")
    town.work()
    assert [data["thing1"] for _, _, data in town.wechat.sent] == ["已反馈，请评价"]
    assert town.wechat.pages == [f"pages/issue/detail?id={issue['id']}"]


@pytest.mark.usefixtures("town")
def test_an_operator_sees_every_template_with_an_example_and_changes_one(app: Flask, town: Town) -> None:
    run = app.test_cli_runner()
    district = ["--district", town.place.district_id]
    shown = run.invoke(args=["templates", "--check", *district])
    assert shown.exit_code == 0, shown.output
    assert "feedback.subscription" in shown.output and "已反馈，请评价" in shown.output
    refused = run.invoke(args=["set-template", "feedback.subscription", *district, "--field", "thing1=secrets"])
    assert refused.exit_code != 0 and "secrets" in refused.output
    assert run.invoke(args=["set-template", "nothing.like.it", *district, "--id", "x"]).exit_code != 0
    changed = ["set-template", "feedback.subscription", *district, "--id", "AbC123", "--field", "thing7=title"]
    assert run.invoke(args=changed).exit_code == 0
    shown = run.invoke(args=["templates", *district])
    assert "AbC123" in shown.output and "thing7 = title" in shown.output
    resident = town.role(Role.RESIDENT)
    here = resident.get(f"/me?district_id={town.place.district_id}")["subscriptions"]
    elsewhere = resident.get("/me?district_id=999999")["subscriptions"]
    assert {line["template_id"] for line in here} == {"AbC123", "tmpl-issue-progress"}
    assert {line["template_id"] for line in elsewhere} == {"tmpl-issue-progress"}
    issue = town.submits(resident, anonymity="station_only")
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.work()
    assert "AbC123" in subscriptions(resident), "who was written to from there lives there"
