"""What a district decides: defaults underneath, values with a beginning, categories, holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.defaults import CATEGORIES, DECLINE_REASONS, EMERGENCY_PHONES, PARAMETERS
from service.errors import Conflict, Invalid, NotFound
from service.parameters import queries
from service.parameters.actions import install_defaults, publish_holidays, set_parameter
from tests.world import World

KEY = "deadlines.accept_wd"


def test_a_new_value_holds_from_its_moment_on_and_only_in_its_district(
    session: Session, world: World, now: dt.datetime
) -> None:
    tomorrow = now + dt.timedelta(days=1)
    set_parameter(session, world.a.district_id, KEY, 4, valid_from=tomorrow, now=now, policy_ref="雁常办〔2026〕1号")
    set_parameter(session, world.a.district_id, KEY, 3, valid_from=now, now=now)
    assert queries.load(session, world.a.district_id, at=now - dt.timedelta(seconds=1))[KEY] == 2
    assert queries.load(session, world.a.district_id, at=now)[KEY] == 3
    assert queries.load(session, world.a.district_id, at=tomorrow)[KEY] == 4
    assert queries.load(session, world.b.district_id, at=tomorrow) == PARAMETERS


def test_loading_takes_one_statement(
    session: Session,
    world: World,
    now: dt.datetime,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    for key in ("rounds.max", "uploads.max", KEY):
        set_parameter(session, world.a.district_id, key, 3, valid_from=now, now=now)
    with statements() as sent:
        queries.load(session, world.a.district_id, at=now)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("no.such.key", 1),
        (KEY, -1),
        (KEY, True),
        (KEY, "2"),
        (KEY, 10**9),
        ("deadlines.handling_wd", {"CONSULT": 2}),
        ("silence.remind_wd", ["1"]),
        ("emergency.words", [1]),
        ("emergency.words", [""]),
    ],
)
def test_a_value_of_another_shape_is_refused(
    session: Session, world: World, now: dt.datetime, key: str, value: Any
) -> None:
    with pytest.raises(Invalid):
        set_parameter(session, world.a.district_id, key, value, valid_from=now, now=now)


def test_the_past_cannot_be_decided_and_a_moment_only_once(session: Session, world: World, now: dt.datetime) -> None:
    with pytest.raises(Invalid):
        set_parameter(session, world.a.district_id, KEY, 3, valid_from=now - dt.timedelta(hours=1), now=now)
    set_parameter(session, world.a.district_id, KEY, 3, valid_from=now, now=now)
    with pytest.raises(Conflict):
        set_parameter(session, world.a.district_id, KEY, 4, valid_from=now, now=now)


def test_the_starter_categories_are_installed_once(session: Session, world: World) -> None:
    assert install_defaults(session, world.a.district_id) == []
    assert [row.title for row in queries.categories(session, world.a.district_id)] == [c.title for c in CATEGORIES]


def test_a_category_is_found_by_id_or_title_within_its_district(
    session: Session, world: World, now: dt.datetime
) -> None:
    found = queries.category_id(session, world.a.district_id, "道路交通", at=now)
    assert queries.category_id(session, world.a.district_id, f" {found} ", at=now) == found
    assert found == world.a.categories["道路交通"]
    with pytest.raises(NotFound):
        queries.category_id(session, world.a.district_id, world.b.categories["道路交通"], at=now)
    with pytest.raises(Invalid):
        queries.category_id(session, world.a.district_id, " ", at=now)
    ends = now + dt.timedelta(days=3)
    set_parameter(session, world.a.district_id, f"category.use.{found}", "off", valid_from=ends, now=now)
    assert queries.category_id(session, world.a.district_id, found, at=now) == found
    with pytest.raises(Invalid):
        queries.category_id(session, world.a.district_id, found, at=ends)


def test_a_published_year_replaces_the_one_before(session: Session, now: dt.datetime) -> None:
    new_year, eve = dt.date(2031, 1, 1), dt.date(2031, 1, 4)
    publish_holidays(session, 2031, {new_year: False}, source="国办发明电〔2030〕1号", now=now)
    publish_holidays(session, 2031, {eve: True}, source="国办发明电〔2030〕2号", now=now)
    calendar = queries.work_calendar(session)
    assert calendar.is_workday(new_year)
    assert calendar.is_workday(eve)
    assert not calendar.is_provisional(eve)
    with pytest.raises(Invalid):
        publish_holidays(session, 2031, {dt.date(2032, 1, 1): False}, source="x", now=now)
    with pytest.raises(Invalid):
        publish_holidays(session, 2031, {}, source="x", now=now)


def test_the_defaults_hold_what_the_rulebook_lists() -> None:
    assert len(CATEGORIES) == len({category.title for category in CATEGORIES}) == 23
    assert all(category.keywords for category in CATEGORIES)
    assert {code for code, reason in DECLINE_REASONS.items() if reason.needs_cosign} == {
        "UNLAWFUL",
        "PRIVATE",
        "DUPLICATE",
    }
    assert len(DECLINE_REASONS) == 11
    assert "12388" in DECLINE_REASONS["DISCIPLINE"].channel
    assert [number for number, _ in EMERGENCY_PHONES] == ["110", "119", "120", "122"]
