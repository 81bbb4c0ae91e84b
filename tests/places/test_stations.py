"""Stations: who is there, where they went, and what a printed code leads to (rulebook §9.6, §11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.stations import queries
from service.stations.actions import (
    cover_grid,
    create_station,
    join_roster,
    leave_roster,
    merge_station,
    move_station,
    put_on_duty,
)
from service.stations.kinds import StationKind, StationState
from service.stations.models import DutySlot, RosterEntry, Station
from service.stations.scan import resolve
from tests.world import World, put_on_leave

DAY = dt.timedelta(days=1)
STATIONED = ("primary", "backup", "duty_deputy", "group_member", "spare")


def ids(world: World, names: tuple[str, ...]) -> set[str]:
    return {getattr(world.a, name) for name in names}


def test_roster_and_duty_are_those_of_the_day_and_the_station(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    assert set(queries.roster(session, place.station, on=today)) == ids(world, STATIONED)
    assert queries.roster(session, place.station, on=dt.date(2021, 1, 1)) == []
    assert queries.on_duty(session, place.station, on=today) == [place.duty_deputy]
    assert queries.on_duty(session, place.station, on=today - DAY * 300) == []
    grids = queries.grids_of_station(session, place.station, on=today)
    assert [grid.id for grid in grids] == [place.grid, place.bare_grid]
    assert [row.id for row in queries.stations_of_deputy(session, place.primary, on=today)] == [place.station]


def test_the_list_of_stations_pages_without_gaps_or_repeats(session: Session, world: World) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = queries.stations_page(session, cursor=cursor, limit=2)
        seen += [station.id for station in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    everything = [
        place_id for place in (world.a, world.b) for place_id in (place.home, place.station, place.other_station)
    ]
    assert sorted(seen) == sorted(everything)


def test_the_list_of_stations_stays_where_it_was_asked_for(session: Session, world: World) -> None:
    place = world.a
    own = queries.stations_page(session, district_id=place.district_id)
    assert {row.id for row in own.items} == {place.home, place.station, place.other_station}
    assert own.next_cursor is None
    town = queries.stations_page(session, district_id=place.district_id, township_code=place.township)
    assert [row.id for row in town.items] == [place.home, place.station]
    named = queries.stations_page(session, district_id=place.district_id, q="和平")
    assert [row.id for row in named.items] == [place.other_station]
    assert queries.stations_page(session, q="_").items == ()


@pytest.mark.parametrize(
    "cursor", ["x", "%%%", "bnVsbA", "WzEsMiwzLDRd", "WyJhIl0", "é", "WyJhXHUwMDAwIiwiYiIsImMiLCJkIl0"]
)
def test_a_cursor_somebody_made_up_is_refused_politely(session: Session, world: World, cursor: str) -> None:
    with pytest.raises(Invalid):
        queries.stations_page(session, cursor=cursor)


def test_a_station_of_the_other_district_is_not_found(session: Session, world: World) -> None:
    assert queries.station(session, None, world.b.station).district_id == world.b.district_id
    with pytest.raises(NotFound):
        queries.station(session, world.a.district_id, world.b.station)


def test_a_merged_stations_code_keeps_working_and_says_so(
    session: Session, world: World, now: dt.datetime, today: dt.date
) -> None:
    place = world.a
    merge_station(session, place.station, place.other_station, now=now)
    target = resolve(session, place.scan_code, today=today)
    assert target.station.id == place.other_station
    assert target.notice
    assert "已并入" in target.notice
    assert "幸福村" in target.notice
    assert "和平社区" in target.notice
    assert place.station not in {row.id for row in queries.stations_page(session).items}


def test_a_merger_moves_people_grids_and_duty(session: Session, world: World, now: dt.datetime, today: dt.date) -> None:
    place = world.a
    join_roster(session, place.district_id, place.other_station, place.primary, on=today - DAY)
    merge_station(session, place.station, place.other_station, now=now)
    assert queries.roster(session, place.station, on=today) == []
    assert set(queries.roster(session, place.station, on=today - DAY)) == ids(world, STATIONED)
    moved = queries.roster(session, place.other_station, on=today)
    assert set(moved) == ids(world, (*STATIONED, "other_primary", "other_backup"))
    running = sa.select(RosterEntry).where(RosterEntry.station_id == place.other_station, RosterEntry.to_on.is_(None))
    assert len(session.scalars(running).all()) == 7
    assert set(queries.on_duty(session, place.other_station, on=today)) == {
        place.duty_deputy,
        place.other_primary,
    }
    assert queries.on_duty(session, place.station, on=today - DAY) == [place.duty_deputy]
    grids = {grid.id for grid in queries.grids_of_station(session, place.other_station, on=today)}
    assert grids == {place.grid, place.bare_grid, place.other_grid}
    assert queries.grids_of_station(session, place.station, on=today) == []
    assert len(queries.roster(session, world.b.station, on=today)) == 5


def test_merging_a_home_into_its_branch_keeps_the_tree(session: Session, world: World, now: dt.datetime) -> None:
    place = world.a
    merge_station(session, place.home, place.station, now=now)
    session.expire_all()
    assert queries.station(session, None, place.station).parent_id is None


@pytest.mark.parametrize("case", ["itself", "other district", "unknown"])
def test_a_merger_needs_two_stations_of_one_district(
    session: Session, world: World, now: dt.datetime, case: str
) -> None:
    into = {"itself": world.a.station, "other district": world.b.station, "unknown": "nowhere"}[case]
    with pytest.raises(Invalid if case == "itself" else NotFound):
        merge_station(session, world.a.station, into, now=now)


def test_nothing_merges_twice_or_into_something_gone(session: Session, world: World, now: dt.datetime) -> None:
    place = world.a
    merge_station(session, place.station, place.other_station, now=now)
    with pytest.raises(Conflict):
        merge_station(session, place.station, place.home, now=now)
    with pytest.raises(Conflict):
        merge_station(session, place.home, place.station, now=now)


def test_paused_relocated_and_closed_stations_tell_the_visitor(
    session: Session, world: World, today: dt.date, now: dt.datetime
) -> None:
    place = world.a

    def move(state: StationState, **changes: Any) -> tuple[str, str]:
        move_station(session, place.district_id, place.station, state, now=now, **changes)
        target = resolve(session, place.scan_code, today=today)
        return target.station.id, target.notice or ""

    with pytest.raises(Invalid):
        move(StationState.PAUSED, paused_until=today + dt.timedelta(days=61))  # rulebook §9.6: at most 60 days
    reached, notice = move(StationState.PAUSED, paused_until=dt.date(2026, 3, 9))
    assert (reached, notice) == (place.station, "“雁江区幸福村联络站”暂停现场接待（到3月9日），网上反映照常受理。")
    assert move(StationState.ACTIVE, notice="国庆期间照常接待。") == (place.station, "国庆期间照常接待。")
    with pytest.raises(Invalid):
        move(StationState.RELOCATED)
    assert "新街2号" in move(StationState.RELOCATED, address="新街2号")[1]
    reached, notice = move(StationState.CLOSED)
    assert reached == place.home
    assert "已撤销" in notice
    with pytest.raises(Conflict):
        move(StationState.ACTIVE)


def test_a_closed_station_may_name_its_successor(
    session: Session, world: World, today: dt.date, now: dt.datetime
) -> None:
    place, closed = world.a, StationState.CLOSED
    move_station(session, place.district_id, place.station, closed, superseded_by=place.other_station, now=now)
    assert resolve(session, place.scan_code, today=today).station.id == place.other_station


def test_a_new_station_hangs_in_the_tree_of_its_township(session: Session, world: World) -> None:
    place = world.a

    def create(name: str, kind: StationKind, **changes: str | None) -> Station:
        values = {"township_code": place.township, "division_code": place.village} | changes
        return create_station(session, district_id=place.district_id, name=name, kind=kind, **values)  # type: ignore[arg-type]

    point = create("果园联系点", StationKind.POINT, parent_id=place.station)
    assert point.state == StationState.ACTIVE
    with pytest.raises(Conflict):
        create("果园联系点", StationKind.POINT, parent_id=place.station)
    for changes in (
        {"parent_id": place.other_station},
        {"parent_id": point.id},
        {"division_code": place.other_village},
        {"township_code": place.village},
    ):
        with pytest.raises(Invalid):
            create("别的站", StationKind.POINT, **changes)
    with pytest.raises(NotFound):
        create("别的站", StationKind.POINT, parent_id=world.b.station)


def test_leaving_a_roster_ends_duty_too(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    leave_roster(session, place.district_id, place.station, place.duty_deputy, on=today)
    assert place.duty_deputy in queries.roster(session, place.station, on=today)
    assert place.duty_deputy not in queries.roster(session, place.station, on=today + DAY)
    later = sa.select(DutySlot).where(DutySlot.station_id == place.station, DutySlot.on_date > today)
    assert session.scalars(later).all() == []
    assert queries.on_duty(session, place.other_station, on=today + DAY) == [place.other_primary]
    with pytest.raises(NotFound):
        leave_roster(session, place.district_id, place.station, place.duty_deputy, on=today)


def test_only_stationed_and_available_deputies_go_on_duty(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    first = put_on_duty(session, place.district_id, place.station, place.spare, on=today)
    assert put_on_duty(session, place.district_id, place.station, place.spare, on=today) is first
    assert set(queries.on_duty(session, place.station, on=today)) == {place.duty_deputy, place.spare}
    put_on_leave(session, place, place.backup, on=today)
    for wrong in (place.backup, place.other_primary):
        with pytest.raises(Invalid):
            put_on_duty(session, place.district_id, place.station, wrong, on=today)


def test_a_station_looks_after_grids_of_its_own_township(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    cover_grid(session, place.district_id, place.home, place.grid)
    cover_grid(session, place.district_id, place.home, place.grid)
    assert [grid.id for grid in queries.grids_of_station(session, place.home, on=today)] == [place.grid]
    with pytest.raises(Invalid):
        cover_grid(session, place.district_id, place.home, place.other_grid)
    with pytest.raises(NotFound):
        cover_grid(session, place.district_id, place.home, world.b.grid)
