"""One line of a table of permissions: who asks for what, and what each of all callers is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.cast import CALLERS

Ask = Callable[[str, str, str, Any], int]
"""Caller, method, path, body: the status answered."""


@dataclass(frozen=True)
class Row:
    """A request or a form: ``usual`` is the status for everyone not named in ``but`` (status → callers)."""

    request: str
    usual: int
    but: dict[int, str]
    body: Any = None
    note: str = field(default="", compare=False)

    @property
    def expected(self) -> dict[str, int]:
        named = [(caller, status) for status, callers in self.but.items() for caller in callers.split()]
        assert len({caller for caller, _ in named}) == len(named), f"named twice in {self.request}"
        assert {caller for caller, _ in named} <= set(CALLERS), self.request
        return dict.fromkeys(CALLERS, self.usual) | dict(named)


def differences(table: Iterable[Row], fill: Callable[[str], str], ask: Ask, *, allowed: int) -> dict[str, Any]:
    """Request → caller → (answered, expected), wherever these differ; the rows are one story, told in order.

    Those refused come first, all at one object: it is still there after each of them. Whoever is answered with less than
    ``allowed`` gets an object of their own.
    """
    wrong: dict[str, Any] = {}
    for row in table:
        expected, filled = row.expected, ""
        for caller in sorted(CALLERS, key=lambda name: expected[name] < allowed):
            if not filled or expected[caller] < allowed:
                filled = fill(json.dumps([*row.request.split(" "), row.body], ensure_ascii=False))
            found = ask(caller, *json.loads(filled))
            if found != expected[caller]:
                wrong.setdefault(row.request, {})[caller] = (found, expected[caller])
    return wrong
