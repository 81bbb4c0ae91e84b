"""What an import did, or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from service.sheets.table import RowProblem

Progress = Callable[[int], object]
"""Told how many more lines are done."""


def unheard(_lines: int) -> None:
    """For those who do not watch."""


@dataclass(slots=True)
class Report:
    """``counts``: title → number, in the order to be told. With problems, or on a dry run, nothing is ``applied``."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[RowProblem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    applied: bool = False

    def blame(self, file: str, line: int, reason: str) -> None:
        self.problems.append(RowProblem(file, line, reason))

    def count(self, title: str, by: int = 1) -> None:
        self.counts[title] += by

    def sort(self) -> None:
        """Bad rows by line, the files in the order in which they were read."""
        files = list(dict.fromkeys(problem.file for problem in self.problems))
        self.problems.sort(key=lambda problem: (files.index(problem.file), problem.line))
