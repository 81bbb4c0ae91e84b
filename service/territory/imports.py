"""Import a district's townships and villages (CSV or XLSX): checked whole, applied whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.sheets.cells import choice, code, text
from service.sheets.reading import table_of_text
from service.sheets.report import Report
from service.sheets.shapes import Column, Record, Shape
from service.sheets.table import Table
from service.territory.actions import DistrictData, add_district
from service.territory.models import COMMUNITY, STREET, TOWN, TOWNSHIP, VILLAGE, District, Division

LONGEST_NAME = 60
KIND_TITLES = {STREET: "街道", TOWN: "镇", TOWNSHIP: "乡", COMMUNITY: "社区", VILLAGE: "村"}
ADDED, CORRECTED, UNCHANGED = "新增", "更正", "不变"


def _kind(*kinds: str) -> Column:
    meanings = {name: kind for kind in kinds for name in (kind, KIND_TITLES[kind])}
    also = ("性质",)
    return Column(
        "kind", "类型", choice(meanings, "、".join(f"{KIND_TITLES[kind]}（{kind}）" for kind in kinds)), also, True
    )


_NAME = Column("name", "名称", text(LONGEST_NAME), ("镇街名称", "村社名称"), required=True)
TOWNSHIP_SHAPE = Shape(
    "townships",
    "镇街",
    (
        Column("code9", "代码", code(9, 12), ("镇街代码", "统计用区划代码"), required=True),
        _NAME,
        _kind(STREET, TOWN, TOWNSHIP),
    ),
)
VILLAGE_SHAPE = Shape(
    "villages",
    "村社",
    (
        Column("code12", "代码", code(12), ("村社代码", "统计用区划代码"), required=True),
        _NAME,
        _kind(COMMUNITY, VILLAGE),
        Column("street_code9", "所属镇街", code(9, 12), ("镇街代码", "所属镇街代码"), required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    name: str
    kind: str
    parent_code: str | None


def import_divisions(
    session: Session,
    district: DistrictData,
    townships_csv: str,
    villages_csv: str,
    *,
    today: dt.date,
    dry_run: bool = False,
) -> Report:
    """:func:`import_division_tables` from the texts of two CSV files."""
    tables = table_of_text(townships_csv, TOWNSHIP_SHAPE.title), table_of_text(villages_csv, VILLAGE_SHAPE.title)
    return import_division_tables(session, district, *tables, today=today, dry_run=dry_run)


def import_division_tables(
    session: Session,
    district: DistrictData,
    townships: Table,
    villages: Table,
    *,
    today: dt.date,
    dry_run: bool = False,
) -> Report:
    """Bring the district's divisions in line with the tables.

    New codes are added, known ones corrected where name or kind changed, so it may be repeated. Codes missing from the tables
    stay: a merged village keeps its code (rulebook §11), see :func:`service.territory.actions.supersede_division`.

    :raises Invalid: see :func:`service.territory.actions.add_district`.
    """
    report = Report(Counter({ADDED: 0, CORRECTED: 0, UNCHANGED: 0}))
    session.scalar(sa.select(District.id).where(District.id == district.id).with_for_update(key_share=True))
    known = _known(session, district.id)
    top = _checked(TOWNSHIP_SHAPE, townships, district.id, report)
    below = _checked(VILLAGE_SHAPE, villages, district.id, report)
    parents = {row.code for row in top} | known.keys()
    for row in below if top or not report.problems else ():
        if row.parent_code not in parents:
            report.blame(villages.name, row.line, f"所属镇街 {row.code[:9]} 不存在")
    if not report.problems and not top and not below:
        report.blame(townships.name, 1, "两个文件都没有数据")
    report.sort()
    _count(top + below, known, report)
    if not report.problems and not dry_run:
        _apply(session, district, top + below, known, today)
        report.applied = True
    return report


def _count(rows: Iterable[_Row], known: dict[str, Division], report: Report) -> None:
    for row in rows:
        stored = known.get(row.code)
        same = stored is not None and (stored.name, stored.kind) == (row.name, row.kind)
        report.count(ADDED if stored is None else UNCHANGED if same else CORRECTED)


def _checked(shape: Shape, table: Table, district_id: str, report: Report) -> list[_Row]:
    seen: set[str] = set()
    rows = []
    for record in shape.read(table, report.problems, report.notices):
        row = _row(record)
        fault = _fault(row, record, district_id, seen)
        if fault:
            report.blame(table.name, row.line, fault)
        else:
            rows.append(row)
        seen.add(row.code)
    return rows


def _row(record: Record) -> _Row:
    if "code12" in record.values:
        parent = record["street_code9"][:9] + "000"
        return _Row(record.line, record["code12"], record["name"], record["kind"], parent)
    return _Row(record.line, record["code9"][:9] + "000", record["name"], record["kind"], None)


def _fault(row: _Row, record: Record, district_id: str, seen: set[str]) -> str | None:
    """Why a line cannot be taken, or None."""
    if not row.code.startswith(district_id):
        return f"代码 {row.code} 不属于 {district_id}"
    if row.code in seen:
        return f"代码 {row.code} 重复"
    if row.parent_code is None and not record["code9"].ljust(12, "0").endswith("000"):
        return f"代码 {record['code9']} 不是镇街的代码（应以 000 结尾）"
    if row.parent_code is not None and row.parent_code[:9] != row.code[:9]:
        return f"代码 {row.code} 与所属镇街 {row.parent_code[:9]} 不一致"
    return None


def _known(session: Session, district_id: str) -> dict[str, Division]:
    rows = session.scalars(sa.select(Division).where(Division.district_id == district_id))
    return {row.code: row for row in rows}


def _apply(
    session: Session, district: DistrictData, rows: list[_Row], known: dict[str, Division], today: dt.date
) -> None:
    add_district(session, district)
    for row in rows:
        if row.code in known:
            known[row.code].name, known[row.code].kind = row.name, row.kind
    session.add_all(
        Division(
            code=row.code,
            district_id=district.id,
            parent_code=row.parent_code,
            name=row.name,
            kind=row.kind,
            valid_from=today,
        )
        for row in rows
        if row.code not in known
    )
    session.flush()
