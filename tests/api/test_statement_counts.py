"""How many SQL statements an answer takes: never more because there are more rows, and never more than is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.issues.models import Issue
from tests.api.conftest import Client
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Person, Town
from tests.world import World, build_world
from workers import jobs

SUBMIT = 8
SQLITE_INSERTS = 3  # SQLite knows no WITH around inserts: four tables are four statements there
LIST = 4
DETAIL = 6
SCAN = 4
PREVIEW = 6
PAST_ANSWERS, OWN_FIGURES = 7, 5
HANDLE, HANDLE_COMMITS = 16, 0.5
"""Of a worker, for one submission of many: checked, routed, indexed, and its deputy told."""
HANDLE_ASKED, HANDLE_ASKED_COMMITS = 21, 0.8
"""The same where WeChat is asked about the words first: the check is written, asked, concluded."""

DEPUTY = 8

QUIET = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@pytest.fixture
def town(session: Any, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    world: World = build_world(session)
    session.commit()
    return Town(world.a, client, clock, wechat)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, by any engine: application and test have one each."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(QUIET):
            sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@contextmanager
def commits_counted() -> Iterator[list[None]]:
    made: list[None] = []

    def note(_connection: Any) -> None:
        made.append(None)

    sa.event.listen(sa.Engine, "commit", note)
    try:
        yield made
    finally:
        sa.event.remove(sa.Engine, "commit", note)


def count(call: Callable[[], Any]) -> int:
    """Statements of one call, its own session settled before; the second time, when nothing is looked up for good any more."""
    db.session.commit()
    call()
    db.session.commit()
    with counted() as sent:
        call()
    return len(sent)


def _say(town: Town, how_many: int) -> list[str]:
    """Issues that differ in deputy, category and holder, so that a lookup per row would show."""
    place = town.place
    found = []
    for number in range(how_many):
        changes = {
            "deputy_id": [None, place.backup, place.spare, place.duty_deputy][number % 4],
            "category": [*place.categories][number % 3],
            "content": f"{number}号井盖翘起来了，骑车要绕开",
        }
        found.append(town.submits(town.role(Role.RESIDENT), anonymity="station_only", **changes)["id"])
    return found


def publish(issue_ids: list[str]) -> None:
    released_now = {"published_at": sa.func.now(), "public_text": "某处井盖翘起来了", "consent_publish": True}
    db.session.execute(sa.update(Issue).where(Issue.id.in_(issue_ids)).values(released_now))
    db.session.commit()


def released(_town: Town) -> str:
    number = db.session.scalar(sa.select(Issue.number).where(Issue.published_at.is_not(None)).limit(1))
    db.session.rollback()
    return str(number)


def place_a_day(town: Town, head: Person, number: int) -> str:
    """An announced reception day of the primary deputy."""
    body = {
        "station_id": town.place.station,
        "starts_at": f"2026-03-{16 + number}T09:00:00+08:00",
        "ends_at": f"2026-03-{16 + number}T11:00:00+08:00",
        "deputy_ids": [town.place.primary],
        "place": "联络站",
    }
    day = head.post("/receptions", body, 201)["id"]
    head.post(f"/receptions/{day}/announce", {"version": 1})
    return str(day)


def _box(who: Person, box: str) -> Callable[[], Any]:
    return lambda: who.get(f"/issues?box={box}&limit=20")


BOXES = (
    (Role.RESIDENT, "mine"),
    (Role.STATION_HEAD, "station"),
    (Role.STATION_HEAD, "inbox"),
    (Role.TOWNSHIP, "district"),
    (Role.DISTRICT, "district"),
)


def test_a_list_of_twenty_takes_as_many_statements_as_a_list_of_five(town: Town) -> None:
    boxes = {(role, box): _box(town.role(role), box) for role, box in BOXES}
    few = {}
    _say(town, 5)
    for name, look in boxes.items():
        assert len(look()["items"]) == 5, name
        few[name] = count(look)
    _say(town, 15)
    for name, look in boxes.items():
        assert len(look()["items"]) == 20, name
        assert count(look) == few[name] <= LIST, name


def test_an_issue_takes_the_same_alone_and_among_others_and_does_not_grow_with_its_history(town: Town) -> None:
    [issue_id] = _say(town, 1)
    deputy = town.deputy(town.place.primary)
    deputy.post(f"/issues/{issue_id}/messages", {"text": "去看过"}, 201)
    few = count(lambda: deputy.sees(issue_id))
    for number in range(4):
        deputy.post(f"/issues/{issue_id}/messages", {"text": f"第{number}次去看过"}, 201)
        deputy.does(issue_id, "ask_info", text="请再说明一下位置")
        town.role(Role.RESIDENT).does(issue_id, "supplement", text="小学门口")
    _say(town, 8)
    town.work()
    assert len(deputy.sees(issue_id)["history"]) > 8
    assert count(lambda: deputy.sees(issue_id)) == few <= DETAIL


def test_public_pages_and_bookings_take_the_same_among_many(town: Town) -> None:
    guest, head, place = town.guest(), town.role(Role.STATION_HEAD), town.place
    day = place_a_day(town, head, 0)
    asks = [
        lambda: guest.get("/public/issues?q=井盖&limit=100"),
        lambda: guest.get(f"/public/issues/{released(town)}"),
        lambda: guest.get(f"/deputies/{place.primary}"),
        lambda: guest.get("/me/bookings"),
    ]
    guest.post(f"/receptions/{day}/bookings", {}, 201)
    publish(_say(town, 3))
    few = [count(ask) for ask in asks]
    publish(_say(town, 9))
    for number in range(1, 4):
        guest.post(f"/receptions/{place_a_day(town, head, number)}/bookings", {}, 201)
    assert len(guest.get("/me/bookings")["items"]) == 4
    assert [day["id"] for day in guest.get(f"/deputies/{place.primary}")["receptions"]][:1] == [day]
    assert [count(ask) for ask in asks] == few
    assert all(taken <= bound for taken, bound in zip(few, (2, 3, DEPUTY, 3), strict=True)), few


def test_submitting_takes_the_same_among_many(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    few = count(lambda: town.submits(resident, work=False, anonymity="station_only"))
    _say(town, 15)
    assert (
        count(lambda: town.submits(resident, work=False, anonymity="station_only"))
        == few
        <= SUBMIT + (SQLITE_INSERTS if db.engine.dialect.name == "sqlite" else 0)
    )


def test_scanning_and_previewing_take_the_same_among_many(town: Town) -> None:
    guest, place = town.guest(), town.place

    def scan() -> None:
        guest.get(f"/scan/{place.scan_code}?grid_id={place.grid}")

    def preview() -> None:
        guest.post("/issues/preview", {"station_code": place.scan_code, "content": "井盖翘起来了，骑车要绕开"})

    _say(town, 3)
    few = count(scan), count(preview)
    _say(town, 12)
    assert (count(scan), count(preview)) == few
    assert few[0] <= SCAN and few[1] <= PREVIEW


@pytest.mark.parametrize(
    ("asks", "bounds"), [(False, (HANDLE, HANDLE_COMMITS)), (True, (HANDLE_ASKED, HANDLE_ASKED_COMMITS))]
)
def test_a_worker_handles_a_submission_in_few_statements_and_commits_with_others(
    town: Town, asks: bool, bounds: tuple[float, float]
) -> None:
    resident, many = town.role(Role.RESIDENT) if asks else town.guest(), 20
    town.submits(resident, anonymity="station_only")  # what is looked up for good is known now
    for _ in range(many):
        town.submits(resident, work=False, anonymity="station_only")
    db.session.commit()
    with counted() as sent, commits_counted() as commits:
        jobs.drain_outbox()
        jobs.ask_checks()
        jobs.drain_outbox()
    assert len(sent) / many <= bounds[0] + (db.engine.dialect.name == "sqlite")  # two events are two inserts there
    assert len(commits) / many <= bounds[1]
    assert len(town.deputy(town.place.primary).get("/issues?box=inbox&limit=50")["items"]) == many + 1


def test_a_deputy_s_own_answers_and_numbers_take_the_same_among_many(town: Town) -> None:
    deputy, resident = town.deputy(town.place.primary), town.role(Role.RESIDENT)

    def answered(how_many: int) -> None:
        for number in range(how_many):
            made = town.submits(resident, anonymity="station_only", content=f"{number}号井盖翘起来了，骑车要绕开")
            deputy.does(made["id"], "accept")
            deputy.does(made["id"], "answer", text=f"{number}号井盖明天换。")

    answered(2)
    [issue_id] = _say(town, 1)

    def asks() -> tuple[int, int]:
        return count(lambda: deputy.get(f"/issues/{issue_id}/past-answers")), count(
            lambda: deputy.get("/deputy/figures")
        )

    few = asks()
    answered(5)
    assert asks() == few
    assert few[0] <= PAST_ANSWERS and few[1] <= OWN_FIGURES
