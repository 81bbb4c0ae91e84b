"""Messages that wait for a person, followers who rate for themselves, and a station that goes while its issues stay."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.issues.relocation import merge_stations
from service.parameters.queries import load
from tests.journeys.town import SAID, Town


def test_a_doubtful_message_waits_for_the_reviewer_and_then_reaches_the_deputy(town: Town, session: Session) -> None:
    doubtful = load(session, town.place.district_id, at=town.clock.now)["content.review_words"][0]
    resident, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    issue = town.submits(resident, anonymity="station_only")
    sent = resident.post(f"/issues/{issue['id']}/messages", {"text": f"请看{doubtful}"}, 201)
    town.work()
    assert sent["held"] and [one["text"] for one in resident.sees(issue["id"])["messages"]] == [f"请看{doubtful}"]
    assert deputy.sees(issue["id"])["messages"] == [] and "群众有新的留言" not in deputy.inbox()

    reviewer = town.role(Role.REVIEWER)
    assert "留言待审核" in reviewer.inbox()
    waiting = reviewer.get("/reviews/messages")["items"]
    assert [one["number"] for one in waiting] == [issue["number"]]
    reviewer.post(f"/reviews/messages/{waiting[0]['id']}", {"outcome": "RELEASE"}, 204)
    reviewer.post(f"/reviews/messages/{waiting[0]['id']}", {"outcome": "REFUSE"}, 409)
    town.work()
    assert [one["text"] for one in deputy.sees(issue["id"])["messages"]] == [f"请看{doubtful}"]
    assert "群众有新的留言" in deputy.inbox()


def test_a_reviewer_of_another_district_sees_and_decides_nothing(
    town: Town, other_town: Town, session: Session
) -> None:
    doubtful = load(session, town.place.district_id, at=town.clock.now)["content.review_words"][0]
    issue = town.submits(town.role(Role.RESIDENT), anonymity="station_only")
    message = town.role(Role.RESIDENT).post(f"/issues/{issue['id']}/messages", {"text": doubtful}, 201)
    stranger = other_town.role(Role.REVIEWER)
    assert stranger.get("/reviews/messages")["items"] == []
    stranger.post(f"/reviews/messages/{message['id']}", {"outcome": "RELEASE"}, 404)


def test_whoever_met_the_same_joins_gets_the_feedback_and_rates_for_themselves(town: Town) -> None:
    issue = town.submits(town.guest())
    neighbour, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    preview = neighbour.post("/issues/preview", {"station_code": town.place.scan_code, "content": SAID})
    token = preview["similar"][0]["follow_token"]
    assert preview["similar"][0]["excerpt"] is None, "what a stranger wrote is not shown"
    for _ in range(2):
        assert neighbour.post("/issues/follow", {"follow_token": token}, 201)["followers"] == 1
    assert [one["id"] for one in neighbour.get("/issues?box=mine")["items"]] == [issue["id"]]
    shown = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": SAID})["similar"]
    assert [one["followers"] for one in shown] == [0], "one is too few to tell a stranger (§11)"
    seen = neighbour.sees(issue["id"])
    assert seen["place"] is None and seen["messages"] == [] and seen["contact"] is None

    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text="已经修好，晚上我去看过。")
    town.work()
    assert "已反馈，请评价" in neighbour.inbox()
    assert neighbour.may(issue["id"]) == {"rate_as_follower"}
    joined = neighbour.sees(issue["id"])
    assert not joined["may_talk"] and not joined["may_urge"], "somebody else's conversation"
    assert not joined["yours"] and town.holder(issue["receipt_code"]).sees()["yours"], "nor is it their identity"
    rated = neighbour.does(issue["id"], "rate_as_follower", result="DISSATISFIED", reason="我家门口那盏还没修")
    assert rated["state"] == "feedback_given", "only the owner's rating moves the state"
    neighbour.does(issue["id"], "rate", 403, result="SATISFIED")


def test_a_merged_station_hands_its_open_issues_and_staff_to_the_successor(town: Town, session: Session) -> None:
    issue = town.submits(town.guest(), grid_id=None)
    before = town.holder(issue["receipt_code"]).sees()
    head = town.role(Role.STATION_HEAD)
    merge_stations(session, town.place.station, town.place.other_station, now=town.clock.now)
    session.commit()
    after = town.holder(issue["receipt_code"]).sees()
    assert after["station"]["id"] == town.place.other_station
    assert (after["number"], after["due_at"], after["deputy"]) == (before["number"], before["due_at"], before["deputy"])
    assert head.sees(issue["id"])["id"] == issue["id"], "its head goes along"
    scanned = town.guest().get(f"/scan/{town.place.scan_code}")
    assert scanned["station"]["id"] == town.place.other_station and "已并入" in scanned["notice"]
