"""Import a district's townships and villages from two CSV files: checked whole, applied whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.territory.actions import DistrictData, add_district
from service.territory.models import COMMUNITY, STREET, TOWN, TOWNSHIP, VILLAGE, Division

TOWNSHIPS, VILLAGES = "townships", "villages"
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a line cannot be taken; ``line`` counts from 1, the header included."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.reason}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would do. With problems nothing is written."""

    added: int
    renamed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    applied: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one of the two files looks; the code column holds ``digits`` digits."""

    file: str
    code_column: str
    digits: int
    kinds: frozenset[str]
    parent_column: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    name: str
    kind: str
    parent_code: str | None


_TOWNSHIP_SHAPE = _Shape(TOWNSHIPS, "code9", 9, frozenset({STREET, TOWN, TOWNSHIP}), None)
_VILLAGE_SHAPE = _Shape(VILLAGES, "code12", 12, frozenset({COMMUNITY, VILLAGE}), "street_code9")


def import_divisions(
    session: Session,
    district: DistrictData,
    townships_csv: str,
    villages_csv: str,
    *,
    today: dt.date,
    dry_run: bool = False,
) -> ImportReport:
    """Bring the district's divisions in line with the files.

    New codes are added, known ones renamed where the name changed, so it may be repeated. Codes missing from the files
    stay: a merged village keeps its code (rulebook §11), see :func:`service.territory.actions.supersede_division`.
    """
    problems: list[RowProblem] = []
    townships = list(_rows(townships_csv, _TOWNSHIP_SHAPE, district.id, problems))
    villages = list(_rows(villages_csv, _VILLAGE_SHAPE, district.id, problems))
    known = _known(session, district.id)
    _check_parents(villages, {row.code for row in townships} | known.keys(), problems)
    if not problems and not townships and not villages:
        problems.append(RowProblem(TOWNSHIPS, 1, "两个文件都没有数据"))
    rows = townships + villages
    added = sum(row.code not in known for row in rows)
    renamed = sum(row.code in known and known[row.code].name != row.name for row in rows)
    writing = not problems and not dry_run
    if writing:
        _apply(session, district, rows, known, today)
    return ImportReport(added, renamed, len(rows) - added - renamed, tuple(sorted(problems, key=_place)), writing)


def _place(problem: RowProblem) -> tuple[str, int]:
    return problem.file, problem.line


def _known(session: Session, district_id: str) -> dict[str, Division]:
    rows = session.scalars(sa.select(Division).where(Division.district_id == district_id))
    return {row.code: row for row in rows}


def _apply(
    session: Session, district: DistrictData, rows: list[_Row], known: dict[str, Division], today: dt.date
) -> None:
    add_district(session, district)
    for row in rows:
        if row.code in known:
            known[row.code].name = row.name
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


def _rows(text: str, shape: _Shape, district_id: str, problems: list[RowProblem]) -> Iterator[_Row]:
    """The usable lines of a file; the others are named in ``problems``."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    seen: set[str] = set()
    try:
        wanted = {shape.code_column, "name", "kind"} | ({shape.parent_column} - {None})
        missing = sorted(str(column) for column in wanted - set(reader.fieldnames or ()))
        if missing:
            problems.append(RowProblem(shape.file, 1, f"缺少列 {'、'.join(missing)}"))
            return
        for record in reader:
            reason = _fault(record, shape, district_id, seen)
            if reason:
                problems.append(RowProblem(shape.file, reader.line_num, reason))
            else:
                yield _row(record, shape, reader.line_num)
    except csv.Error as error:
        problems.append(RowProblem(shape.file, reader.line_num, f"不是有效的 CSV（{error}）"))


def _row(record: dict[str, str], shape: _Shape, line: int) -> _Row:
    parent = f"{record[shape.parent_column].strip()}000" if shape.parent_column else None
    code = record[shape.code_column].strip().ljust(12, "0")
    return _Row(line, code, record["name"].strip(), record["kind"].strip(), parent)


def _fault(record: dict[str, str], shape: _Shape, district_id: str, seen: set[str]) -> str | None:
    """Why a line cannot be taken, or None."""
    if None in record or None in record.values():
        return "列数与表头不一致"
    code, name, kind = (record[column].strip() for column in (shape.code_column, "name", "kind"))
    if not (code.isascii() and code.isdigit() and len(code) == shape.digits):
        return f"代码“{code}”不是 {shape.digits} 位数字"
    if not code.startswith(district_id):
        return f"代码 {code} 不属于 {district_id}"
    if code in seen:
        return f"代码 {code} 重复"
    seen.add(code)
    if not name or len(name) > LONGEST_NAME:
        return f"名称应为 1 到 {LONGEST_NAME} 个字"
    if kind not in shape.kinds:
        return f"类型“{kind}”不认识，应为 {'、'.join(sorted(shape.kinds))} 之一"
    if shape.parent_column and record[shape.parent_column].strip() != code[:9]:
        return f"代码 {code} 与所属镇街 {record[shape.parent_column].strip()} 不一致"
    return None


def _check_parents(villages: list[_Row], townships: set[str], problems: list[RowProblem]) -> None:
    problems.extend(
        RowProblem(VILLAGES, row.line, f"所属镇街 {row.code[:9]} 不存在")
        for row in villages
        if row.parent_code not in townships
    )
