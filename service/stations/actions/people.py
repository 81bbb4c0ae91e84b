"""Who is stationed at a station, who is on duty, and which grids it looks after."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies import queries as deputies
from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.stations import queries
from service.stations.actions.lifecycle import locked_station
from service.stations.kinds import GONE, StationState
from service.stations.models import DutySlot, RosterEntry, StationGrid
from service.territory import queries as territory


def join_roster(session: Session, district_id: str, station_id: str, deputy_id: str, *, on: dt.date) -> RosterEntry:
    """The deputy is stationed here from ``on``; repeating it gives the entry back.

    :raises NotFound: when station or deputy are not the district's.
    :raises Conflict: when the station is merged or closed.
    """
    station = locked_station(session, district_id, station_id)
    if StationState(station.state) in GONE:
        raise Conflict("这个联络站已经合并或者撤销。", current=station.state)
    person = deputies.deputy(session, district_id, deputy_id)
    running = sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on)
    wanted = sa.select(RosterEntry).where(
        RosterEntry.station_id == station.id, RosterEntry.deputy_id == person.id, running
    )
    row = session.scalar(wanted.order_by(RosterEntry.from_on).limit(1))
    if row is None:
        row = RosterEntry(id=new_id(), station_id=station.id, deputy_id=person.id, from_on=on)
        session.add(row)
        session.flush()
    return row


def leave_roster(session: Session, district_id: str, station_id: str, deputy_id: str, *, on: dt.date) -> None:
    """``on`` is the deputy's last day here; duty after it is taken away too.

    :raises NotFound: when the station is not the district's, or the deputy is not stationed there.
    """
    station = locked_station(session, district_id, station_id)
    running = sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on > on)
    wanted = sa.select(RosterEntry).where(
        RosterEntry.station_id == station.id, RosterEntry.deputy_id == deputy_id, running
    )
    rows = session.scalars(wanted).all()
    if not rows:
        raise NotFound("这位代表不在这个联络站的驻站名单中。")
    for row in rows:
        row.to_on = max(on, row.from_on)
    later = sa.delete(DutySlot).where(
        DutySlot.station_id == station.id, DutySlot.deputy_id == deputy_id, DutySlot.on_date > on
    )
    session.execute(later)
    session.flush()


def put_on_duty(session: Session, district_id: str, station_id: str, deputy_id: str, *, on: dt.date) -> DutySlot:
    """The deputy is on duty that day; repeating it gives the slot back.

    :raises NotFound: when the station is not the district's.
    :raises Invalid: when the deputy is not on the station's roster that day, or away.
    """
    station = locked_station(session, district_id, station_id)
    if deputy_id not in queries.roster(session, station.id, on=on):
        raise Invalid("值班代表应在这个联络站的驻站名单中。", fields={"deputy_id": "请选择驻站代表。"})
    if deputy_id not in deputies.available(session, [deputy_id], on=on):
        raise Invalid("这位代表当天不在岗。", fields={"deputy_id": "请选择另一位代表或者另一天。"})
    same = sa.select(DutySlot).where(
        DutySlot.station_id == station.id, DutySlot.deputy_id == deputy_id, DutySlot.on_date == on
    )
    row = session.scalar(same)
    if row is None:
        row = DutySlot(id=new_id(), station_id=station.id, deputy_id=deputy_id, on_date=on)
        session.add(row)
        session.flush()
    return row


def take_off_duty(session: Session, district_id: str, station_id: str, deputy_id: str, *, on: dt.date) -> None:
    """The deputy is not on duty that day after all; repeating it is no fault.

    :raises NotFound: when the station is not the district's.
    """
    station = locked_station(session, district_id, station_id)
    same = sa.delete(DutySlot).where(
        DutySlot.station_id == station.id, DutySlot.deputy_id == deputy_id, DutySlot.on_date == on
    )
    session.execute(same)
    session.flush()


def cover_grid(session: Session, district_id: str, station_id: str, grid_id: str) -> None:
    """The station looks after the grid too (n–n, rulebook §6).

    :raises NotFound: when station or grid are not the district's.
    :raises Invalid: when the grid lies in another township.
    """
    station = locked_station(session, district_id, station_id)
    grid = territory.grid(session, district_id, grid_id)
    if territory.township_of(grid.division_code) != station.township_code:
        raise Invalid("网格不在这个联络站所在的镇街。", fields={"grid_id": "请选择本镇街的网格。"})
    if session.get(StationGrid, (station.id, grid.id)) is None:
        session.add(StationGrid(station_id=station.id, grid_id=grid.id))
        session.flush()
