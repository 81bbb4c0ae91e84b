"""Who the demo deputies are: invented people, their mandates, and at which station each is stationed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from devkit.demo.geography import DemoStation, Township, shares
from devkit.demo.rows import demo_id
from service.deputies.mandates import Level
from service.stations.kinds import StationKind

PER_CONSTITUENCY = 2
TWO_MANDATES_PER_TOWN = 2
ON_A_HOME = 6


@dataclass(frozen=True)
class Numbers:
    """How many deputies of each level a district has; the high ones are spread over the townships."""

    county: int
    town: int
    high: Mapping[Level, int]
    least_county: int


YANJIANG_NUMBERS = Numbers(
    county=300, town=1500, high={Level.NATIONAL: 2, Level.PROVINCE: 6, Level.CITY: 18}, least_county=10
)
SECOND_NUMBERS = Numbers(county=4, town=6, high={Level.CITY: 1}, least_county=4)


@dataclass(frozen=True)
class DemoDeputy:
    """``levels``: one mandate each; ``number`` counts within the district."""

    id: str
    number: int
    name: str
    township: Township
    levels: tuple[Level, ...]


def plan_deputies(
    district_id: str, townships: Sequence[Township], numbers: Numbers, names: Iterator[str]
) -> dict[str, list[DemoDeputy]]:
    """Township code → its deputies, higher levels first. A street has no congress, hence no TOWN deputies."""
    county = shares([len(township.villages) for township in townships], numbers.county, least=numbers.least_county)
    towns = [township for township in townships if not township.is_street]
    town = dict(
        zip(
            [township.code for township in towns],
            shares([len(township.villages) for township in towns], numbers.town, least=1),
            strict=True,
        )
    )
    high = _spread(townships, numbers.high)
    found: dict[str, list[DemoDeputy]] = {}
    number = 0
    for township, county_count in zip(townships, county, strict=True):
        mandates = [(level,) for level in high[township.code]]
        people = [*mandates, *_local_mandates(county_count, town.get(township.code, 0))]
        found[township.code] = []
        for levels in people:
            number += 1
            person = DemoDeputy(demo_id("deputy", district_id, number), number, next(names), township, levels)
            found[township.code].append(person)
    return found


def _spread(townships: Sequence[Township], high: Mapping[Level, int]) -> defaultdict[str, list[Level]]:
    """Township code → the levels of its higher deputies, dealt out in turn."""
    dealt: defaultdict[str, list[Level]] = defaultdict(list)
    levels = [level for level, count in high.items() for _ in range(count)]
    for place, level in enumerate(levels):
        dealt[townships[place % len(townships)].code].append(level)
    return dealt


def _local_mandates(county: int, town: int) -> list[tuple[Level, ...]]:
    """County deputies, in a town some of them also town deputies (one card, two titles: rulebook §11), then others."""
    both = min(TWO_MANDATES_PER_TOWN, county, town)
    return [
        *[(Level.COUNTY, Level.TOWN)] * both,
        *[(Level.COUNTY,)] * (county - both),
        *[(Level.TOWN,)] * (town - both),
    ]


def plan_rosters(stations: Sequence[DemoStation], deputies: Sequence[DemoDeputy]) -> dict[str, tuple[DemoDeputy, ...]]:
    """Station id → its deputies: dealt out in turn over a township's stations; the home has the first few besides."""
    ordinary = [station for station in stations if station.kind is StationKind.STATION]
    rosters = {station.id: tuple(deputies[place :: len(ordinary)]) for place, station in enumerate(ordinary)}
    homes = {station.id: tuple(deputies[:ON_A_HOME]) for station in stations if station.kind is StationKind.HOME}
    return homes | rosters
