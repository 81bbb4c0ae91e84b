"""What a file holds once opened: rows with their line numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.errors import Invalid


class Unreadable(Invalid):
    """The file as a whole cannot be taken; the sentence says what to do with it."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed: nobody checked what it says today."""


@dataclass(frozen=True, slots=True, order=True)
class RowProblem:
    """Why a line cannot be taken; ``line`` counts from 1, the header included; ``field``: which column, where one is."""

    file: str
    line: int
    reason: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.reason}"


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: (line, cells) of every line that says something; ``notes``: what the operator should know."""

    name: str
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    notes: tuple[str, ...] = ()
