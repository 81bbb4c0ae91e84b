"""What a benchmark says: one figure beside its control, and whether it reached what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = ("name", "value", "unit", "control", "ratio", "reach", "ok", "beside")


@dataclass(frozen=True)
class Reach:
    """What is asked of a figure's ``value``, or of its ``ratio`` to the control."""

    of: str
    sign: str
    bound: float

    def holds(self, value: float | None, ratio: float | None) -> bool:
        measured = value if self.of == "value" else ratio
        if measured is None:
            return False
        return measured >= self.bound if self.sign == ">=" else measured <= self.bound

    def __str__(self) -> str:
        return f"{'ratio ' if self.of == 'ratio' else ''}{self.sign} {self.bound:g}"


def ratio_at_least(bound: float) -> Reach:
    return Reach("ratio", ">=", bound)


def ratio_at_most(bound: float) -> Reach:
    return Reach("ratio", "<=", bound)


def at_least(bound: float) -> Reach:
    return Reach("value", ">=", bound)


def at_most(bound: float) -> Reach:
    return Reach("value", "<=", bound)


@dataclass(frozen=True)
class Figure:
    """``control`` in the same unit; ``beside``: what else was seen, and published figures with their source.

    ``reach`` None: shown for information. ``profile``: where the time of a missed figure went.
    """

    name: str
    value: float | None
    unit: str
    control: float | None = None
    ratio: float | None = None
    reach: Reach | None = None
    beside: str = ""
    profile: str | None = None

    @property
    def ok(self) -> bool:
        """What could not be measured is missed; what nothing is asked of is well."""
        if self.value is None:
            return False
        return self.reach is None or self.reach.holds(self.value, self.ratio)

    def as_json(self) -> dict[str, Any]:
        """The contract's keys, and two more."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "control": _rounded(self.control),
            "ratio": _rounded(self.ratio),
            "reach": str(self.reach) if self.reach else None,
            "ok": self.ok,
            "beside": self.beside,
            "profile": self.profile,
        }

    def cells(self) -> tuple[str, ...]:
        """What stands in the table's columns."""
        mark = "NO" if not self.ok else ("" if self.reach is None else "yes")
        numbers = (_shown(self.value), self.unit, _shown(self.control), _shown(self.ratio))
        return (self.name, *numbers, str(self.reach or ""), mark, self.beside)


def not_measured(name: str, unit: str, why: str, reach: Reach | None = None) -> Figure:
    """A figure that could not be taken counts as missed."""
    return Figure(name, None, unit, reach=reach, beside=f"not measured: {why}")


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _shown(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def text_table(figures: Sequence[Figure]) -> str:
    """For a terminal; the last column runs free."""
    rows = [COLUMNS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def markdown_table(figures: Sequence[Figure]) -> str:
    """For docs/performance.md."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
