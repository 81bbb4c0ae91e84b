"""The console's menu: which pages stand in it, and for whom. What a page allows is said by its own declaration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from service.accounts.roles import Actor, Role
from service.administration import audit, office
from service.issues.scopes import BOX_ROLES
from service.stations import keeping, offices

WORKING = frozenset(Role) - {Role.RESIDENT}
ISSUES = frozenset(role for roles in BOX_ROLES.values() for role in roles)
"""Who has a list of issues; auditors see logs, administrators settings, neither content (rulebook §9)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``endpoint``: ``console.<door>.<handler>`` of a page without values in its rule."""

    title: str
    endpoint: str
    roles: Collection[Role] = WORKING


FIGURES = (Role.DISTRICT, Role.COMMITTEE, Role.TOWNSHIP, Role.STATION_HEAD, Role.STATION_CLERK)
ENTRIES: tuple[Entry, ...] = (
    Entry("事项", "console.queue.show", ISSUES),
    Entry("柜台", "console.counter.show", (Role.STATION_CLERK, Role.STATION_HEAD)),
    Entry("承办", "console.unit.show", (Role.UNIT_CLERK, Role.UNIT_LEADER)),
    Entry("内容审核", "console.reviews.show", (Role.REVIEWER,)),
    Entry("词语表", "console.word_lists.show", (Role.DISTRICT, Role.ADMIN)),
    Entry("身份确认", "console.identities.show", offices.KEEPERS),
    Entry("统计", "console.overview.show", FIGURES),
    Entry("联络站", "console.stations.show", keeping.KEEPERS),
    Entry("代表", "console.deputies.show", (Role.DISTRICT,)),
    Entry("代表资料", "console.deputy_facts.show", (Role.TOWNSHIP,)),
    Entry("接待日", "console.receptions.show", keeping.STAFF),
    Entry("导入", "console.imports.show", (Role.DISTRICT, Role.ADMIN)),
    Entry("换届", "console.new_term.show", (Role.DISTRICT,)),
    Entry("工作账号", "console.accounts.show", offices.KEEPERS),
    Entry("本区设置", "console.settings.show", office.EDITORS),
    Entry("标准用语", "console.wording.texts", (Role.TOWNSHIP,)),
    Entry("审计", "console.audit.show", audit.WATCHERS),
    Entry("搁置的任务", "console.parked.show", (Role.ADMIN,)),
    Entry("运行情况", "console.health.show", (Role.ADMIN,)),
    Entry("登录与安全", "console.own.show"),
)


def entries_for(actor: Actor) -> list[Entry]:
    return [entry for entry in ENTRIES if actor.grants and actor.has(entry.roles)]
