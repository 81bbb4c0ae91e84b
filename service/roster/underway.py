"""One import under way: the district's places, the day, the report; what every sheet needs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.sheets.cells import shown
from service.sheets.report import Progress, Report, unheard
from service.sheets.shapes import Record, Shape
from service.sheets.table import Table
from service.territory.models import District, Division

ADDED, UPDATED, UNCHANGED = "新增", "更新", "不变"
_OFFICES = ("居民委员会", "村民委员会", "社区居委会", "村委会", "居委会")


@dataclass(slots=True)
class Underway:
    """``lines``: sheet and what a row is → the line that said so first, to find rows that say it twice."""

    session: Session
    district: District
    today: dt.date
    now: dt.datetime
    tables: Mapping[str, Table]
    report: Report
    progress: Progress = unheard
    divisions: dict[str, Division] = field(default_factory=dict)
    names: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lines: dict[tuple[str, Any], int] = field(default_factory=dict)

    def load_places(self) -> None:
        wanted = sa.select(Division).where(Division.district_id == self.district.id)
        for row in self.session.scalars(wanted):
            if row.valid_to is not None and row.valid_to <= self.today:
                continue
            self.divisions[row.code] = row
            for name in {row.name, *(row.name.removesuffix(office) for office in _OFFICES)}:
                self.names[name].add(row.code)

    def flush(self) -> None:
        """Write so far what later sheets refer to; pointless, and perhaps impossible, once there are bad rows."""
        if not self.report.problems:
            self.session.flush()

    def read(self, shape: Shape) -> list[Record]:
        """The usable rows of a sheet; none when it is not there."""
        table = self.tables.get(shape.name)
        return shape.read(table, self.report.problems, self.report.notices) if table else []

    def blame(self, shape: Shape, line: int, reason: str) -> None:
        self.report.blame(self.tables[shape.name].name, line, reason)
        self.progress(1)

    def once(self, shape: Shape, key: Any, line: int) -> None:
        """:raises ValueError: when another row of the sheet said the same."""
        first = self.lines.setdefault((shape.name, key), line)
        if first != line:
            raise ValueError(f"与第 {first} 行重复")

    def tell(self, shape: Shape, outcome: bool | None) -> None:
        """Count a row: None for a new one, else whether it changed."""
        word = ADDED if outcome is None else UPDATED if outcome else UNCHANGED
        self.report.count(f"{shape.title}{word}")
        self.progress(1)

    def left(self, shape: Shape, stored: Collection[Any], mentioned: Collection[Any]) -> None:
        """Say how many stored rows the file does not mention: they stay."""
        rest = len(set(stored) - set(mentioned))
        if rest and shape.name in self.tables:
            self.report.notices.append(f"{shape.title}：文件里没有提到的 {rest} 个保持不变")

    def township(self, written: str) -> str:
        """The 12-digit code of a township given by name or code.

        :raises ValueError: when there is none, or several.
        """
        if written.isascii() and written.isdigit():
            codes = {written.ljust(12, "0")} & self.divisions.keys()
        else:
            codes = self.names[written]
        return self._only({found for found in codes if self.divisions[found].parent_code is None}, written, "镇街")

    def village(self, written: str, township_code: str) -> str:
        """The code of a village of that township, by name (with or without 居民委员会) or code.

        :raises ValueError: when there is none, or several.
        """
        codes = {written} & self.divisions.keys() or self.names[written]
        inside = {found for found in codes if self.divisions[found].parent_code == township_code}
        return self._only(inside, written, "这个镇街的村社")

    def _only(self, codes: set[str], written: str, what: str) -> str:
        if len(codes) != 1:
            count = f"有 {len(codes)} 个名为" if codes else "没有名为"
            raise ValueError(f"{count}“{shown(written)}”的{what}" + ("，请填写代码" if codes else ""))
        return next(iter(codes))


def update(row: Any, values: Mapping[str, Any]) -> bool:
    """Set what is given and differs; whether anything did. An empty cell (None) leaves what is there."""
    changed = {name: value for name, value in values.items() if value is not None and getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)
