"""Which deputy gets an issue. Pure: facts in, choice and reason out.

Order of the contract: the resident's choice → the grid's PRIMARY → that deputy's substitute → BACKUP → duty deputy of the
station → matching group member of the station → least loaded → station head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class RouteReason(StrEnum):
    CHOSEN = "chosen"
    PRIMARY = "primary"
    SUBSTITUTE = "substitute"
    BACKUP = "backup"
    ON_DUTY = "on_duty"
    GROUP = "group"
    LEAST_LOADED = "least_loaded"
    STATION_HEAD = "station_head"
    ABOUT_DEPUTY = "about_deputy"
    ABOUT_STATION = "about_station"
    ABOUT_UNIT = "about_unit"
    HANDED_OVER = "handed_over"


REASON_SENTENCES = {
    RouteReason.CHOSEN: "这是您自己选择的代表。",
    RouteReason.PRIMARY: "这位代表负责联系您所在的网格。",
    RouteReason.SUBSTITUTE: "负责您所在网格的代表暂时不在岗，由其委托的代表接续联系。",
    RouteReason.BACKUP: "负责您所在网格的代表暂时不在岗，由候补联系代表接续。",
    RouteReason.ON_DUTY: "这是联络站当日的值班代表。",
    RouteReason.GROUP: "这位驻站代表所在的专业小组熟悉您反映的事项。",
    RouteReason.LEAST_LOADED: "这是联络站目前最有余力及时回应您的驻站代表。",
    RouteReason.STATION_HEAD: "目前没有可联系的代表，先由联络站站长负责接待。",
    RouteReason.ABOUT_DEPUTY: "事项涉及代表本人，由区人大代表工委直接受理，被反映人不会看到。",
    RouteReason.ABOUT_STATION: "事项涉及联络站，由上一级直接受理，被反映的一方不会看到。",
    RouteReason.ABOUT_UNIT: "事项涉及承办单位，由上一级直接受理，被反映的一方不会看到。",
    RouteReason.HANDED_OVER: "已按工作人员的说明调整联系代表。",
}


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is true of the station today. Ids of deputies; ``excluded``: complained about, or recused."""

    roster: Sequence[str] = ()
    available: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    chosen: str | None = None
    primary: str | None = None
    substitutes: Mapping[str, str] = field(default_factory=dict)
    backups: Sequence[str] = ()
    on_duty: Sequence[str] = ()
    in_matching_group: frozenset[str] = frozenset()
    open_issues: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """``deputy_id`` None: the station head receives it."""

    deputy_id: str | None
    reason: RouteReason


def choose(facts: RoutingFacts) -> Choice:
    """The first candidate in the contract's order who may serve today and is not excluded."""
    usable = facts.available - facts.excluded
    for deputy_id, reason in _candidates(facts, usable):
        if deputy_id in usable:
            return Choice(deputy_id, reason)
    return Choice(None, RouteReason.STATION_HEAD)


def _candidates(facts: RoutingFacts, usable: frozenset[str]) -> list[tuple[str, RouteReason]]:
    ordered: list[tuple[str | None, RouteReason]] = [
        (facts.chosen, RouteReason.CHOSEN),
        (facts.primary, RouteReason.PRIMARY),
        (facts.substitutes.get(facts.primary or ""), RouteReason.SUBSTITUTE),
    ]
    ordered += [(deputy, RouteReason.BACKUP) for deputy in facts.backups]
    ordered += [(deputy, RouteReason.ON_DUTY) for deputy in facts.on_duty]
    by_load = sorted(facts.roster, key=lambda deputy: (facts.open_issues.get(deputy, 0), deputy))
    ordered += [(deputy, RouteReason.GROUP) for deputy in by_load if deputy in facts.in_matching_group]
    ordered += [(deputy, RouteReason.LEAST_LOADED) for deputy in by_load]
    return [(deputy, reason) for deputy, reason in ordered if deputy is not None]
