"""Merge one station into another in one transaction. Rulebook §9.6, §11: rosters and grids move, codes keep working."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.stations.actions.lifecycle import locked_station
from service.stations.kinds import RECEIVING, STATION_MOVES, ReceptionState, StationState
from service.stations.models import DutySlot, ReceptionDay, RosterEntry, Station, StationGrid


def merge_station(session: Session, station_id: str, into_id: str, *, now: dt.datetime) -> Station:
    """``station_id`` stops receiving; its people, grids, duties, coming reception days and branches go to ``into_id``.

    Printed codes stay with the old station, whose ``superseded_by`` leads on. Issues are a higher room's: the caller
    moves them in the same transaction. Returns the station merged into.

    :raises NotFound: when one of them does not exist, or they are of two districts.
    :raises Invalid: when both are the same.
    :raises Conflict: when the first was merged or closed, or the second does not receive.
    """
    if station_id == into_id:
        raise Invalid("不能把联络站并入它自己。", fields={"into_id": "请选择另一个联络站。"})
    station, into = _both(session, station_id, into_id)
    if StationState.MERGED not in STATION_MOVES[StationState(station.state)]:
        raise Conflict("这个联络站已经合并、撤销或者尚未启用。", current=station.state)
    if StationState(into.state) not in RECEIVING:
        raise Conflict("接收的联络站目前不能接收。", current=into.state)
    today = local_date(now)
    _move_roster(session, station, into, today)
    _move_duty(session, station, into, today)
    _move_grids(session, station, into)
    _move_receptions(session, station, into, now)
    _move_branches(session, station, into)
    station.state, station.superseded_by = StationState.MERGED.value, into.id
    session.flush()
    return into


def _both(session: Session, station_id: str, into_id: str) -> tuple[Station, Station]:
    """Both rows, locked in one order, so that two merges the opposite way round cannot wait for each other."""
    districts = dict(
        session.execute(sa.select(Station.id, Station.district_id).where(Station.id.in_([station_id, into_id]))).all()
    )
    if len(districts) < 2 or len(set(districts.values())) > 1:
        raise NotFound("没有找到这个联络站。")
    rows = {row_id: locked_station(session, districts[row_id], row_id) for row_id in sorted(districts)}
    return rows[station_id], rows[into_id]


def _move_roster(session: Session, station: Station, into: Station, today: dt.date) -> None:
    """Who is on the roster today ends there yesterday and starts here today; both rows remain as history."""
    running = sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= today)
    wanted = sa.select(RosterEntry).where(RosterEntry.station_id.in_([station.id, into.id]), running)
    rows = session.scalars(wanted).all()
    already = {row.deputy_id for row in rows if row.station_id == into.id}
    for row in rows:
        if row.station_id == into.id:
            continue
        if row.deputy_id not in already:
            starts = max(row.from_on, today)
            moved = RosterEntry(
                id=new_id(), station_id=into.id, deputy_id=row.deputy_id, from_on=starts, to_on=row.to_on
            )
            session.add(moved)
        if row.from_on >= today:
            session.delete(row)
        else:
            row.to_on = today - dt.timedelta(days=1)
    session.flush()


def _move_duty(session: Session, station: Station, into: Station, today: dt.date) -> None:
    wanted = sa.select(DutySlot).where(DutySlot.station_id.in_([station.id, into.id]), DutySlot.on_date >= today)
    rows = session.scalars(wanted).all()
    taken = {(row.on_date, row.deputy_id) for row in rows if row.station_id == into.id}
    for row in rows:
        if row.station_id == into.id:
            continue
        if (row.on_date, row.deputy_id) in taken:
            session.delete(row)
        else:
            row.station_id = into.id
    session.flush()


def _move_grids(session: Session, station: Station, into: Station) -> None:
    wanted = sa.select(StationGrid).where(StationGrid.station_id.in_([station.id, into.id]))
    rows = session.scalars(wanted).all()
    covered = {row.grid_id for row in rows if row.station_id == into.id}
    for row in rows:
        if row.station_id == station.id:
            session.delete(row)
            if row.grid_id not in covered:
                session.add(StationGrid(station_id=into.id, grid_id=row.grid_id))
    session.flush()


def _move_receptions(session: Session, station: Station, into: Station, now: dt.datetime) -> None:
    """Coming days keep their place and their bookings; only who holds them changes."""
    coming = sa.update(ReceptionDay).where(
        ReceptionDay.station_id == station.id,
        ReceptionDay.ends_at > now,
        ReceptionDay.state.in_(
            [ReceptionState.PLANNED.value, ReceptionState.ANNOUNCED.value, ReceptionState.OPEN.value]
        ),
    )
    session.execute(coming.values(station_id=into.id, version=ReceptionDay.version + 1))


def _move_branches(session: Session, station: Station, into: Station) -> None:
    """Branches of the merged station hang on the other one; ``into`` itself, if it was one, moves up."""
    if into.parent_id == station.id:
        into.parent_id = station.parent_id
        session.flush()
    below = sa.update(Station).where(Station.parent_id == station.id, Station.id != into.id)
    session.execute(below.values(parent_id=into.id))
