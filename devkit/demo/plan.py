"""Everything a demo district consists of, worked out without a database: the same on every start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from devkit.demo.geography import (
    SECOND,
    SECOND_TOWNSHIPS,
    SECOND_VILLAGES,
    STATIONS,
    YANJIANG,
    DemoStation,
    Township,
    plan_stations,
    read_townships,
    yanjiang_files,
)
from devkit.demo.names import invented_names
from devkit.demo.people import (
    SECOND_NUMBERS,
    YANJIANG_NUMBERS,
    DemoDeputy,
    Numbers,
    plan_deputies,
    plan_rosters,
)
from devkit.demo.rows import demo_id
from service.territory.actions import DistrictData

_TOWN_UNITS = ("党政综合办", "城建办", "农业农村服务中心", "社会事务办", "应急管理办", "综合执法队")
_STREET_UNITS = ("党政综合办", "城建办", "社区建设办", "社会事务办", "应急管理办", "综合执法队")
_DISTRICT_UNITS = (
    ("住房和城乡建设局", True),
    ("交通运输局", True),
    ("供电公司", False),
    ("水务局", True),
    ("城市管理行政执法局", True),
    ("教育和体育局", True),
    ("卫生健康局", True),
    ("人力资源和社会保障局", True),
    ("农业农村局", True),
    ("市场监督管理局", True),
    ("应急管理局", True),
    ("民政局", True),
    ("生态环境局", True),
    ("燃气公司", False),
    ("自来水公司", False),
)
UNITS_WITH_ACCOUNTS = 3
"""The first so many district units; one of them is not government."""


@dataclass(frozen=True)
class DemoUnit:
    id: str
    name: str
    township_code: str | None
    is_government: bool


@dataclass(frozen=True)
class DistrictPlan:
    """``shown``: the stations whose codes go into demo.json; ``by_township`` keys are 12-digit codes."""

    data: DistrictData
    files: tuple[str, str]
    townships: tuple[Township, ...]
    stations: dict[str, list[DemoStation]]
    deputies: dict[str, list[DemoDeputy]]
    rosters: dict[str, tuple[DemoDeputy, ...]]
    units: tuple[DemoUnit, ...]
    shown: tuple[DemoStation, ...]

    @property
    def all_stations(self) -> list[DemoStation]:
        return [station for stations in self.stations.values() for station in stations]

    @property
    def all_deputies(self) -> list[DemoDeputy]:
        return [deputy for deputies in self.deputies.values() for deputy in deputies]


def plan_districts() -> tuple[DistrictPlan, DistrictPlan]:
    """雁江区 with the real divisions, and a tiny invented second district to see that they are kept apart."""
    names = invented_names()
    files = yanjiang_files()
    first = _plan(YANJIANG, files, YANJIANG_NUMBERS, STATIONS, names=[next(names) for _ in range(1900)], shown=2)
    second_files = (SECOND_TOWNSHIPS, SECOND_VILLAGES)
    second = _plan(SECOND, second_files, SECOND_NUMBERS, 1, names=[next(names) for _ in range(50)], shown=1)
    return first, second


def _plan(
    data: DistrictData,
    files: tuple[str, str],
    numbers: Numbers,
    stations: int,
    *,
    names: Sequence[str],
    shown: int,
) -> DistrictPlan:
    townships = read_townships(*files)
    placed = plan_stations(townships, stations)
    deputies = plan_deputies(data.id, townships, numbers, iter(names))
    rosters: dict[str, tuple[DemoDeputy, ...]] = {}
    for township in townships:
        rosters |= plan_rosters(placed[township.code], deputies[township.code])
    return DistrictPlan(
        data=data,
        files=files,
        townships=townships,
        stations=placed,
        deputies=deputies,
        rosters=rosters,
        units=_plan_units(data, townships),
        shown=_shown(townships, placed, shown),
    )


def _shown(townships: Sequence[Township], stations: dict[str, list[DemoStation]], each: int) -> tuple[DemoStation, ...]:
    """The first stations of one town and, where there is one, one street: 镇 first, it has deputies of two levels."""
    town = next(township for township in townships if not township.is_street)
    street = next((township for township in townships if township.is_street), None)
    chosen = [town, street] if street else [town]
    return tuple(station for township in chosen for station in stations[township.code][1 : 1 + each])


def _plan_units(data: DistrictData, townships: Sequence[Township]) -> tuple[DemoUnit, ...]:
    local = [
        DemoUnit(demo_id("unit", township.code, title), f"{township.name}{title}", township.code, True)
        for township in townships
        for title in (_STREET_UNITS if township.is_street else _TOWN_UNITS)
    ]
    district = [
        DemoUnit(demo_id("unit", data.id, title), f"{data.name}{title}", None, government)
        for title, government in _DISTRICT_UNITS
    ]
    return (*local, *district)
