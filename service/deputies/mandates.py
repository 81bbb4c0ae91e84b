"""Levels and states of a mandate (代表资格), and who can be routed to. Pure; rulebook §9.5."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Five levels, highest first (五级代表)."""

    NATIONAL = "NATIONAL"
    PROVINCE = "PROVINCE"
    CITY = "CITY"
    COUNTY = "COUNTY"
    TOWN = "TOWN"


LEVEL_TITLES = {
    Level.NATIONAL: "全国人大代表",
    Level.PROVINCE: "省人大代表",
    Level.CITY: "市人大代表",
    Level.COUNTY: "区人大代表",
    Level.TOWN: "镇人大代表",
}


class MandateState(StrEnum):
    ELECTED = "elected"
    ACTIVE = "active"
    SUSPENDED = "suspended"  # 暂时停止执行代表职务, 代表法 Art. 61
    TERMINATED = "terminated"  # 代表资格终止, 代表法 Art. 62
    ARCHIVED = "archived"


OVER = (MandateState.TERMINATED.value, MandateState.ARCHIVED.value)
"""States, as stored, in which a mandate is of the past."""

MANDATE_MOVES: dict[MandateState, frozenset[MandateState]] = {
    MandateState.ELECTED: frozenset({MandateState.ACTIVE, MandateState.TERMINATED}),
    MandateState.ACTIVE: frozenset({MandateState.SUSPENDED, MandateState.TERMINATED}),
    MandateState.SUSPENDED: frozenset({MandateState.ACTIVE, MandateState.TERMINATED}),
    MandateState.TERMINATED: frozenset({MandateState.ARCHIVED}),
    MandateState.ARCHIVED: frozenset(),
}
"""``on_leave`` of the rulebook is not a state here but a dated row, so that leave begins and ends by itself."""


TERM_OVER = "换届"
"""How the reason of a mandate begins that ended with its term."""


class GridRole(StrEnum):
    PRIMARY = "PRIMARY"
    BACKUP = "BACKUP"


class GroupKind(StrEnum):
    TERRITORIAL = "TERRITORIAL"  # 区块小组
    PROFESSIONAL = "PROFESSIONAL"  # 条线专业小组
