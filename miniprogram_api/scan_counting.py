"""Who counts as having scanned: a person's first look, neither a machine's HEAD nor the choice of a grid that follows."""

from __future__ import annotations

from flask import request

from service.bootstrap import core
from service.calendar.workdays import local_date


def count_scan(code: str, grid_id: str | None) -> None:
    """After the answer is known: only codes that lead somewhere are counted. No statement, no waiting."""
    if request.method == "GET" and grid_id is None:
        core().tally.count(code, local_date(core().clock()))
