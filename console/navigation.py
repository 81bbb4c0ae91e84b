"""The console's menu: which pages stand in it, and for whom. What a page allows is said by its own declaration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from service.accounts.roles import Actor, Role

WORKING = frozenset(Role) - {Role.RESIDENT}
ISSUES = WORKING - {Role.AUDITOR, Role.ADMIN}
"""Who has issues to look at; auditors see logs, administrators settings, neither content (rulebook §9)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``endpoint``: ``console.<door>.<handler>`` of a page without values in its rule."""

    title: str
    endpoint: str
    roles: Collection[Role] = WORKING


FIGURES = (Role.DISTRICT, Role.COMMITTEE, Role.TOWNSHIP, Role.STATION_HEAD, Role.STATION_CLERK)
ENTRIES: tuple[Entry, ...] = (
    Entry("统计", "console.overview.show", FIGURES),
    Entry("登录与安全", "console.own.show"),
)


def entries_for(actor: Actor) -> list[Entry]:
    return [entry for entry in ENTRIES if actor.grants and actor.has(entry.roles)]
