"""For people without a smartphone: a clerk types, paper is kept, the township calls. Rulebook §9.1, §11; contract."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from service.db import db
from service.issues.models import Issue
from tests.journeys.invariants import town
from tests.journeys.town import Holder, Town

__all__ = ["town"]


def typed_in(
    town: Town,
    *,
    expect: int = 201,
    received: str | None = None,
    by: Role = Role.STATION_CLERK,
    elsewhere: bool = False,
    **on_behalf: Any,
) -> dict[str, Any]:
    spoken = {
        "channel": "PAPER",
        "spoken_consent": True,
        **({"received_at": received} if received else {}),
        **on_behalf,
    }
    return town.submits(town.role(by, elsewhere=elsewhere), expect=expect, anonymity="station_only", on_behalf=spoken)


def to_feedback(town: Town) -> tuple[dict[str, Any], Holder]:
    issue = typed_in(town)
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text="今晚修好。")
    return issue, town.holder(issue["receipt_code"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_clerk_types_what_was_said_on_paper_days_ago_and_the_deadline_counts_from_then(town: Town) -> None:
    issue = typed_in(town, received="2026-02-27T15:00:00+08:00")  # Friday
    seen = town.holder(issue["receipt_code"]).sees()
    assert seen["channel"] == "PAPER" and seen["received_at"] == "2026-02-27T15:00:00+08:00"
    assert seen["due_at"] == "2026-03-02T23:59:59+08:00", "two workdays from Friday: Saturday 28 February is a workday"
    assert seen["created_at"].startswith("2026-03-02")
    assert town.role(Role.STATION_CLERK).get("/issues?box=mine")["items"] == [], "it is the elder's, not the clerk's"
    assert "联络站代群众登记" in seen["history"][0]["actor"]["name"]


def test_only_the_station_s_own_people_type_for_somebody_with_consent_and_not_from_the_future(town: Town) -> None:
    typed_in(town, elsewhere=True, expect=403)
    typed_in(town, by=Role.RESIDENT, expect=403)
    typed_in(town, by=Role.TOWNSHIP, expect=403)
    typed_in(town, spoken_consent=False, expect=422)
    typed_in(town, received="2026-03-03T09:00:00+08:00", expect=422)
    typed_in(town, by=Role.STATION_HEAD)


def test_an_appeal_on_paper_starts_the_clock_from_the_decision_not_from_the_paper(town: Town) -> None:
    issue = typed_in(town, received="2026-02-27T15:00:00+08:00")
    town.deputy(town.place.primary).does(issue["id"], "decline", reason_code="TENDER")
    town.holder(issue["receipt_code"]).does("", "appeal", reason="不是招标")
    town.clock.advance(days=1)
    again = town.role(Role.TOWNSHIP).does(issue["id"], "decide", outcome="AGREE", reason="应当受理")
    assert again["due_at"] == "2026-03-05T23:59:59+08:00" and not again["overdue"]


def test_the_township_calls_and_the_elder_reads_the_code_from_the_paper(town: Town) -> None:
    issue, elder = to_feedback(town)
    township = town.role(Role.TOWNSHIP)
    form = next(action for action in township.sees(issue["id"])["actions"] if action["name"] == "rate")
    assert next(field for field in form["fields"] if field["name"] == "rating_code")["required"], (
        "asked for, and said so"
    )
    township.does(issue["id"], "rate", 422, result="SATISFIED")
    assert db.session.get_one(Issue, issue["id"]).rating_code_failures == 0, "forgetting it is no guess"
    db.session.rollback()
    rated = township.does(issue["id"], "rate", result="SATISFIED", rating_code=issue["rating_code"])
    assert rated["state"] == "closed" and rated["rating"]["channel"] == "PHONE"
    assert rated["history"][-1]["actor"]["role"] == "township"
    assert "rate" not in township.may(issue["id"])
    township.does(issue["id"], "rate", 409, result="MOSTLY", rating_code=issue["rating_code"])
    changed = elder.does("", "rate", result="MOSTLY")
    assert changed["rating"]["result"] == "MOSTLY" and changed["rating"]["channel"] == "OWN", (
        "changed only from the own device"
    )


def test_dissatisfied_on_the_phone_reopens_as_well(town: Town) -> None:
    issue, _ = to_feedback(town)
    township = town.role(Role.TOWNSHIP)
    township.does(issue["id"], "rate", 422, result="DISSATISFIED", rating_code=issue["rating_code"])
    again = township.does(
        issue["id"], "rate", result="DISSATISFIED", reason="灯还是不亮", rating_code=issue["rating_code"]
    )
    assert again["state"] == "reopened"


def test_the_station_never_rates_not_even_with_the_code(town: Town) -> None:
    issue, _ = to_feedback(town)
    for role in (Role.STATION_CLERK, Role.STATION_HEAD, Role.DEPUTY, Role.DISTRICT):
        town.role(role).does(issue["id"], "rate", 403, result="SATISFIED", rating_code=issue["rating_code"])
    town.role(Role.TOWNSHIP, elsewhere=True).sees(issue["id"], 404)


def test_five_wrong_codes_lock_the_phone_and_each_is_remembered_though_refused(town: Town) -> None:
    issue, elder = to_feedback(town)
    township, code = town.role(Role.TOWNSHIP), issue["rating_code"]
    for failures in range(1, 6):
        township.does(issue["id"], "rate", 422, result="SATISFIED", rating_code=wrong(code))
        db.session.rollback()
        assert db.session.get(Issue, issue["id"]).rating_code_failures == failures  # type: ignore[union-attr]
        db.session.rollback()
    township.does(issue["id"], "rate", 429, result="SATISFIED", rating_code=code)
    assert elder.sees()["state"] == "feedback_given"
    assert elder.does("", "rate", result="SATISFIED")["state"] == "closed", "the resident's own way stays open"


def test_a_code_belongs_to_one_receipt_only(town: Town) -> None:
    issue, _ = to_feedback(town)
    other, _ = to_feedback(town)
    if issue["rating_code"] != other["rating_code"]:
        town.role(Role.TOWNSHIP).does(issue["id"], "rate", 422, result="SATISFIED", rating_code=other["rating_code"])


def test_a_receipt_code_is_read_as_people_write_it(town: Town) -> None:
    issue = town.submits(town.guest())
    code = issue["receipt_code"]
    written = "-".join(code[start : start + 4] for start in range(0, 20, 4)).lower()
    assert town.holder(written).sees()["id"] == issue["id"]
    town.holder("0" * 20).sees(expect=404)
    town.holder("zu kurz").sees(expect=404)
