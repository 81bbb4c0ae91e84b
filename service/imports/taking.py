"""The files of a run as tables, and the import itself: by the very functions the operators' commands call.

Loaded when there is something to import: these functions are heavy, and most processes never call them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import Invalid
from service.imports.models import ImportRun
from service.imports.parts import MOST_LINES, PARTS, Files
from service.imports.states import Kind
from service.parameters.actions import install_defaults
from service.register.imports import import_register
from service.register.shape import REGISTER
from service.roster.imports import by_sheet, import_roster
from service.sheets.reading import tables_in
from service.sheets.report import Progress, Report
from service.sheets.table import Table
from service.territory import queries as territory
from service.territory.actions import DistrictData
from service.territory.imports import TOWNSHIP_SHAPE, VILLAGE_SHAPE, import_division_tables


def tables_of(kind: Kind, files: Files) -> dict[str, Table]:
    """Sheet name → table.

    :raises Invalid: for what cannot be read, has none of the sheets wanted, or has too many lines.
    """
    found: dict[str, Table] = {}
    for part, (name, data) in files.items():
        found |= {part: _one(data, name, PARTS[kind][part])} if part else _workbook(kind, data, name)
    lines = lines_of(found)
    if lines > MOST_LINES:
        raise Invalid(f"一次最多导入 {MOST_LINES} 行，这里有 {lines} 行。请拆成几个文件，或者请运维人员用命令导入。")
    if kind is Kind.TERRITORY and set(found) != set(PARTS[kind]):
        raise Invalid("镇街和村社要一起导入：请给出两张表，或者一个含有“镇街”“村社”两张工作表的 .xlsx 文件。")
    return found


def lines_of(tables: Mapping[str, Table]) -> int:
    return sum(len(table.rows) for table in tables.values())


def _one(data: bytes, name: str, title: str) -> Table:
    """The sheet called ``title``, else the first that is not empty."""
    found = tables_in(data, name)
    filled = [table for table in found.values() if table.rows]
    return found.get(title) or (filled[0] if filled else Table(name, ()))


def _workbook(kind: Kind, data: bytes, name: str) -> dict[str, Table]:
    tables = tables_in(data, name, sheets=True)
    if kind is Kind.REGISTER:
        return {REGISTER.name: _one(data, name, REGISTER.title)}
    if kind in (Kind.ROSTER, Kind.TERM):
        sheets, _ = by_sheet(tables)
        known = {part: table for part, table in sheets.items() if part in PARTS[kind]}
    else:
        names = {title: part for part, own in PARTS[kind].items() for title in (part, own)}
        known = {names[title]: table for title, table in tables.items() if title in names}
    if not known:
        titles = "、".join(PARTS[kind].values())
        raise Invalid(f"{name} 里没有名为 {titles} 的工作表；CSV 文件请选择它是哪一张表。")
    return known


def take(
    session: Session, run: ImportRun, tables: Mapping[str, Table], *, apply: bool, now: dt.datetime, progress: Progress
) -> Report:
    """Check the tables, and with ``apply`` write them, whole or not at all. Repeating it adds nothing."""
    kind, district_id, dry_run = Kind(run.kind), run.district_id, not apply
    if kind is Kind.ROSTER:
        return import_roster(session, district_id, tables, now=now, dry_run=dry_run, progress=progress)
    if kind is Kind.REGISTER:
        return import_register(
            session,
            district_id,
            tables[REGISTER.name],
            now=now,
            create_categories=run.create_categories,
            dry_run=dry_run,
            progress=progress,
        )
    row = territory.district(session, district_id)
    data = DistrictData(row.id, row.name, row.short_code, row.city_code, row.province_code)
    both = tables[TOWNSHIP_SHAPE.name], tables[VILLAGE_SHAPE.name]
    report = import_division_tables(session, data, *both, today=local_date(now), dry_run=dry_run)
    if report.applied:
        install_defaults(session, district_id)
    return report
