"""Kinds, themes and states of a station, and the moves between states. Pure; rulebook §1 rows 4–7 and §9.6."""

from __future__ import annotations

from enum import StrEnum


class StationKind(StrEnum):
    HOME = "HOME"  # 代表之家, one per township
    STATION = "STATION"  # 代表联络站
    POINT = "POINT"  # 联系点
    ONLINE = "ONLINE"  # 网上家站


PARENTS: dict[StationKind, frozenset[StationKind]] = {
    StationKind.STATION: frozenset({StationKind.HOME}),
    StationKind.POINT: frozenset({StationKind.HOME, StationKind.STATION}),
}
"""What a station may hang under; the tree is 家 → 站 → 点 (rulebook §1 row 4)."""


class StationTheme(StrEnum):
    GENERAL = "GENERAL"
    ESTATE = "ESTATE"  # 联络站+小区
    PARK = "PARK"  # 联络站+园区
    INDUSTRY = "INDUSTRY"  # 联络站+产业


class HostType(StrEnum):
    """Where it is built: the "七建" and the village (rulebook §1 row 4a)."""

    COMMUNITY = "COMMUNITY"  # 社区
    VILLAGE = "VILLAGE"  # 村
    NEW_ECONOMY = "NEW_ECONOMY"  # 新经济组织
    NEW_SOCIAL = "NEW_SOCIAL"  # 新社会组织
    PRODUCTION_BASE = "PRODUCTION_BASE"  # 生产基地
    PARK = "PARK"  # 产业园区
    KEY_ENTERPRISE = "KEY_ENTERPRISE"  # 骨干企业
    KEY_INDUSTRY = "KEY_INDUSTRY"  # 重点行业


class StationState(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    MERGED = "merged"
    RELOCATED = "relocated"
    CLOSED = "closed"


STATION_MOVES: dict[StationState, frozenset[StationState]] = {
    StationState.PLANNED: frozenset({StationState.ACTIVE, StationState.CLOSED}),
    StationState.ACTIVE: frozenset(
        {StationState.PAUSED, StationState.MERGED, StationState.RELOCATED, StationState.CLOSED}
    ),
    StationState.PAUSED: frozenset(
        {StationState.ACTIVE, StationState.MERGED, StationState.RELOCATED, StationState.CLOSED}
    ),
    StationState.RELOCATED: frozenset(
        {
            StationState.ACTIVE,
            StationState.PAUSED,
            StationState.MERGED,
            StationState.RELOCATED,
            StationState.CLOSED,
        }
    ),
    StationState.MERGED: frozenset(),
    StationState.CLOSED: frozenset(),
}

RECEIVING = frozenset({StationState.ACTIVE, StationState.PAUSED, StationState.RELOCATED})
"""States in which a station is listed and takes matters; a paused one only online."""

GONE = frozenset({StationState.MERGED, StationState.CLOSED})


class CodeTarget(StrEnum):
    STATION = "STATION"
    DEPUTY = "DEPUTY"
    GRID = "GRID"
    CAMPAIGN = "CAMPAIGN"


class ReceptionState(StrEnum):
    """planned → announced (≥ 3 days before) → open → closed; or cancelled (rulebook §2.2)."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
