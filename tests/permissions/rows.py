"""One line of a table of permissions: who asks for what, and what each of all callers is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.permissions.cast import CALLERS


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
