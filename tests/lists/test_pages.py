"""Pages of every order: complete, without doubles, also while issues come in; every filter says what the lines say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from service.accounts.roles import Role
from tests.journeys.town import Person, Town
from tests.lists.conftest import Fill

SORTS = ("newest", "oldest", "due", "followers")


def pages(who: Person, path: str, between: Callable[[], Any] = lambda: None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = who.get(f"{path}&limit=3{cursor}")
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
        between()


def mixed(now: dt.datetime) -> list[dict[str, Any]]:
    hour = dt.timedelta(hours=1)
    return [
        {"due_at": now - hour},
        {"due_at": now + 2 * hour, "follower_count": 3},
        {"due_at": now + 100 * hour},
        {"due_at": now + 2 * hour, "state": "handling"},
        {"state": "need_info", "follower_count": 3},
        {"state": "closed"},
        {"state": "closed", "follower_count": 1},
        {"state": "archived", "created_at": now - 900 * hour},
        {"due_at": now - 5 * hour, "state": "with_deputy", "emergency_at": now},
        {"due_at": now, "emergency_at": now, "emergency_confirmed_at": now},
    ]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_everything_once_in_order(town: Town, fill: Fill, now: dt.datetime, sort: str) -> None:
    ids = fill(*mixed(now))
    found = pages(town.role(Role.DISTRICT), f"/issues?box=district&sort={sort}")
    assert sorted(line["id"] for line in found) == sorted(ids)
    created = [line["created_at"] for line in found]
    if sort in ("newest", "oldest"):
        assert created == sorted(created, reverse=sort == "newest")
    if sort == "due":
        due = [line["due_at"] for line in found]
        dated = [moment for moment in due if moment]
        assert due == [*sorted(dated), *[None] * (len(due) - len(dated))]
    if sort == "followers":
        assert [line["followers"] for line in found] == sorted((line["followers"] for line in found), reverse=True)


@pytest.mark.parametrize("sort", SORTS)
def test_what_comes_in_meanwhile_neither_repeats_nor_hides_a_line(
    town: Town, fill: Fill, now: dt.datetime, sort: str
) -> None:
    ids = fill(*mixed(now))
    newer = {"created_at": now + dt.timedelta(minutes=1), "due_at": now - dt.timedelta(days=9), "follower_count": 9}
    found = pages(town.role(Role.DISTRICT), f"/issues?box=district&sort={sort}", lambda: fill(newer))
    seen = [line["id"] for line in found]
    assert len(seen) == len(set(seen)) and set(ids) <= set(seen)


@pytest.mark.parametrize("sort", SORTS)
def test_who_comes_by_several_ways_sees_each_once(town: Town, fill: Fill, now: dt.datetime, sort: str) -> None:
    """A head's inbox: waiting at the station, urgent, and the head's own: one issue may be all three."""
    place = town.place
    own = {"responsible_role": "station_head", "responsible_id": place.station}
    ids = fill({}, own, own | {"emergency_at": now}, {"state": "with_deputy", "emergency_at": now}, {"state": "closed"})
    found = pages(town.role(Role.STATION_HEAD), f"/issues?box=inbox&sort={sort}")
    assert sorted(line["id"] for line in found) == sorted(ids[:4])


def is_late(line: dict[str, Any]) -> bool:
    return bool(line["overdue"])


def is_soon(line: dict[str, Any]) -> bool:
    return line["due_at"] is not None and "2026-03-02T09:00" <= line["due_at"][:16] < "2026-03-05T09:00"


def is_urgent(line: dict[str, Any]) -> bool:
    return bool(line["urgent"])


@pytest.mark.parametrize(("name", "says"), [("overdue", is_late), ("due_soon", is_soon), ("urgent", is_urgent)])
def test_a_filter_and_its_opposite_share_the_list_between_them(
    town: Town, fill: Fill, now: dt.datetime, name: str, says: Callable[[dict[str, Any]], bool]
) -> None:
    fill(*mixed(now))
    office = town.role(Role.DISTRICT)
    yes = office.get(f"/issues?box=district&limit=100&{name}=true")["items"]
    no = office.get(f"/issues?box=district&limit=100&{name}=false")["items"]
    assert yes and no and len(yes) + len(no) == len(mixed(now))
    assert all(says(line) for line in yes) and not any(says(line) for line in no)


def test_states_may_be_several_and_filters_narrow_together(town: Town, fill: Fill, now: dt.datetime) -> None:
    place = town.place
    ids = fill(
        {"state": "handling", "unit_id": place.township_unit, "deputy_id": place.primary, "channel": "PAPER"},
        {"state": "closed", "unit_id": place.township_unit, "created_at": now - dt.timedelta(days=40)},
        {"state": "closed", "division_code": place.other_village, "category_id": place.categories["教育"]},
        {"state": "withdrawn"},
    )
    office = town.role(Role.DISTRICT)

    def listed(query: str) -> set[int]:
        items = office.get(f"/issues?box=district&{query}")["items"]
        return {ids.index(line["id"]) for line in items}

    assert listed("state=closed&state=handling") == {0, 1, 2}
    assert listed("state=closed&state=handling&state=withdrawn&state=archived&state=merged") == {0, 1, 2, 3}
    assert listed(f"unit={place.township_unit}&state=closed") == {1}
    assert listed(f"deputy={place.primary}") == {0} == listed("channel=PAPER")
    assert listed(f"village={place.other_village}") == {2} == listed(f"category={place.categories['教育']}")
    assert listed("since=2026-03-01") == {0, 2, 3} and listed("until=2026-02-28") == {1}
    assert listed("since=2026-03-03") == set()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=gone", "state.0"),
        ("overdue=maybe", "overdue"),
        ("village=x", "village"),
        ("since=yesterday", "since"),
        ("channel=PIGEON", "channel"),
        ("sort=best", "sort"),
        ("qq=1", "qq"),
        (f"q={'长' * 61}", "q"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_in_words(town: Town, query: str, field: str) -> None:
    errors = town.role(Role.DISTRICT).get(f"/issues?box=district&{query}", 422)["errors"]
    assert [error["field"] for error in errors] == [field]
    assert all("\u4e00" <= error["message"][0] <= "\u9fff" for error in errors)


def test_a_cursor_is_good_for_its_own_list_alone(town: Town, fill: Fill) -> None:
    fill({}, {}, {})
    office = town.role(Role.DISTRICT)
    cursor = office.get("/issues?box=district&limit=1")["next_cursor"]
    office.get(f"/issues?box=district&limit=1&sort=due&cursor={cursor}", 422)
    office.get(f"/issues?box=district&limit=1&cursor={cursor}")
