"""Write a planned district: divisions through the real import, everything else as bulk rows."""

from __future__ import annotations

import datetime as dt
from itertools import count

from sqlalchemy.orm import Session

from devkit.demo.people import PER_CONSTITUENCY, DemoDeputy
from devkit.demo.plan import DistrictPlan
from devkit.demo.rows import Rows, demo_id
from service.calendar.workdays import SHANGHAI
from service.deputies.mandates import LEVEL_TITLES, GridRole, GroupKind, Level, MandateState
from service.deputies.models import CongressTerm, Deputy, DeputyGroup, GridAssignment, GroupMember, Mandate
from service.parameters.actions import install_defaults
from service.parameters.models import Parameter
from service.stations.kinds import CodeTarget
from service.stations.models import RosterEntry, ScanCode, Station, StationGrid
from service.territory.imports import import_divisions
from service.territory.models import Constituency, Grid
from service.units.models import DISTRICT_LEVEL, TOWNSHIP_LEVEL, HandlingUnit

TERRITORIAL_GROUPS = 11
PROFESSIONAL_GROUPS = (
    ("城建环保专业小组", ("供水排水", "供电供气", "环境卫生/垃圾", "噪声油烟", "生态环境")),
    ("交通与公共安全专业小组", ("道路交通", "农村公路", "停车充电", "消防与公共安全")),
    ("住房与小区治理专业小组", ("物业小区/加装电梯", "违建占道", "征地拆迁")),
    ("教科文卫专业小组", ("教育", "医疗医保", "文化体育", "食品安全")),
    ("农业农村专业小组", ("农田水利/农业产业",)),
    ("财经与营商环境专业小组", ("营商环境/企业诉求", "政务服务作风")),
    ("法治与社会建设专业小组", ("社保就业/欠薪", "养老托幼", "治安矛盾纠纷")),
)
INTRODUCTION = "演示用的虚构人物，不对应任何真实的人。"


class Filler:
    """Writes one district in one transaction of the caller's; ``today`` is when everything begins."""

    def __init__(self, session: Session, plan: DistrictPlan, now: dt.datetime, today: dt.date) -> None:
        self.session, self.plan, self.now, self.today = session, plan, now, today
        self.since = dt.date(today.year - 1, 1, 1)
        self.rows = Rows()

    def fill(self) -> int:
        """Returns how many bulk rows were written."""
        import_divisions(self.session, self.plan.data, *self.plan.files, today=self.since)
        installed = install_defaults(self.session, self.plan.data.id)
        self._no_quiet_hours()
        self._grids()
        self._stations()
        self._deputies()
        self._groups({category.title: category.id for category in installed})
        self._rosters()
        self._units()
        return self.rows.insert(self.session)

    def _no_quiet_hours(self) -> None:
        """Whoever shows the service in the evening wants to see the messages arrive (a real district starts with 22–7)."""
        since = dt.datetime.combine(self.since, dt.time(), SHANGHAI)
        for key in ("push.quiet_from", "push.quiet_to"):
            self.session.add(Parameter(district_id=self.plan.data.id, key=key, value=0, valid_from=since))

    def _grids(self) -> None:
        for township in self.plan.townships:
            for village in township.villages:
                self.rows.add(
                    Grid,
                    id=demo_id("grid", village.code),
                    district_id=self.plan.data.id,
                    division_code=village.code,
                    code=f"{village.code}001",
                    name=f"{village.name}第一网格",
                    valid_from=self.since,
                )

    def _stations(self) -> None:
        for station in sorted(self.plan.all_stations, key=lambda station: station.parent_id is not None):
            place = station.village.name if station.village else station.township.name
            self.rows.add(
                Station,
                id=station.id,
                district_id=self.plan.data.id,
                township_code=station.township.code,
                division_code=station.village.code if station.village else None,
                parent_id=station.parent_id,
                kind=station.kind.value,
                theme=station.theme.value,
                host_type=station.host_type.value,
                name=station.name,
                address=f"{place}便民服务中心（演示地址）",
                phone="028-00000000",
                hours="工作日 9:00–12:00，14:00–17:00",
            )
            self._code(station.code, station.id)
            for code in station.village_codes:
                self.rows.add(StationGrid, station_id=station.id, grid_id=demo_id("grid", code))

    def _code(self, code: str, station_id: str) -> None:
        self.rows.add(
            ScanCode,
            code=code,
            district_id=self.plan.data.id,
            station_id=station_id,
            target_type=CodeTarget.STATION.value,
            placement="大门",
            created_at=self.now,
        )

    def _deputies(self) -> None:
        terms = {Level.COUNTY: {self.plan.data.id: self._term(Level.COUNTY, self.plan.data.id)}}
        towns = [township.code for township in self.plan.townships if not township.is_street]
        terms[Level.TOWN] = {code: self._term(Level.TOWN, code) for code in towns}
        numbering = {Level.COUNTY: count(1), Level.TOWN: count(1)}
        for township in self.plan.townships:
            people = self.plan.deputies[township.code]
            for person in people:
                self._person(person)
            for level in Level:
                elected = [person for person in people if level in person.levels]
                area = self.plan.data.id if level is Level.COUNTY else township.code
                self._mandates(level, elected, terms.get(level, {}).get(area), numbering.get(level))

    def _term(self, level: Level, area_code: str) -> str:
        term_id = demo_id("term", level, area_code)
        self.rows.add(
            CongressTerm,
            id=term_id,
            district_id=self.plan.data.id,
            level=level.value,
            area_code=area_code,
            ordinal=5,
            starts_on=self.since,
            ends_on=self.since.replace(year=self.since.year + 5),
        )
        return term_id

    def _person(self, person: DemoDeputy) -> None:
        titles = "、".join(LEVEL_TITLES[level] for level in person.levels)
        self.rows.add(
            Deputy,
            id=person.id,
            district_id=self.plan.data.id,
            name=person.name,
            introduction=f"{titles}。{INTRODUCTION}",
        )

    def _mandates(
        self, level: Level, elected: list[DemoDeputy], term_id: str | None, numbers: count[int] | None
    ) -> None:
        """COUNTY and TOWN deputies are elected in constituencies (选区), the higher ones by a congress."""
        constituency = None
        for place, person in enumerate(elected):
            if numbers is not None and place % PER_CONSTITUENCY == 0:
                constituency = self._constituency(level, person.township.code, next(numbers))
            self.rows.add(
                Mandate,
                id=demo_id("mandate", person.id, level),
                district_id=self.plan.data.id,
                deputy_id=person.id,
                level=level.value,
                term_id=term_id,
                constituency_id=constituency,
                township_code=person.township.code if numbers is not None else None,
                state=MandateState.ACTIVE.value,
                valid_from=self.since,
            )

    def _constituency(self, level: Level, township_code: str, number: int) -> str:
        row_id = demo_id("constituency", self.plan.data.id, level, number)
        owner = self.plan.data.name if level is Level.COUNTY else "镇"
        self.rows.add(
            Constituency,
            id=row_id,
            district_id=self.plan.data.id,
            level=level.value,
            number=number,
            name=f"{owner}第{number}选区",
            township_code=township_code,
        )
        return row_id

    def _groups(self, categories: dict[str, str]) -> None:
        titles = [f"第{number}代表小组" for number in range(1, 1 + TERRITORIAL_GROUPS)]
        territorial = [self._group(GroupKind.TERRITORIAL, title, []) for title in titles]
        professional = [
            self._group(GroupKind.PROFESSIONAL, name, [categories[title] for title in fields])
            for name, fields in PROFESSIONAL_GROUPS
        ]
        convened: set[str] = set()
        for place, township in enumerate(self.plan.townships):
            for person in self.plan.deputies[township.code]:
                joined = [territorial[place % TERRITORIAL_GROUPS]]
                if Level.COUNTY in person.levels:
                    joined += self._fields(professional, person.number)
                for group_id in joined:
                    is_convenor = group_id not in convened
                    convened.add(group_id)
                    self.rows.add(GroupMember, group_id=group_id, deputy_id=person.id, is_convenor=is_convenor)

    @staticmethod
    def _fields(professional: list[str], number: int) -> list[str]:
        """One professional group, every third deputy two of them (at most two: rulebook §1 row 18)."""
        first = number % len(professional)
        second = [professional[(first + 1) % len(professional)]] if number % 3 == 0 else []
        return [professional[first], *second]

    def _group(self, kind: GroupKind, name: str, category_ids: list[str]) -> str:
        row_id = demo_id("group", self.plan.data.id, name)
        values = {
            "district_id": self.plan.data.id,
            "kind": kind.value,
            "name": name,
            "category_ids": category_ids,
        }
        self.rows.add(DeputyGroup, id=row_id, **values)
        return row_id

    def _rosters(self) -> None:
        for station in self.plan.all_stations:
            roster = self.plan.rosters[station.id]
            for person in roster:
                self.rows.add(
                    RosterEntry,
                    id=demo_id("roster", station.id, person.id),
                    station_id=station.id,
                    deputy_id=person.id,
                    from_on=self.since,
                )
            for place, code in enumerate(station.village_codes):
                self._assign(code, roster[place % len(roster)], GridRole.PRIMARY)
                self._assign(code, roster[(place + 1) % len(roster)], GridRole.BACKUP)

    def _assign(self, village_code: str, person: DemoDeputy, role: GridRole) -> None:
        self.rows.add(
            GridAssignment,
            id=demo_id("assignment", village_code, role),
            district_id=self.plan.data.id,
            grid_id=demo_id("grid", village_code),
            deputy_id=person.id,
            role=role.value,
            valid_from=self.since,
        )

    def _units(self) -> None:
        for unit in self.plan.units:
            self.rows.add(
                HandlingUnit,
                id=unit.id,
                district_id=self.plan.data.id,
                township_code=unit.township_code,
                level=TOWNSHIP_LEVEL if unit.township_code else DISTRICT_LEVEL,
                name=unit.name,
                is_government=unit.is_government,
                phone="028-00000000",
            )
