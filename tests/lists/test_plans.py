"""No list and no count walks through all issues: the database says so itself, at some thousand rows, on either kind."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from service.accounts.queries import actor_for_account
from service.accounts.roles import Role
from service.db import db, is_sqlite
from service.issues import reviewing, search
from service.issues.lifecycle import OPEN
from tests.api.conftest import Client
from tests.conftest import FakeClock, FakeWeChat, WakeLog
from tests.journeys.conftest import standing_world
from tests.journeys.town import Person, Town
from tests.lists.conftest import write_issues
from tests.world import World

ROWS = 3000
HELD = 200
"""Texts that wait for a reviewer, and as many that a machine still looks at."""
FINISHED = ["archived"] * 8 + ["closed", "declined"]
STILL_OPEN = sorted(state.value for state in OPEN)


def spread(world: World, now: dt.datetime, dice: random.Random, number: int) -> dict[str, Any]:
    place = dice.choice([world.a, world.b])
    here, is_open = dice.random() < 0.5, dice.random() < 0.05
    published = dice.random() < 0.03  # so few that no planner is in two minds about walking through all
    return {
        "district_id": place.district_id,
        "station_id": place.station if here else place.other_station,
        "township_code": place.township if here else place.other_township,
        "division_code": place.village if here else place.other_village,
        "category_id": dice.choice(list(place.categories.values())),
        "deputy_id": dice.choice(place.deputies),
        "state": dice.choice(STILL_OPEN if is_open else FINISHED),
        "due_at": now + dt.timedelta(hours=dice.randint(-90, 300)) if is_open else None,
        "responsible_role": "deputy" if is_open else None,
        "responsible_id": dice.choice(place.deputies) if is_open else None,
        "content": dice.choice(["路灯坏了", "井盖翘起来了", "垃圾没有清运", "公交改道了"]) + str(number),
        "published_at": now - dt.timedelta(hours=number) if published else None,
        "public_text": "路灯坏了",
        "consent_publish": published or dice.random() < 0.1,
    }


def in_review(world: World, now: dt.datetime, number: int) -> dict[str, Any]:
    """Every other one held, all due on one of four days."""
    return {
        "district_id": (world.a, world.b)[number % 4 == 3].district_id,
        "state": "content_review",
        "due_at": now + dt.timedelta(days=number % 8 // 2),
        "held_at": now if number % 2 else None,
        "responsible_role": "reviewer",
        "responsible_id": world.a.district_id,
    }


@pytest.fixture(scope="module")
def busy_town(core_app: Flask, app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[Town]:
    """A town with all these issues. Nobody here writes any, so one is enough for all tests."""
    with standing_world(core_app, clock, wechat, wakes) as world:
        session, dice = db.session(), random.Random(3)
        write_issues(session, world.a, (spread(world, clock.now, dice, n) for n in range(ROWS)), now=clock.now)
        write_issues(session, world.a, (in_review(world, clock.now, n) for n in range(2 * HELD)), now=clock.now)
        session.execute(sa.text("analyze"))
        session.commit()
        search._known.clear()
        yield Town(world.a, Client(app, app.response_class), clock, wechat)
        search._known.clear()


def plans(who: Person, path: str) -> str:
    """What the database would do for each statement about issues that answering ``path`` takes."""
    return plans_of(lambda: who.get(path))


def plans_of(ask: Callable[[], object]) -> str:
    session = db.session()
    session.commit()
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and " issues" in statement:
            sent.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert sent
    explain = "explain query plan " if is_sqlite(session) else "explain "
    connection = session.connection()
    lines = [row[-1] for one, given in sent for row in connection.exec_driver_sql(explain + one, given)]
    session.rollback()
    return "\n".join(lines)


def walks_through_all(plan: str) -> bool:
    return any(
        "Seq Scan on issues" in line or (line.startswith("SCAN issues") and "USING" not in line)
        for line in plan.splitlines()
    )


LISTS = [
    (Role.DISTRICT, "district"),
    (Role.TOWNSHIP, "district"),
    (Role.COMMITTEE, "district"),
    (Role.STATION_HEAD, "station"),
    (Role.STATION_HEAD, "inbox"),
    (Role.STATION_CLERK, "inbox"),
    (Role.DEPUTY, "inbox"),
    (Role.TOWNSHIP, "inbox"),
    (Role.DISTRICT, "inbox"),
    (Role.REVIEWER, "inbox"),
    (Role.REVIEWER, "publish"),
    (Role.UNIT_CLERK, "unit"),
    (Role.RESIDENT, "mine"),
]
FILTERS = (
    "", "&state=escalated", "&state=archived&state=handling", "&overdue=true", "&overdue=false", "&due_soon=true",
    "&urgent=true", "&since=2026-02-01", "&channel=PAPER", "&q=" + quote("井盖"), "&q=" + quote("井盖翘起来了77"),
)  # fmt: skip


@pytest.mark.parametrize(("role", "box"), LISTS)
def test_no_list_walks_through_all_issues(busy_town: Town, role: Role, box: str) -> None:
    who = busy_town.role(role)
    walking = [
        f"{sort}{narrow}\n{plan}"
        for sort in ("newest", "oldest", "due", "followers")
        for narrow in FILTERS
        if walks_through_all(plan := plans(who, f"/issues?box={box}&sort={sort}{narrow}"))
    ]
    assert walking == []


def test_no_count_and_no_public_page_walks_through_all_issues(busy_town: Town) -> None:
    town, district = busy_town, busy_town.place.district_id
    asked = [(town.role(role), f"/issues/counts?box={box}") for role, box in LISTS]
    asked += [(town.guest(), "/public/issues"), (town.guest(), f"/public/issues?district_id={district}")]
    asked += [(town.guest(), f"/public/issues?station_id={town.place.station}")]
    walking = [f"{path}\n{plan}" for who, path in asked if walks_through_all(plan := plans(who, path))]
    assert walking == []


def test_a_reviewers_pages_hold_each_text_once_in_order_and_sort_nothing(busy_town: Town) -> None:
    reviewer, now = actor_for_account(db.session(), busy_town.place.accounts[Role.REVIEWER]), busy_town.clock.now
    found: list[tuple[dt.datetime, str]] = []
    after = None
    while True:
        page, after = reviewing.queue(db.session(), reviewer, now=now, after=after)
        found += [(one.issue.due_at, one.issue.id) for one in page]
        if after is None:
            break
        assert len(page) == reviewing.SHOWN and after == found[-1]
    assert len(found) == HELD / 2 and found == sorted(set(found)), "the other half is the other district's"
    plan = plans_of(lambda: reviewing.queue(db.session(), reviewer, now=now))
    assert "ix_issues_held" in plan and "Sort" not in plan and "USE TEMP B-TREE" not in plan, plan


def test_the_test_would_see_it(busy_town: Town) -> None:
    session = db.session()
    explain = "explain query plan " if is_sqlite(session) else "explain "
    rows = session.connection().exec_driver_sql(explain + "select id from issues where kind = 'HELP'").all()
    session.rollback()
    assert walks_through_all("\n".join(row[-1] for row in rows))
