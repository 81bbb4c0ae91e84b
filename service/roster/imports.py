"""Bring a district's roster (名册) in: units, grids, stations, deputies, who answers for which grid, and their days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.roster.assignments import AssignmentSheet
from service.roster.deputies import DeputySheet
from service.roster.engagements import EngagementSheets
from service.roster.grids import take_grids
from service.roster.shapes import SHEETS
from service.roster.stations import take_stations
from service.roster.underway import Underway
from service.roster.units import take_units
from service.sheets.report import Progress, Report, unheard
from service.sheets.table import Table
from service.territory import queries as territory


def by_sheet(tables: Mapping[str, Table]) -> tuple[dict[str, Table], list[str]]:
    """Canonical sheet name → table, from a workbook's titles (Chinese or English), and the titles nobody knows."""
    names = {title: shape.name for shape in SHEETS for title in (shape.name, shape.title)}
    known = {names[title]: table for title, table in tables.items() if title in names}
    return known, [title for title in tables if title not in names]


def import_roster(
    session: Session,
    district_id: str,
    tables: Mapping[str, Table],
    *,
    now: dt.datetime,
    dry_run: bool = False,
    progress: Progress = unheard,
) -> Report:
    """Bring the roster in line with the sheets given; what they do not mention stays.

    Rows are known by: a unit by township and name, a grid by its code, a station by township and name, a deputy by
    编号, else by name with phone or township, a mandate by its level and days, an assignment by grid, deputy and role,
    a group by its name, leave by deputy and days, duty by station, day and deputy, a reception by station and hour.
    Everything is done inside a savepoint: with bad rows, or on a dry run, it is taken back.

    :raises NotFound: when no such district is served here.
    """
    district = territory.lock_district(session, district_id)
    way = Underway(session, district, local_date(now), now, tables, Report(), progress)
    point = session.begin_nested()
    try:
        with session.no_autoflush:
            way.load_places()
            _take_all(way)
    except BaseException:
        point.rollback()
        raise
    way.report.sort()
    if not way.report.problems and not any(table.rows for table in tables.values()):
        way.report.notices.append("文件里没有数据")
    way.report.applied = not way.report.problems and not dry_run
    if way.report.applied:
        point.commit()
    else:
        point.rollback()
    return way.report


def _take_all(way: Underway) -> None:
    take_units(way)
    grids = take_grids(way)
    stations = take_stations(way, grids)
    people = DeputySheet(way, stations).take()
    AssignmentSheet(way, grids, people).take()
    EngagementSheets(way, stations, people).take()
