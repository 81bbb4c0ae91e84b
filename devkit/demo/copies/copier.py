"""Copy a family: fill in its symbols, move its days, chain its entries. Makes rows; writes nothing."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from devkit.demo.copies.family import Cell, Family, Row
from service.ids import new_id
from service.ledger.hashing import GENESIS, commitment, entry_hash
from service.masking import redact


@dataclass(frozen=True)
class Shift:
    """How much earlier a copy happens: whole weeks, so that workdays stay workdays, and less than a morning besides."""

    weeks: int
    earlier: dt.timedelta

    @property
    def days(self) -> dt.timedelta:
        return dt.timedelta(weeks=self.weeks)

    @property
    def whole(self) -> dt.timedelta:
        return self.days + self.earlier


class Copier:
    """``entry_ids``: where the ids of ledger entries come from; without it the database counts them."""

    def __init__(self, entry_ids: Iterator[int] | None = None) -> None:
        self.entry_ids = entry_ids

    def copy(self, family: Family, symbols: Mapping[str, str], shift: Shift) -> Iterator[tuple[sa.Table, Row]]:
        """The rows of one copy, parents first."""
        moved = _Moved(symbols, shift.whole, shift.days)
        lines: dict[tuple[str, int], Row] = {}
        heads: dict[str, str] = {}
        entries = []
        for pattern in family.patterns:
            row = dict(pattern.row)
            for cell in pattern.cells:
                row[cell.column] = moved.value(cell, row[cell.column])
            if pattern.table.name == "ledger_entries":
                self._enter(row, lines[row["chain"], row["seq"]], heads)
                entries.append((pattern.table, row))
                continue
            if pattern.table.name == "issues":
                row["redacted"] = redact(row["content"], [row["contact_name"]], [row["place"]])
            elif pattern.table.name == "issue_history":
                lines[row["issue_id"], row["seq"]] = row
            if pattern.table.name != "issue_history":
                yield pattern.table, row
        history = next(pattern.table for pattern in family.patterns if pattern.table.name == "issue_history")
        yield from ((history, line) for line in lines.values())
        yield from entries

    def _enter(self, entry: Row, line: Row, heads: dict[str, str]) -> None:
        """Commit to the line as :func:`service.ledger.actions.next_entry` would have done."""
        told = {
            "action": line["action"],
            "actor": f"{line['actor_role']}:{line['actor_label']}",
            "to": line["to_state"],
            **(line["data"] or {}),
            "note": line["note"],
        }
        salts = {name: secrets.token_hex(16) for name in entry["commitments"]}
        commitments = {name: commitment(salt, told.get(name)) for name, salt in salts.items()}
        chain, prev = entry["chain"], heads.get(entry["chain"], GENESIS)
        hash_ = entry_hash(prev, entry["district_id"], chain, entry["seq"], entry["kind"], entry["at"], commitments)
        entry.update(salts=salts, commitments=commitments, prev_hash=prev, hash=hash_)
        heads[chain] = line["entry_hash"] = hash_
        if self.entry_ids is None:
            del entry["id"]
        else:
            entry["id"] = next(self.entry_ids)


class _Moved:
    def __init__(self, symbols: Mapping[str, str], whole: dt.timedelta, days: dt.timedelta) -> None:
        self.symbols, self.whole, self.days = symbols, whole, days
        self._by_kind: Mapping[str, Callable[[Cell, Any], Any]] = {
            "fresh": lambda cell, old: secrets.token_hex(32),
            "id": lambda cell, old: new_id(),
            "moment": lambda cell, old: old - self.whole,
            "deadline": lambda cell, old: old - self.days,
            "day": lambda cell, old: old - self.days,
            "shape": lambda cell, old: self._shaped(cell.shape),
        }

    def value(self, cell: Cell, old: Any) -> Any:
        return self._by_kind[cell.kind](cell, old)

    def _shaped(self, shape: Any) -> Any:
        kind, inner = shape
        if kind == "symbol":
            return self.symbols[inner]
        if kind == "same":
            return inner
        if kind == "dict":
            return {name: self._shaped(part) for name, part in inner.items()}
        if kind == "parts":
            return "".join(self.symbols[part] if is_symbol else part for is_symbol, part in inner)
        if kind == "day":
            return (inner - self.days).isoformat()
        return [self._shaped(part) for part in inner]
