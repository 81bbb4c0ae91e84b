"""Several people, one matter: merging, and 我也遇到. Each keeps a receipt, hears the end and rates it. Rulebook §9.1.7, §11."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.db import db
from service.issues.checks.said import REFUSED
from service.issues.models import IssueFollower
from tests.journeys.invariants import town
from tests.journeys.town import Holder, Town

__all__ = ["town"]


def two(town: Town) -> tuple[dict[str, Any], dict[str, Any], Holder, Holder]:
    first, second = town.submits(town.guest()), town.submits(town.guest())
    return first, second, town.holder(first["receipt_code"]), town.holder(second["receipt_code"])


def test_merged_residents_each_get_the_feedback_and_rate_for_themselves(town: Town) -> None:
    first, second, one, other = two(town)
    clerk, deputy = town.role(Role.STATION_CLERK), town.deputy(town.place.primary)
    clerk.does(second["id"], "merge", target_id=first["id"], reason="同一盏路灯")
    town.work()
    merged = other.sees()
    assert merged["state"] == "merged" and merged["merged_into"] == {"number": one.sees()["number"]}
    assert one.sees()["followers"] == 1
    deputy.does(first["id"], "accept")
    assert other.sees()["due_at"] == one.sees()["due_at"] == "2026-03-05T23:59:59+08:00", "follows the other"
    deputy.does(first["id"], "answer", text="今晚修好。")
    town.work()
    shared = other.sees()
    assert shared["state"] == "feedback_given" and shared["history"][-1]["note"] == "今晚修好。"
    assert shared["due_at"] == "2026-03-17T23:59:59+08:00", "fifteen days of their own"
    one.does("", "rate", result="SATISFIED")
    assert other.sees()["state"] == "feedback_given", "nobody rates for another"
    again = other.does("", "rate", result="DISSATISFIED", reason="我家门口那盏还没修")
    assert again["state"] == "reopened" and again["deputy"]["id"] == town.place.primary
    assert one.sees()["state"] == "closed"


def test_when_the_other_is_withdrawn_the_merged_go_on_by_themselves(town: Town) -> None:
    first, second, one, other = two(town)
    before = other.sees()
    town.role(Role.STATION_CLERK).does(second["id"], "merge", target_id=first["id"])
    one.does("", "withdraw")
    town.work()
    alone = other.sees()
    assert (alone["state"], alone["due_at"]) == ("pending_accept", before["due_at"])
    assert alone["responsible"] == before["responsible"] and alone["merged_into"] is None


def test_who_withdraws_after_a_merge_counts_with_the_other_no_longer(town: Town) -> None:
    first, second, one, other = two(town)
    town.role(Role.STATION_CLERK).does(second["id"], "merge", target_id=first["id"])
    assert one.sees()["followers"] == 1
    other.does("", "withdraw")
    assert one.sees()["followers"] == 0 and other.sees()["merged_into"] is None


def test_when_the_other_is_declined_the_merged_go_on_by_themselves(town: Town) -> None:
    first, second, _, other = two(town)
    town.deputy(town.place.primary).does(second["id"], "accept")
    town.role(Role.STATION_CLERK).does(second["id"], "merge", target_id=first["id"])
    town.deputy(town.place.primary).does(first["id"], "decline", reason_code="TENDER")
    town.work()
    assert other.sees()["state"] == "with_deputy"


def test_unmerging_restores_state_and_the_time_that_was_left(town: Town) -> None:
    first, second, one, other = two(town)
    deputy, clerk = town.deputy(town.place.primary), town.role(Role.STATION_CLERK)
    deputy.does(second["id"], "accept")
    assert other.sees()["due_at"] == "2026-03-05T23:59:59+08:00"
    clerk.does(second["id"], "merge", target_id=first["id"])
    town.wait(days=4)  # Friday
    clerk.does(second["id"], "unmerge", 422)
    back = clerk.does(second["id"], "unmerge", reason="不是同一盏灯")
    assert (back["state"], back["due_at"]) == ("with_deputy", "2026-03-11T23:59:59+08:00"), "three workdays were left"
    assert back["responsible"]["role"] == "deputy" and back["merged_into"] is None
    assert one.sees()["followers"] == 0
    deputy.does(second["id"], "answer", text="这一盏也修。")
    assert one.sees()["state"] == "pending_accept"


def test_what_was_merged_into_an_issue_goes_along_when_that_is_merged_itself(town: Town) -> None:
    first, second, one, other = two(town)
    third = town.submits(town.guest())
    last, clerk = town.holder(third["receipt_code"]), town.role(Role.STATION_CLERK)
    clerk.does(third["id"], "merge", target_id=second["id"])
    clerk.does(second["id"], "merge", target_id=first["id"])
    assert one.sees()["followers"] == 2
    assert last.sees()["merged_into"] == {"number": one.sees()["number"]}
    clerk.does(second["id"], "unmerge", reason="不是同一件事")
    assert one.sees()["followers"] == 1, "the third is still with the first"
    town.deputy(town.place.primary).does(first["id"], "accept")
    assert last.sees()["due_at"] == one.sees()["due_at"], "and still follows it"
    assert other.sees()["state"] == "pending_accept"


def test_merging_is_refused_where_it_makes_no_sense(town: Town) -> None:
    first, second, one, _ = two(town)
    clerk = town.role(Role.STATION_CLERK)
    clerk.does(first["id"], "merge", 422, target_id=first["id"])
    clerk.does(first["id"], "merge", 422, target_id="nothing")
    elsewhere = town.submits(town.guest(), station_code=town.place.other_scan_code, grid_id=town.place.other_grid)
    clerk.does(first["id"], "merge", 422, target_id=elsewhere["id"])
    one.does("", "withdraw")
    clerk.does(second["id"], "merge", 422, target_id=first["id"])


def test_a_merged_issue_shows_the_other_s_responsible_even_when_its_own_deputy_changes(town: Town) -> None:
    place, clerk = town.place, town.role(Role.STATION_CLERK)
    first = town.submits(town.guest(), deputy_id=place.spare)
    second = town.submits(town.guest())
    clerk.does(second["id"], "merge", target_id=first["id"])
    town.deputy(place.primary).post("/leaves", {"from_on": "2026-03-02", "to_on": "2026-03-20"}, 201)
    town.work()
    seen = town.holder(second["receipt_code"]).sees()
    assert seen["responsible"]["name"] == "代表 鄂五"
    clerk.does(second["id"], "unmerge", reason="不是同一盏灯")
    assert town.holder(second["receipt_code"]).sees()["deputy"]["id"] == place.backup


def test_joining_instead_of_repeating_and_hearing_the_end(town: Town) -> None:
    issue = town.submits(town.guest())
    follower = town.role(Role.RESIDENT)
    ahead = follower.post(
        "/issues/preview", {"station_code": town.place.scan_code, "content": "村口小学门前的路灯坏了一个多月了"}
    )
    similar = ahead["similar"][0]
    assert similar["category"] == "道路交通" and similar["excerpt"] is None, "what strangers wrote stays hidden"
    joined = follower.post("/issues/follow", {"follow_token": similar["follow_token"]}, 201)
    assert joined["followers"] == 1
    assert follower.post("/issues/follow", {"follow_token": similar["follow_token"]}, 201)["followers"] == 1
    follower.post("/issues/follow", {"follow_token": "a" * 26 + "." + "0" * 24}, 404)
    deputy = town.deputy(town.place.primary)
    assert deputy.sees(issue["id"])["followers"] == 1
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text="今晚修好。")
    town.work()
    assert "已反馈，请评价" in follower.inbox()


def test_own_issue_cannot_be_joined(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    town.submits(who, anonymity="station_only")
    ahead = who.post(
        "/issues/preview", {"station_code": town.place.scan_code, "content": "村口小学门前的路灯坏了一个多月了"}
    )
    assert who.post("/issues/follow", {"follow_token": ahead["similar"][0]["follow_token"]}, 201)["followers"] == 0


def test_who_joined_rates_for_themselves_and_moves_nothing(town: Town) -> None:
    issue = town.submits(town.guest())
    resident, follower = town.holder(issue["receipt_code"]), town.role(Role.RESIDENT)
    ahead = follower.post(
        "/issues/preview", {"station_code": town.place.scan_code, "content": "村口小学门前的路灯坏了一个多月了"}
    )
    follower.post("/issues/follow", {"follow_token": ahead["similar"][0]["follow_token"]}, 201)
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    assert follower.may(issue["id"]) == set()
    deputy.does(issue["id"], "answer", text="今晚修好。")
    assert follower.may(issue["id"]) == {"rate_as_follower"}
    follower.does(issue["id"], "rate", 403, result="SATISFIED")
    follower.does(issue["id"], "withdraw", 403)
    follower.does(issue["id"], "rate_as_follower", 422, result="DISSATISFIED")
    rated = follower.does(issue["id"], "rate_as_follower", result="DISSATISFIED", reason="我家这边还黑着")
    assert rated["state"] == "feedback_given"
    assert (rated["own_rating"]["result"], rated["own_rating"]["reason"]) == ("DISSATISFIED", "我家这边还黑着")
    assert resident.sees()["rating"] is None
    assert resident.does("", "rate", result="SATISFIED")["outcome"] == "SATISFIED"
    readers = (deputy, town.role(Role.STATION_HEAD), town.role(Role.TOWNSHIP))
    assert "还黑着" not in str([one.sees(issue["id"]) for one in (*readers, resident)]), (
        "nobody has checked these words"
    )
    town.work()
    today = str(local_date(town.clock.now))
    said = [{"result": "DISSATISFIED", "reason": "我家这边还黑着", "on": today}]
    assert [one.sees(issue["id"])["follower_ratings"] for one in readers] == [said] * 3
    assert [one.sees(issue["id"])["follower_ratings"] for one in (resident, follower)] == [[], []]
    assert [one.sees(issue["id"])["own_rating"] for one in (*readers, resident)] == [None] * 4
    assert all(follower.account_id not in str(one.sees(issue["id"])) for one in readers), "what is said, not by whom"
    follower.does(issue["id"], "rate_as_follower", result="DISSATISFIED", reason="加微信刷单赚钱，还黑着")
    assert "刷单" not in str([one.sees(issue["id"]) for one in readers])
    reviewer = town.role(Role.REVIEWER)
    town.work()
    [waits] = reviewer.get("/reviews/messages")["items"]
    reviewer.post(f"/reviews/messages/{waits['id']}", {"outcome": "REFUSE"}, 204)
    assert [one["reason"] for one in deputy.sees(issue["id"])["follower_ratings"]] == [REFUSED]
    assert "文字未通过审核" in follower.inbox(), "whoever wrote it is told"
    follower.does(issue["id"], "rate_as_follower", result="DISSATISFIED", reason="我家这边还黑着")
    [held] = follower.get("/me/export")["sections"]["followed"]
    assert (held["number"], held["rating"], held["reason"]) == (issue["number"], "DISSATISFIED", "我家这边还黑着")
    follower.delete("/me")
    assert db.session.scalars(sa.select(IssueFollower.reason)).all() == [None], "gone with the account"
    db.session.rollback()
