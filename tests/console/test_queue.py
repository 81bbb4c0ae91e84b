"""The queue: what is due first, filters in the address, news only when there is some, few statements."""

from __future__ import annotations

import re

from console import issue_query
from service.accounts.roles import Actor, Grant, Role
from service.issues.lifecycle import Action
from tests.api.test_statement_counts import count
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town

LIST = 5


def _say(town: Town, how_many: int, **changes: object) -> list[str]:
    return [
        town.submits(
            town.role(Role.RESIDENT), anonymity="station_only", content=f"{number}号井盖翘起来了，骑车要绕开", **changes
        )["id"]
        for number in range(how_many)
    ]


def _ids(page: str) -> list[str]:
    return re.findall(r'name="id" value="(\w+)"', page)


def _costs(desk: Desk, address: str) -> int:
    return count(lambda: desk.opens(address))


def test_a_list_takes_five_statements_at_most_however_many_wait(town: Town, seat: Seat) -> None:
    boxes = {"station": (Role.STATION_CLERK, Role.STATION_HEAD), "district": (Role.TOWNSHIP, Role.DISTRICT)}
    desks = [(seat(town.place.accounts[role]), box, role) for box, roles in boxes.items() for role in roles]
    _say(town, 2)
    few = {role: _costs(desk, f"/issues?box={box}") for desk, box, role in desks}
    _say(town, 8)
    for desk, box, role in desks:
        assert len(_ids(desk.opens(f"/issues?box={box}").text)) == 10, role
        assert _costs(desk, f"/issues?box={box}") == few[role] <= LIST, role
        assert _costs(desk, f"/issues/live?box={box}") <= LIST, role
        assert _costs(desk, f"/issues/counts?box={box}") <= LIST, role


SORT_OUT, ASSIGN, MERGE = "set_category", "assign", "merge"
READ_OR_ONE_BY_ONE = (Role.COMMITTEE, Role.GOVERNMENT_OFFICE, Role.UNIT_CLERK, Role.UNIT_LEADER, Role.REVIEWER)
TOGETHER: dict[Role, list[str]] = {
    Role.STATION_CLERK: [SORT_OUT, MERGE],
    Role.STATION_HEAD: [SORT_OUT, ASSIGN, MERGE],
    Role.TOWNSHIP: [SORT_OUT, ASSIGN, MERGE],
    Role.DISTRICT: [SORT_OUT, ASSIGN],
    Role.DEPUTY: [SORT_OUT],
    **{role: [] for role in READ_OR_ONE_BY_ONE},
}
"""Rulebook §9.1: deputies never order a unit, clerks assign nothing, the district merges nothing; others read, or go one by
one."""


def test_what_is_done_to_several_is_offered_to_those_who_may_do_it(town: Town, seat: Seat) -> None:
    for role, expected in TOGETHER.items():
        held = Actor(grants=(Grant(role, town.place.district_id),))
        assert [action for action, _ in issue_query.together_of(held)] == expected, role
    [id] = _say(town, 1)
    read_only = seat(town.place.accounts[Role.COMMITTEE]).opens("/issues?box=district").text
    assert id in read_only and _ids(read_only) == [] and "下一步：预览" not in read_only, "nothing to tick for nothing"


def test_what_is_due_first_stands_first_and_says_so_without_colour(town: Town, seat: Seat, clock: FakeClock) -> None:
    [late] = _say(town, 1)
    town.wait(days=2)
    [fresh] = _say(town, 1)
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    page = desk.opens("/issues").text
    assert _ids(page) == [late, fresh]
    assert "今天到期" in page and "还剩 2 天" in page, "two workdays to accept (§2.6)"
    clock.advance(days=2)
    page = seat(town.place.accounts[Role.STATION_CLERK]).opens("/issues").text
    assert "▲" in page and "已超期 2 天" in page


def test_filters_stand_in_the_address_and_are_kept_under_a_name(town: Town, seat: Seat) -> None:
    one, two = _say(town, 2)
    clerk = town.role(Role.STATION_CLERK)
    *_, category = town.place.categories.values()
    desk = seat(clerk.account_id)
    assert set(_ids(desk.opens("/issues?box=station&q=0号井盖").text)) == {one}
    assert set(_ids(desk.opens("/issues?box=station&state=pending_accept").text)) == {one, two}
    assert _ids(desk.opens("/issues?box=station&state=closed").text) == []
    assert desk.opens("/issues?state=nonsense").status_code == 422
    assert _ids(desk.opens(f"/issues?box=station&category={category}").text) == []
    saved = desk.sends(
        "/issues/views", {"name": "井盖", "box": "station", "sort": "due", "q": "0号井盖", "overdue": ""}
    )
    assert set(_ids(desk.opens(saved.headers["Location"].removeprefix("/console")).text)) == {one}
    assert "★ 井盖" in desk.opens("/issues").text
    assert clerk.get("/issues/views")["items"][0]["filters"]["q"] == "0号井盖", "the same view on the phone"
    desk.sends("/issues/views/drop", {"name": "井盖"})
    assert "★ 井盖" not in desk.opens("/issues").text
    offered = desk.opens(f"/issues/filters?box=station&deputy={town.place.other_primary}").text
    assert "安一" in offered and "柏二" in offered, "of one's own station"
    assert re.search(r"selected>费六<", offered), "and the one the list is about, wherever stationed"


def test_news_come_only_when_there_are_some_and_keep_no_session_awake(town: Town, seat: Seat, clock: FakeClock) -> None:
    _say(town, 1)
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    found = re.search(r'hx-get="/console(/issues/live[^"]*)"', desk.opens("/issues").text)
    assert found is not None
    live = found.group(1).replace("&amp;", "&")
    assert desk.opens(live).status_code == 204
    _say(town, 1)
    news = desk.opens(live)
    assert news.status_code == 200 and len(_ids(news.text)) == 2
    for _ in range(4):
        clock.advance(minutes=10)
        last = desk.opens(
            live, **{"HX-Request": "true", "HX-Current-URL": "https://x.example/console/issues?box=inbox"}
        )
    assert last.status_code == 401
    assert last.headers["HX-Redirect"] == "/console/sign-in?next=/console/issues?box%3Dinbox&over=1"


def test_several_are_merged_after_a_look_and_taken_back(town: Town, seat: Seat) -> None:
    target, one, two = _say(town, 3)
    clerk = town.role(Role.STATION_CLERK)
    desk = seat(clerk.account_id)
    look = desk.opens(f"/bulk?action=merge&id={one}&id={two}").text
    versions = dict(re.findall(r'name="(version-\w+)" value="(\d+)"', look))
    assert set(versions) == {f"version-{one}", f"version-{two}"}
    assert f'value="{target}"' in look, "the one left may be the target"
    form = {"action": "merge", "id": [one, two], "target_id": target, **versions}
    done = desk.sends("/bulk", form)
    assert [clerk.sees(id)["state"] for id in (one, two)] == ["merged", "merged"]
    result = desk.opens(done.headers["Location"].removeprefix("/console")).text
    back = {
        "action": "merge",
        "done": f"{one}.{two}",
        **dict(re.findall(r'name="(version-\w+)" value="(\d+)"', result)),
    }
    assert desk.sends("/bulk/undo", back).status_code == 303
    assert [clerk.sees(id)["state"] for id in (one, two)] == ["pending_accept", "pending_accept"]


def test_one_that_somebody_has_just_changed_does_not_stop_the_others(town: Town, seat: Seat) -> None:
    one, two = _say(town, 2)
    clerk = town.role(Role.STATION_CLERK)
    desk = seat(clerk.account_id)
    look = desk.opens(f"/bulk?action=set_category&id={one}&id={two}").text
    versions = dict(re.findall(r'name="(version-\w+)" value="(\d+)"', look))
    town.role(Role.STATION_HEAD).does(two, Action.ACCEPT.value)
    wanted = list(town.place.categories.values())[1]
    form = {"action": "set_category", "id": [one, two], "category_id": wanted, **versions}
    done = desk.sends("/bulk", form)
    assert done.status_code == 303
    assert clerk.sees(one)["category"]["id"] == wanted
    said = desk.opens(done.headers["Location"].removeprefix("/console")).text
    assert "已完成 1 件" in said and "有 1 件没有处理" in said
