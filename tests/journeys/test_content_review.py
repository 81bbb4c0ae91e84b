"""Content review (内容审核): a doubtful word holds and a person decides; one correction. Rulebook §9.1.2, §0.13."""

from __future__ import annotations

from service.accounts.roles import Role
from tests.journeys.invariants import town
from tests.journeys.town import Town

__all__ = ["town"]
DOUBTFUL = "我家门口的路灯坏了，修好的话加微信给你返利"


def test_an_ordinary_text_needs_no_reviewer(town: Town) -> None:
    issue = town.submits(town.guest())
    assert town.holder(issue["receipt_code"]).sees()["state"] == "pending_accept"
    assert town.role(Role.REVIEWER).get("/issues?box=inbox")["items"] == []


def test_a_doubtful_text_waits_for_a_reviewer_who_lets_it_pass(town: Town) -> None:
    issue = town.submits(town.guest(), content=DOUBTFUL)
    resident, reviewer = town.holder(issue["receipt_code"]), town.role(Role.REVIEWER)
    held = resident.sees()
    assert held["state"] == "content_review" and held["deputy"] is None
    assert held["responsible"]["role"] == "reviewer"
    assert held["due_at"] == "2026-03-03T23:59:59+08:00", "one workday"
    assert all("人工确认" not in (line["note"] or "") for line in held["history"]), "which word it was stays inside"
    town.deputy(town.place.primary).sees(issue["id"], 404)
    assert town.deputy(town.place.primary).get("/issues?box=inbox")["items"] == []
    assert [item["id"] for item in reviewer.get("/issues?box=inbox")["items"]] == [issue["id"]]
    reviewer.does(issue["id"], "approve_content", version=held["version"])
    passed = resident.sees()
    assert passed["state"] == "pending_accept" and passed["deputy"]["id"] == town.place.primary
    assert passed["due_at"] == "2026-03-04T23:59:59+08:00"
    town.work()
    assert "待处理：待受理" in town.deputy(town.place.primary).inbox()
    reviewer.sees(issue["id"], 404)


def test_a_rejected_text_may_be_corrected_once_and_only_once(town: Town) -> None:
    who, reviewer = town.role(Role.RESIDENT), town.role(Role.REVIEWER)
    issue = town.submits(who, content=DOUBTFUL, anonymity="station_only")
    reviewer.does(issue["id"], "reject_content", 422)
    reviewer.does(issue["id"], "reject_content", 422, reason_code="BECAUSE")
    reviewer.does(issue["id"], "reject_content", reason_code="ADVERTISEMENT", reason="请删去推销的话")
    town.work()
    rejected = who.sees(issue["id"])
    assert rejected["state"] == "content_rejected" and rejected["reason_code"] == "ADVERTISEMENT"
    assert rejected["responsible"] is None and rejected["due_at"] is None
    assert "请删去推销的话" in rejected["history"][-1]["note"]
    assert "内容未通过审核" in who.inbox()
    assert who.may(issue["id"]) == {"edit_resend"}
    who.does(issue["id"], "edit_resend", text="还是加微信，返利更多，快来快来")
    town.work()
    assert who.sees(issue["id"])["state"] == "content_review", "checked again like a new text"
    reviewer.does(issue["id"], "reject_content", reason_code="ADVERTISEMENT")
    assert who.may(issue["id"]) == set()
    refused = who.does(issue["id"], "edit_resend", 409, text="这次只说路灯：村口的路灯坏了")
    assert refused["code"] == "already_used"
    assert who.sees(issue["id"])["state"] == "content_rejected"


def test_a_corrected_text_that_is_clean_goes_on_by_itself_and_the_first_stays_in_the_history(town: Town) -> None:
    issue = town.submits(town.guest(), content=DOUBTFUL)
    resident = town.holder(issue["receipt_code"])
    town.role(Role.REVIEWER).does(issue["id"], "reject_content", reason_code="ADVERTISEMENT")
    resident.does("", "edit_resend", text="我家门口的路灯坏了，请帮忙修一修")
    town.work()
    seen = resident.sees()
    assert seen["state"] == "pending_accept" and seen["content"] == "我家门口的路灯坏了，请帮忙修一修"
    assert [line["action"] for line in seen["history"]][:2] == ["submit", "reject_content"]


def test_a_corrected_text_must_say_something_too(town: Town) -> None:
    issue = town.submits(town.guest(), content=DOUBTFUL)
    town.role(Role.REVIEWER).does(issue["id"], "reject_content", reason_code="MEANINGLESS")
    town.holder(issue["receipt_code"]).does("", "edit_resend", 422, text="灯坏")


def test_nobody_but_a_reviewer_decides_about_a_text(town: Town) -> None:
    issue = town.submits(town.guest(), content=DOUBTFUL)
    for role in (Role.STATION_CLERK, Role.STATION_HEAD, Role.TOWNSHIP, Role.DISTRICT):
        who = town.role(role)
        assert "approve_content" not in who.may(issue["id"])
        who.does(issue["id"], "approve_content", 403)
    for role in (Role.UNIT_CLERK, Role.COMMITTEE, Role.GOVERNMENT_OFFICE, Role.AUDITOR, Role.ADMIN):
        town.role(role).sees(issue["id"], 404)


def test_a_late_reviewer_is_reminded_and_then_the_offices_hear(town: Town) -> None:
    town.submits(town.guest(), content=DOUBTFUL)
    town.wait(days=1)
    assert "请尽快处理" in town.role(Role.REVIEWER).inbox()
    town.wait(days=1)
    assert "有事项尚未得到回应" in town.role(Role.TOWNSHIP).inbox()
    assert "有事项尚未得到回应" not in town.role(Role.DISTRICT).inbox()
    town.wait(days=2)
    assert "有事项尚未得到回应" in town.role(Role.DISTRICT).inbox()
