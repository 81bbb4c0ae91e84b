"""What a printed code leads to, and that a wrong one gives nothing away (contract, rulebook §11)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.ids import check_digit, grouped
from service.stations import queries, scan
from service.stations.actions import (
    issue_code,
    merge_station,
    revoke_code,
)
from service.stations.kinds import CodeTarget, StationState
from service.stations.scan import resolve
from service.territory.models import Grid
from tests.world import World

DAY = dt.timedelta(days=1)


def test_a_code_is_read_as_printed_and_as_typed(session: Session, world: World, today: dt.date) -> None:
    code = world.a.scan_code
    for typed in (code, code.lower(), f" {grouped(code)} ", code.replace("0", "O").replace("1", "l")):
        target = resolve(session, typed, today=today)
        assert (target.code, target.station.id, target.notice) == (code, world.a.station, None)
        assert (target.target_type, target.grid_id, target.deputy_id) == (CodeTarget.STATION, None, None)
        assert target.district_id == world.a.district_id


def test_a_code_bound_to_a_grid_names_it_until_it_is_redrawn(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    assert resolve(session, place.grid_code, today=today).grid_id == place.grid
    session.get_one(Grid, place.grid).valid_to = today
    session.flush()
    target = resolve(session, place.grid_code, today=today)
    assert (target.grid_id, target.station.id) == (None, place.station)


def test_unknown_revoked_and_forged_codes_look_the_same(
    session: Session, world: World, now: dt.datetime, today: dt.date
) -> None:
    place = world.a
    revoke_code(session, place.district_id, place.other_scan_code, now=now)
    unknown = "ZZZZZZZZZ" + check_digit("ZZZZZZZZZ")
    wrong_digit = place.scan_code[:-1] + ("0" if place.scan_code[-1] != "0" else "1")
    sentences = set()
    for code in (unknown, place.other_scan_code, wrong_digit, "", "用户", "A" * 500, "\0"):
        with pytest.raises(NotFound) as caught:
            resolve(session, code, today=today)
        sentences.add((caught.value.detail, caught.value.code))
    assert sentences == {(scan.UNKNOWN_CODE, "unknown_code")}
    with pytest.raises(Conflict):
        revoke_code(session, place.district_id, place.other_scan_code, now=now)
    with pytest.raises(NotFound):
        revoke_code(session, place.district_id, world.b.scan_code, now=now)


def test_a_new_code_names_only_what_belongs_to_the_station(
    session: Session, world: World, now: dt.datetime, today: dt.date
) -> None:
    place = world.a

    def issue(target: CodeTarget, **bound: str) -> str:
        row = issue_code(
            session,
            district_id=place.district_id,
            station_id=place.station,
            target_type=target,
            now=now,
            **bound,
        )
        return row.code

    deputy_code = issue(CodeTarget.DEPUTY, deputy_id=place.primary)
    assert resolve(session, deputy_code, today=today).deputy_id == place.primary
    assert resolve(session, issue(CodeTarget.GRID, grid_id=place.grid), today=today).grid_id == place.grid
    for target, bound in (
        (CodeTarget.GRID, {}),
        (CodeTarget.DEPUTY, {}),
        (CodeTarget.GRID, {"grid_id": place.other_grid}),
        (CodeTarget.DEPUTY, {"deputy_id": place.other_primary}),
    ):
        with pytest.raises(Invalid):
            issue(target, **bound)
    merge_station(session, place.station, place.other_station, now=now)
    with pytest.raises(Conflict):
        issue(CodeTarget.STATION)


def test_a_circle_in_old_data_does_not_hang_a_scan(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    for station_id, successor in ((place.station, place.other_station), (place.other_station, place.station)):
        row = queries.station(session, None, station_id)
        row.state, row.superseded_by = StationState.MERGED.value, successor
    session.flush()
    assert resolve(session, place.scan_code, today=today).notice


def test_codes_follow_a_chain_of_mergers(session: Session, world: World, now: dt.datetime, today: dt.date) -> None:
    place = world.a
    merge_station(session, place.station, place.other_station, now=now)
    merge_station(session, place.other_station, place.home, now=now)
    assert resolve(session, place.scan_code, today=today).station.id == place.home
