"""Which deputy answers for a grid (网格代表), from a sheet: one 主责 per grid at a time (rulebook §6)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import sqlalchemy as sa

from service.deputies.mandates import GridRole, MandateState
from service.deputies.models import Deputy, GridAssignment
from service.ids import new_id
from service.roster.people import People
from service.roster.shapes import GRID_DEPUTIES
from service.roster.underway import Underway, update
from service.sheets.shapes import Record
from service.territory.models import Grid

DAY = dt.timedelta(days=1)


class AssignmentSheet:
    def __init__(self, way: Underway, grids: Mapping[str, Grid], people: People) -> None:
        self.way, self.grids, self.people = way, grids, people
        self.held: defaultdict[str, list[GridAssignment]] = defaultdict(list)
        self.new: list[GridAssignment] = []
        self.said: dict[str, int] = {}
        wanted = sa.select(GridAssignment).where(GridAssignment.district_id == way.district.id)
        for row in way.session.scalars(wanted.order_by(GridAssignment.valid_from, GridAssignment.id)):
            if row.valid_to is None or row.valid_to > way.today:
                self.held[row.grid_id].append(row)
        self.stored = {row.id for rows in self.held.values() for row in rows}

    def take(self) -> None:
        for record in self.way.read(GRID_DEPUTIES):
            try:
                self.way.tell(GRID_DEPUTIES, self._row(record))
            except ValueError as error:
                self.way.blame(GRID_DEPUTIES, record.line, str(error))
        self.way.left(GRID_DEPUTIES, self.stored, self.said)
        self._check_one_primary()
        self._tell_bare()
        self.way.flush()  # ends before beginnings: the database knows one 主责 per grid
        self.way.session.add_all(self.new)
        self.way.flush()

    def _row(self, record: Record) -> bool | None:
        grid = self.grids.get(record["grid"])
        if grid is None:
            raise ValueError(f"没有网格 {record['grid']}，或者它已经撤销")
        person = self.people.named(record["deputy"], record.get("number"), f"{grid.code[:9]}000")
        role: GridRole = record["role"]
        end = record["to"] + DAY if "to" in record.values else None
        same = [row for row in self.held[grid.id] if (row.deputy_id, row.role) == (person.id, role.value)]
        same = [row for row in same if _meets(row, record.get("from") or self.way.today, end)]
        start = record.get("from") or (same[0].valid_from if same else self.way.today)
        if end is not None and end <= start:
            raise ValueError("“止”早于“起”")
        if same:
            self._claim(same[0], record)
            return update(same[0], {"valid_from": start, "valid_to": end})
        self._check_serves(person, max(start, self.way.today))
        self._add(record, grid, person, start, end)
        return None

    def _check_serves(self, person: Deputy, on: dt.date) -> None:
        held = self.people.mandates[person.id]
        serving = (row for row in held if row.state == MandateState.ACTIVE.value)
        if not any(row.valid_from <= on and (row.valid_to is None or row.valid_to > on) for row in serving):
            raise ValueError("这位代表届时没有在任的代表资格，不能联系网格")

    def _claim(self, row: GridAssignment, record: Record) -> None:
        """:raises ValueError: when an earlier line of the file said the same, or replaced it."""
        first = self.said.setdefault(row.id, record.line)
        if first != record.line:
            raise ValueError(f"与第 {first} 行重复")

    def _add(self, record: Record, grid: Grid, person: Deputy, start: dt.date, end: dt.date | None) -> None:
        role: GridRole = record["role"]
        for row in self.held[grid.id]:
            replaced = role is GridRole.PRIMARY and row.role == GridRole.PRIMARY.value
            if (replaced or row.deputy_id == person.id) and _meets(row, start, end):
                self._end(row, start)
        new = GridAssignment(
            id=new_id(),
            district_id=self.way.district.id,
            grid_id=grid.id,
            deputy_id=person.id,
            role=role.value,
            valid_from=start,
            valid_to=end,
        )
        self.said[new.id] = record.line
        self.held[grid.id].append(new)
        self.new.append(new)

    def _end(self, row: GridAssignment, on: dt.date) -> None:
        """What the file itself says is not ended by another of its lines: one of the two is wrong."""
        if row.id in self.said:
            raise ValueError(f"与第 {self.said[row.id]} 行冲突：一个网格同时只能有一位主责代表，一位代表只有一个角色")
        row.valid_to = max(on, row.valid_from)

    def _check_one_primary(self) -> None:
        for rows in self.held.values():
            primary = sorted(
                (row for row in rows if row.role == GridRole.PRIMARY.value and row.valid_from != row.valid_to),
                key=lambda row: row.valid_from,
            )
            for one, next_one in pairwise(primary):
                line = self.said.get(next_one.id) or self.said.get(one.id)
                if line and _meets(one, next_one.valid_from, next_one.valid_to):
                    self.way.blame(GRID_DEPUTIES, line, "这个网格同一时间有两位主责代表，请核对起止日期")

    def _tell_bare(self) -> None:
        """The station head answers for a grid without 主责; the operator should know (rulebook §6)."""
        bare = [
            code
            for code, grid in self.grids.items()
            if not any(row.role == GridRole.PRIMARY.value for row in self.held[grid.id])
        ]
        if bare and GRID_DEPUTIES.name in self.way.tables:
            self.way.report.notices.append(
                f"网格代表：{len(bare)} 个网格还没有主责代表（如 {bare[0]}），意见会先到联络站值班代表或者站长"
            )


def _meets(row: GridAssignment, start: dt.date, end: dt.date | None) -> bool:
    return (row.valid_to is None or row.valid_to > start) and (end is None or row.valid_from < end)
