"""Nobody learns who said it; what was allowed and released is public; small numbers are not; codes live on. Contract, §12."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.issues.models import Issue, IssueHistory
from service.stations.actions import merge_station
from tests.journeys.invariants import town
from tests.journeys.town import SAID, Town
from workers import jobs

__all__ = ["town"]
DOUBTFUL = "王麻子家门口的路灯坏了，修好加微信返利，电话13800138000"
RELEASED = "某住户门口的路灯坏了"


def public(town: Town) -> list[dict[str, Any]]:
    return town.guest().get(f"/public/issues?district_id={town.place.district_id}")["items"]


def test_only_with_the_resident_s_consent_and_in_the_released_words(town: Town) -> None:
    reviewer = town.role(Role.REVIEWER)
    allowed = town.submits(town.guest(), content=DOUBTFUL, consents={"privacy": True, "publish": True})
    refused = town.submits(town.guest(), content=DOUBTFUL)
    unreleased = town.submits(town.guest(), content=DOUBTFUL, consents={"privacy": True, "publish": True})
    for issue in (allowed, refused):
        reviewer.does(issue["id"], "approve_content", public_text=RELEASED)
    reviewer.does(unreleased["id"], "approve_content")
    shown = public(town)
    assert [item["number"] for item in shown] == [town.holder(allowed["receipt_code"]).sees()["number"]]
    assert shown[0]["text"] == RELEASED and shown[0]["week"] == "2026-03-02"
    everything = str(shown)
    assert "王麻子" not in everything and "13800138000" not in everything and "09:00" not in everything


def test_the_public_searches_what_was_released_and_never_the_words_behind_it(town: Town) -> None:
    guest, reviewer, place = town.guest(), town.role(Role.REVIEWER), town.place
    lamp = town.submits(guest, content=DOUBTFUL, consents={"privacy": True, "publish": True})
    other = town.submits(guest, content=DOUBTFUL, category="教育", consents={"privacy": True, "publish": True})
    reviewer.does(lamp["id"], "approve_content", public_text=RELEASED)
    reviewer.does(other["id"], "approve_content", public_text="学校门口没有斑马线")
    secret = town.submits(guest)

    def found(query: str) -> list[str]:
        items = guest.get(f"/public/issues?district_id={place.district_id}&{query}")["items"]
        return [item["text"] for item in items]

    assert found("q=路灯 坏了") == [RELEASED]
    assert found("q=王麻子") == found("q=13800138000") == found("q=%25") == []
    assert set(found("limit=9")) == {RELEASED, "学校门口没有斑马线"}
    assert found(f"category_id={place.categories['道路交通']}") == [RELEASED]
    assert found(f"category_id={place.categories['噪声油烟']}") == []
    number = town.holder(lamp["receipt_code"]).sees()["number"]
    shown = guest.get(f"/public/issues/{number}")
    assert (shown["text"], shown["station"]["id"], shown["followers"]) == (RELEASED, place.station, None)
    assert not {"王麻子", "09:00", lamp["id"]} & {*str(shown).split("'")}
    guest.get(f"/public/issues/{town.holder(secret['receipt_code']).sees()['number']}", 404)
    db.session.execute(sa.update(Issue).where(Issue.id == lamp["id"]).values(follower_count=5))
    db.session.commit()
    assert guest.get(f"/public/issues/{number}")["followers"] == 5


def test_what_the_machine_let_pass_is_published_by_the_reviewer_and_taken_back_by_the_resident(town: Town) -> None:
    reviewer, deputy, may = (
        town.role(Role.REVIEWER),
        town.deputy(town.place.primary),
        {"privacy": True, "publish": True},
    )
    allowed, refused = town.submits(town.guest(), consents=may), town.submits(town.guest())
    holder = town.holder(allowed["receipt_code"])
    reviewer.sees(refused["id"], 404)
    assert [one["id"] for one in reviewer.get("/issues?box=publish")["items"]] == [allowed["id"]]
    deputy.get("/issues?box=publish", 403)
    deputy.does(allowed["id"], "accept")
    deputy.does(allowed["id"], "publish", 403, public_text=RELEASED)
    reviewer.does(allowed["id"], "publish", 422)
    reviewer.does(allowed["id"], "publish", public_text=RELEASED)
    assert [item["text"] for item in public(town)] == [RELEASED]
    assert reviewer.get("/issues?box=publish")["items"] == []
    assert reviewer.get("/issues/counts?box=publish")["total_open"] == 0
    holder.does("", "unpublish")
    assert public(town) == [] and "publish" not in holder.may("") and holder.sees()["state"] == "with_deputy"
    reviewer.sees(allowed["id"], 404)

    another = town.submits(town.guest(), consents=may)["id"]
    reviewer.does(another, "unpublish", reason="会让人认出是哪一家")
    assert reviewer.get("/issues?box=publish")["items"] == [] and public(town) == []


def test_a_complaint_is_never_published(town: Town) -> None:
    issue = town.submits(
        town.guest(),
        content=DOUBTFUL,
        consents={"privacy": True, "publish": True},
        about={"type": "station", "id": town.place.station},
    )
    town.role(Role.REVIEWER).does(issue["id"], "approve_content", public_text=RELEASED)
    assert public(town) == []


def test_figures_of_fewer_than_five_are_withheld_and_unrated_count_in_no_rate(town: Town) -> None:
    def figures() -> dict[str, tuple[float | None, str]]:
        jobs.keep_facts()
        jobs.refresh_lists()
        items = town.guest().get(f"/public/statistics?district_id={town.place.district_id}")["items"]
        return {item["name"]: (item["value"], item["sample"]) for item in items}

    deputy = town.deputy(town.place.primary)

    def one_more(result: str | None) -> None:
        issue = town.submits(town.guest())
        deputy.does(issue["id"], "accept")
        deputy.does(issue["id"], "answer", text="今晚修好。")
        if result:
            town.holder(issue["receipt_code"]).does("", "rate", result=result)

    assert (figures()["submitted"], figures()["acceptance"]) == ((None, "<5"), (None, "<5"))
    for result in ("SATISFIED", "SATISFIED", "SATISFIED", "MOSTLY", None):
        one_more(result)
    town.wait(days=16)
    assert figures()["submitted"] == (5, "5")
    assert figures()["acceptance"] == (1.0, "5"), "all were accepted on the day they came"
    assert figures()["satisfaction"] == (None, "<5"), "four rated are too few"
    one_more("SATISFIED")
    assert figures()["satisfaction"] == (1.0, "5"), "the one who did not rate lowers nothing"
    assert figures()["rating_rate"] == (round(5 / 6, 3), "6")
    withdrawn = town.submits(town.guest())
    town.holder(withdrawn["receipt_code"]).does("", "withdraw")
    assert figures()["submitted"] == (6, "6")


def test_receipt_only_leaves_no_trace_of_the_account(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who)
    assert who.get("/issues?box=mine")["items"] == []
    who.sees(issue["id"], 404)
    town.submits(who, expect=422, contact={"name": "王小花", "phone": "13800138000"})
    resident = town.holder(issue["receipt_code"])
    town.deputy(town.place.primary).does(issue["id"], "ask_info", text="是哪一盏？")
    resident.does("", "supplement", text="左边第二盏")
    resident.post(f"/receipts/{issue['receipt_code']}/messages", {"text": "谢谢"}, 201)
    row = db.session.get(Issue, issue["id"])
    assert row is not None
    assert (row.account_id, row.entered_by, row.contact_name, row.contact_phone) == (None, None, None, None)
    lines = db.session.scalars(
        sa.select(IssueHistory.actor_account_id).where(
            IssueHistory.issue_id == issue["id"], IssueHistory.actor_role == "resident"
        )
    ).all()
    db.session.rollback()
    assert set(lines) == {None}
    assert who.inbox() == []
    for other in (town.role(Role.STATION_HEAD), town.role(Role.DISTRICT)):
        seen = other.sees(issue["id"])
        assert seen["contact"] is None and not seen["may_reveal"]
        other.post(f"/issues/{issue['id']}/reveal", {"reason": "想知道是谁反映的"}, 403)


def test_station_only_is_known_to_the_station_masked_and_looking_behind_the_mask_is_seen(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only", contact={"name": "王小花", "phone": "13800138000"})
    head = town.role(Role.STATION_HEAD)
    assert head.sees(issue["id"])["contact"] == {"name": "王**", "phone": "138****8000"}
    assert town.deputy(town.place.primary).sees(issue["id"])["contact"] is None
    assert town.role(Role.TOWNSHIP).sees(issue["id"])["contact"] is None
    town.deputy(town.place.primary).post(f"/issues/{issue['id']}/reveal", {"reason": "需要当面了解情况"}, 403)
    head.post(f"/issues/{issue['id']}/reveal", {"reason": "看"}, 422)
    told = head.post(f"/issues/{issue['id']}/reveal", {"reason": "需要当面了解情况"})
    assert told == {"name": "王小花", "phone": "13800138000"}
    town.work()
    assert who.sees(issue["id"])["reveals"][0]["reason"] == "需要当面了解情况"
    assert "有人查看了您的身份" in who.inbox()


def test_without_the_privacy_tick_nothing_is_stored(town: Town) -> None:
    town.submits(town.guest(), consents={"privacy": False}, expect=422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Issue)) == 0
    db.session.rollback()


def test_a_merged_station_s_printed_code_leads_on_and_new_issues_go_to_the_successor(town: Town) -> None:
    place = town.place
    before = town.submits(town.guest())
    merge_station(db.session(), place.station, place.other_station, now=town.clock.now)
    db.session.commit()
    scanned = town.guest().get(f"/scan/{place.scan_code}")
    assert scanned["station"]["id"] == place.other_station and scanned["notice"]
    fresh = town.submits(town.guest(), grid_id=None)
    assert town.holder(fresh["receipt_code"]).sees()["station"]["id"] == place.other_station
    assert town.holder(before["receipt_code"]).sees()["content"] == SAID, "old receipts keep working"
    town.deputy(place.primary).does(before["id"], "accept")
