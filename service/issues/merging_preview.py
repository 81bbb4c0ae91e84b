"""What merging a station would move, counted beforehand; the same mark says at the end whether it is still so."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import GrantRow
from service.calendar.workdays import local_date
from service.errors import Conflict
from service.issues.models import Issue
from service.issues.relocation import NOT_SECRET, OPEN, merge_stations
from service.marks import mark_of
from service.stations import queries
from service.stations.actions.lifecycle import locked_station
from service.stations.keeping import STAFF
from service.stations.kinds import GONE, StationState
from service.stations.models import (
    DutySlot,
    ReceptionBooking,
    ReceptionDay,
    RosterEntry,
    ScanCode,
    Station,
    StationGrid,
)
from service.stations.receptions import COMING


@dataclass(frozen=True, slots=True)
class Moves:
    """How many of each go along; ``deputies_both`` are stationed at both already and count once there."""

    open_issues: int
    deputies: int
    deputies_both: int
    duties: int
    grids: int
    receptions: int
    bookings: int
    codes: int
    staff: int
    branches: int


@dataclass(frozen=True, slots=True)
class Preview:
    """``told``: what residents who scan an old poster will read. ``mark``: of all of it, for the form."""

    moves: Moves
    closed_issues: int
    told: str
    mark: str


def preview(session: Session, station: Station, into: Station, *, now: dt.datetime) -> Preview:
    """One statement for all numbers. Nothing is changed, and nothing is checked that merging itself checks."""
    row = session.execute(sa.select(*_counts(station.id, into.id, local_date(now), now))).one()
    moves = Moves(*(int(value or 0) for value in row[:-1]))
    told = queries.moved_sentence(station, into, StationState.MERGED)
    facts = [asdict(moves), told, station.id, into.id, station.state, into.state]
    mark = mark_of(facts)
    return Preview(moves, int(row[-1]), told, mark)


def merge_as_seen(session: Session, station: Station, into: Station, *, mark: str, now: dt.datetime) -> Station:
    """:func:`service.issues.relocation.merge_stations`, if what would move is still what the person was shown.

    :raises Conflict: when it is not: somebody has changed one of the two meanwhile.
    """
    for station_id in sorted((station.id, into.id)):  # whoever changes one of them from now on waits
        locked_station(session, station.district_id, station_id)
    if preview(session, station, into, now=now).mark != mark:
        raise Conflict("这期间情况有了变化，请再看一遍会移交什么，然后重新确认。")
    return merge_stations(session, station.id, into.id, now=now)


def _counts(station_id: str, into_id: str, today: dt.date, now: dt.datetime) -> list[sa.Label[int]]:
    there = sa.and_(*_stationed(into_id, today))
    both = sa.select(RosterEntry.deputy_id).where(there).scalar_subquery()
    coming = (
        ReceptionDay.station_id == station_id,
        ReceptionDay.ends_at > now,
        ReceptionDay.state.in_([state.value for state in COMING]),
    )
    deputies = sa.select(sa.func.count(sa.distinct(RosterEntry.deputy_id))).where(*_stationed(station_id, today))
    booked = _count(ReceptionBooking).join(ReceptionDay, ReceptionDay.id == ReceptionBooking.reception_id)
    grants = GrantRow.station_id == station_id, GrantRow.role.in_(STAFF), GrantRow.revoked_at.is_(None)
    gone = [state.value for state in GONE]
    found = {
        "open_issues": _count(Issue).where(Issue.station_id == station_id, Issue.state.in_(OPEN), NOT_SECRET),
        "deputies": deputies,
        "deputies_both": deputies.where(RosterEntry.deputy_id.in_(both)),
        "duties": _count(DutySlot).where(DutySlot.station_id == station_id, DutySlot.on_date >= today),
        "grids": _count(StationGrid).where(StationGrid.station_id == station_id),
        "receptions": _count(ReceptionDay).where(*coming),
        "bookings": booked.where(*coming, ReceptionBooking.cancelled_at.is_(None)),
        "codes": _count(ScanCode).where(ScanCode.station_id == station_id, ScanCode.revoked_at.is_(None)),
        "staff": _count(GrantRow).where(*grants),
        "branches": _count(Station).where(Station.parent_id == station_id, Station.state.not_in(gone)),
        "closed_issues": _count(Issue).where(Issue.station_id == station_id, Issue.state.not_in(OPEN), NOT_SECRET),
    }
    return [statement.scalar_subquery().label(name) for name, statement in found.items()]


def _count(table: type) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(table)


def _stationed(station_id: str, today: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    running = sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= today)
    return RosterEntry.station_id == station_id, running
