"""Write the roster out in the shape it is read in. Phones of deputies leave only with a reason, which is kept."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from service.deputies.mandates import GridRole, Level
from service.deputies.models import CongressTerm, Deputy, GridAssignment, Mandate
from service.errors import Invalid
from service.roster.engagement_exports import engagement_sheets
from service.roster.models import PhoneExport
from service.roster.people import ENDED
from service.roster.shapes import DEPUTIES, GRID_DEPUTIES, GRIDS, HOSTS, KINDS, LEVELS, ROLES, STATIONS, THEMES, UNITS
from service.sheets.writing import Sheet, sheet_of
from service.stations import lookup
from service.stations.kinds import GONE, HostType, StationKind, StationTheme
from service.stations.models import RosterEntry, Station, StationGrid
from service.territory.models import Constituency, Division, Grid
from service.units.models import HandlingUnit

Row = list[str]
_NUMBER = sa.func.coalesce(Deputy.roster_number, Deputy.id)
_ORDER = (Mandate.township_code, Deputy.name, _NUMBER, Mandate.level, Mandate.valid_from)
DAY = dt.timedelta(days=1)
LEAST_REASON = 4
LONGEST_REASON = 200


def sheets(session: Session, district_id: str, *, on: dt.date, with_phones: bool = False) -> dict[str, Sheet]:
    """Every sheet by its canonical name, as things stand on that day; without phones that column is not there."""
    without = ("note",) if with_phones else ("note", "phone")
    return {
        STATIONS.name: sheet_of(STATIONS, _stations(session, district_id, on), without=("note",)),
        GRIDS.name: sheet_of(GRIDS, _grids(session, district_id, on), without=("note",)),
        DEPUTIES.name: sheet_of(DEPUTIES, _deputies(session, district_id, on, with_phones), without=without),
        GRID_DEPUTIES.name: sheet_of(GRID_DEPUTIES, _assignments(session, district_id, on), without=("note",)),
        UNITS.name: sheet_of(UNITS, _units(session, district_id), without=("note",)),
        **engagement_sheets(session, district_id, on=on),
    }


def in_office(session: Session, district_id: str, level: Level, town: str | None, *, on: dt.date) -> Sheet:
    """Who is in office in one congress that day (``town``: its name, of a town's), in the columns a new term's list has:
    without phones, and without 届次 and days, which are the new term's."""
    kept = [number for number, column in enumerate(DEPUTIES.columns[:-2]) if column.name not in _OF_THE_TERM]

    def rows() -> Iterator[Row]:
        for row in _deputies(session, district_id, on, with_phones=True):
            since, last = row[6], row[7]
            here = row[2] == LEVELS[level] and (town is None or row[3] == town)
            if here and since <= on.isoformat() and (not last or on.isoformat() <= last):
                yield [*(row[number] for number in kept), row[-1]]

    return sheet_of(DEPUTIES, rows(), without=(*_OF_THE_TERM, "note"))


_OF_THE_TERM = ("term", "from", "to", "phone")


def note_phone_export(
    session: Session, district_id: str, *, reason: str, operator: str, now: dt.datetime
) -> PhoneExport:
    """Remember who takes the deputies' phones out, and why.

    :raises Invalid: when the reason says nothing.
    """
    if not LEAST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(f"导出手机号请用 --reason 写明用途（{LEAST_REASON} 到 {LONGEST_REASON} 个字）。")
    count = sa.select(sa.func.count()).where(Deputy.district_id == district_id, Deputy.phone.is_not(None))
    row = PhoneExport(
        district_id=district_id,
        operator=operator[:80],
        reason=reason.strip(),
        people=session.scalar(count) or 0,
        exported_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _units(session: Session, district_id: str) -> Iterator[Row]:
    wanted = (
        sa.select(HandlingUnit, Division.name)
        .outerjoin(Division, Division.code == HandlingUnit.township_code)
        .where(HandlingUnit.district_id == district_id, HandlingUnit.closed_on.is_(None))
        .order_by(HandlingUnit.township_code, HandlingUnit.name)
    )
    for unit, township in session.execute(wanted):
        yield [unit.name, township or "", "是" if unit.is_government else "否", unit.phone or ""]


def _grids(session: Session, district_id: str, on: dt.date) -> Iterator[Row]:
    wanted = sa.select(Grid).where(Grid.district_id == district_id, _lasts(Grid.valid_to, on)).order_by(Grid.code)
    for grid in session.scalars(wanted):
        yield [grid.code, grid.name]


def _stations(session: Session, district_id: str, on: dt.date) -> Iterator[Row]:
    village, township, parent = aliased(Division), aliased(Division), aliased(Station)
    wanted = (
        sa.select(Station, township.name, village.code, parent.name)
        .join(township, township.code == Station.township_code)
        .outerjoin(village, village.code == Station.division_code)
        .outerjoin(parent, sa.and_(parent.id == Station.parent_id, parent.state.not_in(sorted(GONE))))
        .where(Station.district_id == district_id, Station.state.not_in(sorted(GONE)))
        .order_by(Station.township_code, Station.kind, Station.name)
    )
    grids = _grids_of_stations(session, district_id, on)
    for row, township_name, village_code, parent_name in session.execute(wanted):
        yield [
            township_name,
            row.name,
            KINDS[StationKind(row.kind)],
            THEMES[StationTheme(row.theme)],
            HOSTS[HostType(row.host_type)],
            village_code or "",
            parent_name or "",
            row.address or "",
            row.phone or "",
            row.hours or "",
            "、".join(grids[row.id]),
        ]


def _grids_of_stations(session: Session, district_id: str, on: dt.date) -> defaultdict[str, list[str]]:
    wanted = sa.select(StationGrid.station_id, Grid.code).join(Grid, Grid.id == StationGrid.grid_id)
    wanted = wanted.where(Grid.district_id == district_id, _lasts(Grid.valid_to, on)).order_by(Grid.code)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for station_id, code in session.execute(wanted):
        found[station_id].append(code)
    return found


def _deputies(session: Session, district_id: str, on: dt.date, with_phones: bool) -> Iterator[Row]:
    """One row per mandate that was not ended. The id stands in for a missing 编号, so that nobody is mistaken."""
    wanted = (
        sa.select(Deputy, Mandate, Division.name, Constituency.name, CongressTerm.ordinal)
        .join(Mandate, Mandate.deputy_id == Deputy.id)
        .outerjoin(Division, Division.code == Mandate.township_code)
        .outerjoin(Constituency, Constituency.id == Mandate.constituency_id)
        .outerjoin(CongressTerm, CongressTerm.id == Mandate.term_id)
        .where(Deputy.district_id == district_id, Mandate.state.not_in(sorted(ENDED)))
        .order_by(*_ORDER)
    )
    stations = _stations_of_deputies(session, district_id, on)
    for person, mandate, township, unit, ordinal in session.execute(wanted):
        row = [
            person.roster_number or person.id,
            person.name,
            LEVELS[Level(mandate.level)],
            township or "",
            unit or "",
            str(ordinal or ""),
            mandate.valid_from.isoformat(),
            _last(mandate.valid_to),
            person.employer or "",
            person.introduction or "",
        ]
        yield [*row, *([person.phone or ""] if with_phones else []), "、".join(stations[person.id])]


def _stations_of_deputies(session: Session, district_id: str, on: dt.date) -> defaultdict[str, list[str]]:
    titles = lookup.titles(lookup.by_name(session, district_id))
    wanted = (
        sa.select(RosterEntry.deputy_id, Station.id)
        .join(Station, Station.id == RosterEntry.station_id)
        .where(Station.district_id == district_id, Station.state.not_in(sorted(GONE)))
        .where(sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on))
        .order_by(Station.name, Station.id)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for deputy_id, station_id in session.execute(wanted):
        if titles[station_id] not in found[deputy_id]:
            found[deputy_id].append(titles[station_id])
    return found


def _assignments(session: Session, district_id: str, on: dt.date) -> Iterator[Row]:
    wanted = (
        sa.select(Grid.code, Deputy, GridAssignment)
        .join(Grid, Grid.id == GridAssignment.grid_id)
        .join(Deputy, Deputy.id == GridAssignment.deputy_id)
        .where(GridAssignment.district_id == district_id, _lasts(GridAssignment.valid_to, on))
        .where(_lasts(Grid.valid_to, on))
        .order_by(Grid.code, GridAssignment.role.desc(), GridAssignment.valid_from, _NUMBER)
    )
    for code, person, row in session.execute(wanted):
        number, role = person.roster_number or person.id, ROLES[GridRole(row.role)]
        yield [code, person.name, number, role, row.valid_from.isoformat(), _last(row.valid_to)]


def _lasts(valid_to: sa.orm.InstrumentedAttribute[dt.date | None], on: dt.date) -> sa.ColumnElement[bool]:
    return sa.or_(valid_to.is_(None), valid_to > on)


def _last(valid_to: dt.date | None) -> str:
    """Stored is the first day after it; people write the last."""
    return (valid_to - DAY).isoformat() if valid_to else ""
