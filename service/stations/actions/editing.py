"""Correct what is known of a station, and give it another place in the tree. States are in ``lifecycle``."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.stations.actions.lifecycle import (
    check_name_is_free,
    check_parent,
    check_place,
    check_seen,
    clean_name,
    locked_station,
)
from service.stations.kinds import GONE, HostType, StationKind, StationState, StationTheme
from service.stations.models import Station, StationGrid
from service.territory import queries as territory
from service.territory.models import Grid


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What a resident may read about a station, and what it is for; None empties an optional one."""

    name: str
    theme: StationTheme
    host_type: HostType
    division_code: str | None = None
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    notice: str | None = None


def edit_station(session: Session, district_id: str, station_id: str, facts: StationFacts, *, as_seen: str) -> Station:
    """Correct name, place and hours of a station; printed codes and everything in it stay.

    :raises NotFound: when the district has no such station, or no such village.
    :raises Conflict: when it changed since ``as_seen``, is gone, or another one of the township has the name.
    :raises Invalid: without a name, or for a village of another township.
    """
    row = _as_seen(session, district_id, station_id, as_seen)
    name = clean_name(facts.name)
    check_place(session, district_id, row.township_code, facts.division_code)
    if name != row.name:
        check_name_is_free(session, district_id, row.township_code, name)
    row.name, row.theme, row.host_type = name, facts.theme.value, facts.host_type.value
    row.division_code, row.address = facts.division_code, facts.address
    row.phone, row.hours, row.notice = facts.phone, facts.hours, facts.notice
    session.flush()
    return row


def _as_seen(session: Session, district_id: str, station_id: str, as_seen: str) -> Station:
    row = locked_station(session, district_id, station_id)
    if StationState(row.state) in GONE:
        raise Conflict("这个联络站已经合并或者撤销，不能再改。", current=row.state)
    check_seen(row, as_seen)
    return row


def place_station(
    session: Session,
    district_id: str,
    station_id: str,
    *,
    township_code: str,
    parent_id: str | None,
    division_code: str | None = None,
    as_seen: str,
) -> Station:
    """Hang the station under another home, or into another township; grids of the old township are given up then.

    Open issues are a higher room's: the caller moves them in the same transaction.

    :raises NotFound: when township, parent or village are not the district's.
    :raises Conflict: when it changed since ``as_seen``, is gone, still has branches, or its name is taken there.
    :raises Invalid: when parent or village do not fit.
    """
    row = _as_seen(session, district_id, station_id, as_seen)
    if parent_id == row.id:
        raise Invalid("上级家站不能是它自己。", fields={"parent_id": "请选择另一个家站。"})
    check_place(session, district_id, township_code, division_code)
    check_parent(session, district_id, township_code, StationKind(row.kind), parent_id)
    if township_code != row.township_code:
        if branches(session, row.id):
            raise Conflict("它下面还有站点。请先把下级站点调整到别的家站，再换镇街。", current=row.state)
        check_name_is_free(session, district_id, township_code, row.name)
        _give_up_grids(session, row.id, township_code)
        row.division_code = None
    row.township_code, row.parent_id = township_code, parent_id
    row.division_code = division_code or row.division_code
    session.flush()
    return row


def branches(session: Session, station_id: str) -> int:
    """How many stations that still exist hang under it."""
    gone = [state.value for state in GONE]
    wanted = sa.select(sa.func.count()).where(Station.parent_id == station_id, Station.state.not_in(gone))
    return session.scalar(wanted) or 0


def grids_outside(session: Session, station_id: str, township_code: str) -> list[Grid]:
    """Grids the station looks after that do not lie in that township, by code."""
    wanted = (
        sa.select(Grid).join(StationGrid, StationGrid.grid_id == Grid.id).where(StationGrid.station_id == station_id)
    )
    rows = session.scalars(wanted.order_by(Grid.code))
    return [grid for grid in rows if territory.township_of(grid.division_code) != township_code]


def _give_up_grids(session: Session, station_id: str, township_code: str) -> None:
    ids = [grid.id for grid in grids_outside(session, station_id, township_code)]
    if ids:
        session.execute(
            sa.delete(StationGrid).where(StationGrid.station_id == station_id, StationGrid.grid_id.in_(ids))
        )
