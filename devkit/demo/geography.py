"""Where the demo stations stand: townships and villages as imported, stations spread evenly over the villages."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devkit.demo.rows import demo_code, demo_id
from service.stations.kinds import HostType, StationKind, StationTheme
from service.territory.actions import DistrictData
from service.territory.models import COMMUNITY, STREET

DATA = Path(__file__).parent / "data"
STATIONS = 118

YANJIANG = DistrictData("512002", "雁江区", "YJ", "5120", "51")
SECOND = DistrictData("510182", "示范二区", "SF", "5101", "51")
SECOND_TOWNSHIPS = "code9,name,kind\n510182100,示例镇,town\n"
SECOND_VILLAGES = (
    "code12,name,kind,street_code9,street_name\n"
    "510182100001,样板社区居民委员会,community,510182100,示例镇\n"
    "510182100201,样板村村民委员会,village,510182100,示例镇\n"
)


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    is_community: bool


@dataclass(frozen=True)
class Township:
    code: str
    name: str
    is_street: bool
    villages: tuple[Village, ...]


@dataclass(frozen=True)
class DemoStation:
    """``village_codes``: the villages whose grids this station looks after; a home (代表之家) looks after none."""

    id: str
    name: str
    township: Township
    village: Village | None
    parent_id: str | None
    kind: StationKind
    theme: StationTheme
    host_type: HostType
    code: str
    village_codes: tuple[str, ...]


def yanjiang_files() -> tuple[str, str]:
    """The townships' and villages' CSV texts."""
    return (DATA / "townships.csv").read_text("utf-8"), (DATA / "villages.csv").read_text("utf-8")


def read_townships(townships_csv: str, villages_csv: str) -> tuple[Township, ...]:
    villages: dict[str, list[Village]] = {}
    for row in csv.DictReader(io.StringIO(villages_csv)):
        village = Village(row["code12"], _short(row["name"]), row["kind"] == COMMUNITY)
        villages.setdefault(row["street_code9"], []).append(village)
    return tuple(
        Township(f"{row['code9']}000", row["name"], row["kind"] == STREET, tuple(villages[row["code9"]]))
        for row in csv.DictReader(io.StringIO(townships_csv))
    )


def _short(name: str) -> str:
    """雁中社区居民委员会 → 雁中社区."""
    return name.removesuffix("居民委员会").removesuffix("村民委员会")


def shares(weights: Sequence[int], total: int, *, least: int) -> list[int]:
    """Split ``total`` in proportion to ``weights``, everybody getting ``least`` (largest remainder)."""
    spare = total - least * len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    parts = [least + int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (int(exact[place]) - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def plan_stations(townships: Sequence[Township], total: int) -> dict[str, list[DemoStation]]:
    """Township code → its home, followed by its stations."""
    counts = shares([len(township.villages) for township in townships], total, least=min(2, total // len(townships)))
    return {township.code: _of_township(township, count) for township, count in zip(townships, counts, strict=True)}


def _of_township(township: Township, count: int) -> list[DemoStation]:
    home = _home(township)
    villages = township.villages
    places = [(2 * number + 1) * len(villages) // (2 * count) for number in range(count)]
    nearest: dict[int, list[str]] = {place: [] for place in places}
    for number, village in enumerate(villages):
        nearest[min(places, key=lambda place: (abs(place - number), place))].append(village.code)
    return [home] + [
        _station(township, villages[place], home.id, number, tuple(nearest[place]))
        for number, place in enumerate(places)
    ]


def _home(township: Township) -> DemoStation:
    return DemoStation(
        id=demo_id("home", township.code),
        name=f"{township.name}人大代表之家",
        township=township,
        village=None,
        parent_id=None,
        kind=StationKind.HOME,
        theme=StationTheme.GENERAL,
        host_type=HostType.COMMUNITY,
        code=demo_code("home", township.code),
        village_codes=(),
    )


def _station(
    township: Township, village: Village, home_id: str, number: int, village_codes: tuple[str, ...]
) -> DemoStation:
    theme = _theme(village, number)
    host = {StationTheme.PARK: HostType.PARK, StationTheme.INDUSTRY: HostType.PRODUCTION_BASE}
    return DemoStation(
        id=demo_id("station", village.code),
        name=f"{village.name}人大代表联络站",
        township=township,
        village=village,
        parent_id=home_id,
        kind=StationKind.STATION,
        theme=theme,
        host_type=host.get(theme, HostType.COMMUNITY if village.is_community else HostType.VILLAGE),
        code=demo_code("station", village.code),
        village_codes=village_codes,
    )


def _theme(village: Village, number: int) -> StationTheme:
    """联络站+小区 in communities, +园区 and +产业 here and there; the first of a township is an ordinary one."""
    if village.is_community and number % 2:
        return StationTheme.ESTATE
    return {3: StationTheme.PARK, 4: StationTheme.INDUSTRY}.get(number % 5, StationTheme.GENERAL)
