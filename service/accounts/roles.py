"""Roles, scopes and the person asking. Pure; the letters are those of the rulebook §9."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    RESIDENT = "resident"  # R 群众
    DEPUTY = "deputy"  # D 代表
    STATION_CLERK = "station_clerk"  # C 站务/联络员
    STATION_HEAD = "station_head"  # H 站长
    TOWNSHIP = "township"  # T 镇街人大
    DISTRICT = "district"  # A 代表工委
    GOVERNMENT_OFFICE = "government_office"  # G 政府办
    UNIT_CLERK = "unit_clerk"  # U 承办单位经办人
    UNIT_LEADER = "unit_leader"  # UL 承办单位负责人
    REVIEWER = "reviewer"  # K 内容审核员
    COMMITTEE = "committee"  # S 专(工)委
    AUDITOR = "auditor"  # logs, not content
    ADMIN = "admin"  # settings, no content


ROLE_TITLES = {
    Role.RESIDENT: "群众",
    Role.DEPUTY: "代表",
    Role.STATION_CLERK: "联络站工作人员",
    Role.STATION_HEAD: "站长",
    Role.TOWNSHIP: "镇街人大",
    Role.DISTRICT: "区人大代表工委",
    Role.GOVERNMENT_OFFICE: "区政府办",
    Role.UNIT_CLERK: "承办单位经办人",
    Role.UNIT_LEADER: "承办单位负责人",
    Role.REVIEWER: "内容审核员",
    Role.COMMITTEE: "专工委",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "系统管理员",
}

STAFF = frozenset(Role) - {Role.RESIDENT, Role.DEPUTY}
"""Everyone who works for an office; a deputy (D) is elected, not staff."""

SCOPE_FIELD = {
    Role.DEPUTY: "deputy_id",
    Role.STATION_CLERK: "station_id",
    Role.STATION_HEAD: "station_id",
    Role.TOWNSHIP: "township_code",
    Role.UNIT_CLERK: "unit_id",
    Role.UNIT_LEADER: "unit_id",
}
"""Which field a grant of that role must carry; the other roles are scoped by district alone."""


IDLE_STEP = dt.timedelta(minutes=1)
"""How fine the idle time of a desk session is measured: finer would write with every click."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one place. Exactly the scope field of :data:`SCOPE_FIELD` is set."""

    role: Role
    district_id: str
    township_code: str | None = None
    station_id: str | None = None
    unit_id: str | None = None
    deputy_id: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. ``account_id`` None with ``receipt_digest`` set: whoever holds that receipt code.

    ``idle_until``: set for a desk session only, when it ends unless it is used.
    """

    account_id: str | None = None
    grants: tuple[Grant, ...] = ()
    session_digest: str | None = None
    receipt_digest: str | None = field(default=None, repr=False)
    idle_until: dt.datetime | None = None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants) | {Role.RESIDENT}

    def grants_of(self, *roles: Role) -> Iterator[Grant]:
        return (grant for grant in self.grants if grant.role in roles)

    def has(self, roles: Iterable[Role]) -> bool:
        return not self.roles.isdisjoint(roles)
