"""Counts and public figures equal a recount of what is listed; views are one's own and go with the account."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest

from service.accounts.roles import Role
from service.issues.lifecycle import OPEN, State
from service.issues.models import IssueTally
from tests.journeys.town import Person, Town
from tests.lists.conftest import Fill
from workers import jobs

BOXES = {
    Role.STATION_HEAD: ("station", "inbox"),
    Role.STATION_CLERK: ("station", "inbox"),
    Role.TOWNSHIP: ("station", "district", "inbox"),
    Role.DISTRICT: ("district", "inbox"),
    Role.COMMITTEE: ("district",),
    Role.GOVERNMENT_OFFICE: ("district", "inbox"),
    Role.DEPUTY: ("inbox", "deputy"),
    Role.REVIEWER: ("inbox",),
    Role.UNIT_CLERK: ("unit", "inbox"),
    Role.RESIDENT: ("mine",),
}


def recount(who: Person, box: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = who.get(f"/issues?box={box}&limit=100{cursor}")
        lines += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    still_open = [line for line in lines if State(line["state"]) in OPEN]
    return {
        "by_state": dict(Counter(line["state"] for line in lines)),
        "total_open": len(still_open),
        "overdue": sum(line["overdue"] for line in still_open),
        "urgent": sum(line["urgent"] for line in still_open),
    }


def some(town: Town, now: dt.datetime, dice: random.Random) -> dict[str, Any]:
    state = dice.choice(list(State))
    due = now + dt.timedelta(hours=dice.randint(-100, 200)) if state in OPEN else None
    place = town.place
    here = dice.random() < 0.7
    return {
        "state": state.value,
        "station_id": place.station if here else place.other_station,
        "township_code": place.township if here else place.other_township,
        "confined_to": dice.choice([None, None, None, "township", "district"]),
        "due_at": due,
        "emergency_at": dice.choice([None, None, now]),
        "emergency_confirmed_at": dice.choice([None, now]),
        "outcome": dice.choice([None, "SATISFIED", "DISSATISFIED", "NOT_RATED"]),
        "deputy_id": dice.choice([None, place.primary, place.backup]),
        "created_at": now - dt.timedelta(days=dice.choice([0, 3, 300, 364, 367, 800])),
    }


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_a_recount_of_the_list_for_every_role_and_box(
    town: Town, fill: Fill, now: dt.datetime, seed: int
) -> None:
    dice = random.Random(seed)
    fill(*(some(town, now, dice) for _ in range(120)))
    for number in range(3):
        issue = town.submits(town.role(Role.RESIDENT), anonymity="station_only", content=f"{number}号井盖翘起来了")
        town.deputy(town.place.primary).does(issue["id"], "accept")
    jobs.refresh_lists()
    for role, boxes in BOXES.items():
        for box in boxes:
            who = town.role(role)
            counted = who.get(f"/issues/counts?box={box}")
            expected = recount(who, box)
            assert {name: counted[name] for name in expected} == expected, (role, box)
            soon = who.get(f"/issues?box={box}&due_soon=true&limit=100")["items"]
            assert counted["due_soon"] == len(soon), (role, box)


def test_open_ones_are_counted_now_and_finished_ones_say_when(town: Town, fill: Fill) -> None:
    office = town.role(Role.DISTRICT)
    fill({}, {"state": "closed"})
    before = office.get("/issues/counts?box=district")
    assert before["by_state"] == {"pending_accept": 1} and before["finished_as_of"] is None
    jobs.refresh_lists()
    after = office.get("/issues/counts?box=district")
    assert after["by_state"] == {"pending_accept": 1, "closed": 1} and after["finished_as_of"] is not None
    assert town.role(Role.RESIDENT).get("/issues/counts")["total_open"] == 0


def test_public_figures_are_a_recount_and_counting_again_changes_nothing(
    town: Town, fill: Fill, now: dt.datetime, session: Any
) -> None:
    dice = random.Random(7)
    rows = [some(town, now, dice) for _ in range(150)]
    fill(*rows)
    for _ in range(2):
        jobs.refresh_lists()
    assert sum(row.issues for row in session.query(IssueTally)) == len(rows)
    session.rollback()
    uncounted = {"content_review", "content_rejected", "withdrawn"}
    recent = [row for row in rows if row["created_at"] > now - dt.timedelta(days=366) and row["state"] not in uncounted]
    ended = [row for row in recent if row["state"] in ("closed", "archived")]
    rated = [row for row in ended if row["outcome"] in ("SATISFIED", "DISSATISFIED")]
    answer = town.guest().get(f"/public/statistics?district_id={town.place.district_id}")
    assert answer["as_of"] is not None
    assert {item["name"]: item["value"] for item in answer["items"]} == {
        "submitted": len(recent),
        "finished": len(ended) + sum(row["state"] == "declined" for row in recent),
        "acceptance": None,
        "reply": None,
        "finish": None,
        "rating_rate": round(len(rated) / len(ended), 3),
        "satisfaction": round(sum(row["outcome"] == "SATISFIED" for row in rated) / len(rated), 3),
    }


def put(town: Town, who: Person, name: str, body: dict[str, Any]) -> Any:
    return town.client.put(f"/api/v1/issues/views/{name}", json=body, headers=who.headers)


def test_a_view_is_kept_as_given_under_its_name_and_is_nobody_elses(town: Town) -> None:
    head, other = town.role(Role.STATION_HEAD), town.role(Role.TOWNSHIP)
    view = {"box": "station", "sort": "due", "filters": {"state": ["handling"], "overdue": True, "q": "路灯"}}
    for position in (5, 1):
        assert put(town, head, "超期的路灯", view | {"position": position}).status_code == 200
    assert put(town, head, "全部", {"box": "station", "position": 0}).status_code == 200
    shown = head.get("/issues/views")["items"]
    assert [item["name"] for item in shown] == ["全部", "超期的路灯"]
    given = {name: value for name, value in shown[1]["filters"].items() if value not in (None, [])}
    assert given == view["filters"] and shown[1]["position"] == 1
    assert other.get("/issues/views")["items"] == []
    assert head.get("/me/export")["sections"]["views"][1]["name"] == "超期的路灯"
    head.delete("/issues/views/全部")
    head.delete("/issues/views/全部", 404)
    assert town.client.delete("/api/v1/me", headers=head.headers).status_code == 204


def test_twenty_views_are_enough_and_what_no_list_understands_is_not_kept(town: Town) -> None:
    who = town.role(Role.DISTRICT)
    for number in range(20):
        assert put(town, who, f"第{number}个", {"box": "district"}).status_code == 200
    assert put(town, who, "再一个", {"box": "district"}).status_code == 422
    assert put(town, who, "第3个", {"box": "inbox"}).status_code == 200, "replacing is no addition"
    for wrong in ({"box": "attic"}, {"box": "mine", "filters": {"colour": "red"}}, {"box": "mine", "sort": "best"}):
        assert put(town, who, "第3个", wrong).status_code == 422
