"""How a sheet looks: its columns, by any of their headings in any order, and how rows become records. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.sheets.cells import Parser, plain
from service.sheets.table import RowProblem, Table

EXAMPLE = "示例"
HEADER_WITHIN = 10
"""A heading may stand below titles and instructions, within so many lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """``title`` is what exports and templates write; ``also`` other headings understood; ``example`` for templates."""

    name: str
    title: str
    parse: Parser
    also: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False
    """What is wrong with the cell is told without repeating it."""
    example: str = ""

    @property
    def headings(self) -> frozenset[str]:
        return frozenset(heading(name) for name in (self.name, self.title, *self.also))


@dataclass(frozen=True, slots=True)
class Record:
    """One usable line: name of the column → value, for every cell that says something."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        return self.values.get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Shape:
    """``title`` is the sheet's name in a workbook and in messages. A row whose 备注 says 示例 is an example: skipped."""

    name: str
    title: str
    columns: tuple[Column, ...]

    def read(self, table: Table, problems: list[RowProblem], notices: list[str]) -> list[Record]:
        """The usable lines; the others are named in ``problems``, all reasons of a line together."""
        notices.extend(f"{table.name}：{note}" for note in table.notes)
        place = self._header_at(table)
        if place is None:
            problems.append(RowProblem(table.name, 1, "文件是空的，连表头也没有"))
            return []
        line, header = table.rows[place]
        names, faults, unknown = self._columns(header)
        problems.extend(RowProblem(table.name, line, fault) for fault in faults)
        if unknown:
            notices.append(f"{table.name}：不认识的列 {'、'.join(unknown)}，没有导入")
        examples: list[int] = []
        records = [] if faults else list(self._records(table, place, names, problems, examples))
        if examples:
            lines = "、".join(map(str, examples[:10]))
            notices.append(f"{table.name}：备注为“{EXAMPLE}”的第 {lines} 行没有导入；如果已经改成真的，请清空备注")
        return records

    def _header_at(self, table: Table) -> int | None:
        """Where the headings stand: the line that has most of them."""
        best = max(
            range(min(HEADER_WITHIN, len(table.rows))),
            key=lambda place: (sum(self._named(cell) is not None for cell in table.rows[place][1]), -place),
            default=None,
        )
        return best

    def _named(self, cell: Any) -> Column | None:
        wanted = heading(cell) if isinstance(cell, str) else ""
        return next((column for column in self.columns if wanted in column.headings), None)

    def _columns(self, header: tuple[Any, ...]) -> tuple[list[Column | None], list[str], list[str]]:
        """What each place of a row is, what is wrong with the headings, and those nobody knows."""
        found = [self._named(cell) for cell in header]
        known = [column for column in found if column]
        faults = [f"“{column.title}”列出现了两次" for column in self.columns if known.count(column) > 1]
        missing = [f"{column.title}（{column.name}）" for column in self.columns if column.required]
        missing = [title for title in missing if title not in {f"{c.title}（{c.name}）" for c in known}]
        if missing:
            faults.append(f"缺少列 {'、'.join(missing)}")
        pairs = zip(header, found, strict=True)
        unknown = [str(cell).strip() for cell, column in pairs if column is None and str(cell or "").strip()]
        return found, faults, unknown

    def _records(
        self,
        table: Table,
        place: int,
        names: list[Column | None],
        problems: list[RowProblem],
        examples: list[int],
    ) -> Iterator[Record]:
        for line, cells in table.rows[place + 1 :]:
            if any(column and column.name == "note" and _says(cell, EXAMPLE) for column, cell in _pairs(names, cells)):
                examples.append(line)
                continue
            values, faults = self._values(names, cells)
            if faults:
                fields = "、".join(dict.fromkeys(title for title, _ in faults if title))
                problems.append(RowProblem(table.name, line, "；".join(words for _, words in faults), fields))
            else:
                yield Record(line, values)

    def _values(
        self, names: list[Column | None], cells: tuple[Any, ...]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """What stands in the line, and what is wrong with it: (title of the column, words)."""
        values: dict[str, Any] = {}
        faults: list[tuple[str, str]] = []
        if any(cell not in (None, "") for cell in cells[len(names) :]) or _cut_short(names, cells):
            return {}, [("", "列数与表头不一致")]
        for column, cell in _pairs(names, cells):
            if column is None:
                continue
            try:
                if plain(cell):
                    values[column.name] = column.parse(cell)
                elif column.required:
                    faults.append((column.title, f"没有填“{column.title}”"))
            except ValueError as error:
                faults.append((column.title, _fault(column, error)))
        return values, faults


def _fault(column: Column, error: ValueError) -> str:
    return f"“{column.title}”的写法不对" if column.personal else f"“{column.title}”{error}"


def _cut_short(names: list[Column | None], cells: tuple[Any, ...]) -> bool:
    return any(column is not None and column.required for column in names[len(cells) :])


def _pairs(names: list[Column | None], cells: tuple[Any, ...]) -> Iterator[tuple[Column | None, Any]]:
    return zip(names, cells, strict=False)


def _says(cell: Any, word: str) -> bool:
    return isinstance(cell, str) and cell.strip() == word


def heading(text: str) -> str:
    """A heading without what varies: case, blanks, marks of being required, remarks in brackets."""
    bare = text.replace("（", "(").partition("(")[0] or text
    return "".join(bare.casefold().split()).strip("*＊:：\ufeff").replace("_", "").replace("-", "")
