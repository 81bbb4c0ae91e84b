"""Deputies whose term is over leave their stations: rosters, rotas, reception days; what of it a person must settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.stations.models import DutySlot, ReceptionDay, RosterEntry, ScanCode, Station
from service.stations.receptions import COMING

_COMING = [state.value for state in COMING]


def losing(session: Session, deputy_ids: Collection[str], *, last_on: dt.date) -> list[tuple[str, int, int]]:
    """Stations at which some of them are stationed on their last day: (name, how many leave, how many stay)."""
    running = sa.and_(RosterEntry.from_on <= last_on, sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= last_on))
    people = sa.func.count(sa.distinct(RosterEntry.deputy_id))
    gone = sa.func.count(sa.distinct(sa.case((RosterEntry.deputy_id.in_(deputy_ids), RosterEntry.deputy_id))))
    wanted = sa.select(Station.name, gone, people).join(Station, Station.id == RosterEntry.station_id).where(running)
    rows = session.execute(
        wanted.group_by(Station.id, Station.name).having(gone > 0).order_by(Station.name, Station.id)
    )
    return [(name, leave, everybody - leave) for name, leave, everybody in rows]


def end_stationing(session: Session, deputy_ids: Collection[str], *, last_on: dt.date) -> int:
    """``last_on`` is their last day on every roster; duty after it is taken away: how many slots."""
    entries = sa.update(RosterEntry).where(
        RosterEntry.deputy_id.in_(deputy_ids), sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on > last_on)
    )
    begun = RosterEntry.from_on
    session.execute(entries.values(to_on=sa.case((begun > last_on, begun), else_=last_on)))
    later = sa.and_(DutySlot.deputy_id.in_(deputy_ids), DutySlot.on_date > last_on)
    number = session.scalar(sa.select(sa.func.count()).select_from(DutySlot).where(later))
    session.execute(sa.delete(DutySlot).where(later))
    return number or 0


def receptions_of(
    session: Session, district_id: str, deputy_ids: Collection[str], *, since: dt.datetime
) -> Sequence[tuple[ReceptionDay, str]]:
    """Days still to be held from ``since`` on at which one of them receives, with the station's name."""
    wanted = (
        sa.select(ReceptionDay, Station.name)
        .join(Station, Station.id == ReceptionDay.station_id)
        .where(
            ReceptionDay.district_id == district_id, ReceptionDay.state.in_(_COMING), ReceptionDay.starts_at >= since
        )
    )
    gone = frozenset(deputy_ids)
    rows = session.execute(wanted.order_by(ReceptionDay.starts_at, ReceptionDay.id))
    return [(row, name) for row, name in rows if gone & set(row.deputy_ids)]


def receive_without(session: Session, district_id: str, deputy_ids: Collection[str], *, since: dt.datetime) -> int:
    """Take them off the days at which somebody else receives too: how many. Where nobody would be left, nothing changes."""
    gone, changed = frozenset(deputy_ids), 0
    for row, _ in receptions_of(session, district_id, gone, since=since):
        rest = [one for one in row.deputy_ids if one not in gone]
        if rest:
            row.deputy_ids, row.version, changed = rest, row.version + 1, changed + 1
    session.flush()
    return changed


def codes_of(session: Session, deputy_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """Printed codes that name one of them: (code, placement, station). They go on leading to the station."""
    wanted = sa.select(ScanCode.code, ScanCode.placement, Station.name).join(Station, Station.id == ScanCode.station_id)
    mine = wanted.where(ScanCode.deputy_id.in_(deputy_ids), ScanCode.revoked_at.is_(None))
    return [(code, placement or "", name) for code, placement, name in session.execute(mine.order_by(ScanCode.code))]
