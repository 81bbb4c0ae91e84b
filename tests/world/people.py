"""The deputies of a district: mandates, grids, rosters, duty, groups."""

from __future__ import annotations

import datetime as dt

from service.deputies.mandates import GridRole, GroupKind, Level, MandateState
from service.deputies.models import (
    CongressTerm,
    Deputy,
    DeputyGroup,
    GridAssignment,
    GroupMember,
    Mandate,
)
from service.ids import new_id
from service.stations.models import DutySlot, RosterEntry
from service.territory.models import Constituency
from tests.world.ground import SINCE, Ground

FIRST_DUTY = dt.date(2026, 2, 23)
DUTY_DAYS = 90


class People(Ground):
    def _deputies(self) -> dict[str, str]:
        town, street = self.township, self.other_township
        terms = {level: self._term(level) for level in (Level.COUNTY, Level.TOWN)}
        constituency = self._constituency()
        people = {
            "primary": self._deputy("安一", [(Level.TOWN, town), (Level.COUNTY, town)], terms, constituency),
            "backup": self._deputy("柏二", [(Level.TOWN, town)], terms),
            "duty_deputy": self._deputy("岑三", [(Level.TOWN, town)], terms),
            "group_member": self._deputy("戴四", [(Level.COUNTY, town)], terms),
            "spare": self._deputy("鄂五", [(Level.TOWN, town)], terms),
            "other_primary": self._deputy("费六", [(Level.COUNTY, street)], terms),
            "other_backup": self._deputy("葛七", [(Level.COUNTY, street)], terms),
            "city_deputy": self._deputy("杭八", [(Level.CITY, None)], terms),
            "province_deputy": self._deputy("姬九", [(Level.PROVINCE, None)], terms),
        }
        return people

    def _term(self, level: Level) -> str:
        area = self.district_id if level is Level.COUNTY else self.township
        ends = dt.date(2026, 12, 31)
        term = CongressTerm(
            id=new_id(),
            district_id=self.district_id,
            level=level.value,
            area_code=area,
            ordinal=19,
            starts_on=SINCE,
            ends_on=ends,
        )
        return self._add(term).id

    def _constituency(self) -> str:
        row = Constituency(
            id=new_id(),
            district_id=self.district_id,
            level=Level.COUNTY.value,
            number=1,
            name=f"{self.name}第1选区",
            township_code=self.township,
        )
        return self._add(row).id

    def _deputy(
        self,
        name: str,
        mandates: list[tuple[Level, str | None]],
        terms: dict[Level, str],
        constituency: str | None = None,
    ) -> str:
        deputy = self._add(
            Deputy(
                id=new_id(),
                district_id=self.district_id,
                name=name,
                introduction=f"{name}的简介",
                employer=f"{name}工作单位",
                phone="13900000000",
            )
        )
        for level, township in mandates:
            self._add(
                Mandate(
                    district_id=self.district_id,
                    deputy_id=deputy.id,
                    level=level.value,
                    term_id=terms.get(level),
                    constituency_id=constituency if level is Level.COUNTY else None,
                    township_code=township,
                    state=MandateState.ACTIVE.value,
                    valid_from=SINCE,
                )
            )
        return deputy.id

    def _assign(self, grid_id: str, deputy_id: str, role: GridRole) -> None:
        self._add(
            GridAssignment(
                district_id=self.district_id,
                grid_id=grid_id,
                deputy_id=deputy_id,
                role=role.value,
                valid_from=SINCE,
            )
        )

    def _roster(self, station_id: str, deputy_id: str) -> None:
        self._add(RosterEntry(station_id=station_id, deputy_id=deputy_id, from_on=SINCE))

    def _duty(self, station_id: str, deputy_id: str) -> None:
        for offset in range(DUTY_DAYS):
            day = FIRST_DUTY + dt.timedelta(days=offset)
            self.session.add(DutySlot(station_id=station_id, deputy_id=deputy_id, on_date=day))
        self.session.flush()

    def _groups(self, people: dict[str, str], categories: dict[str, str]) -> tuple[str, str]:
        territorial = self._group(GroupKind.TERRITORIAL, "第一代表小组", [])
        professional = self._group(GroupKind.PROFESSIONAL, "城建交通专业小组", [categories["道路交通"]])
        for deputy_id in people.values():
            self._add(GroupMember(group_id=territorial, deputy_id=deputy_id))
        self._add(GroupMember(group_id=professional, deputy_id=people["group_member"]))
        return territorial, professional

    def _group(self, kind: GroupKind, name: str, category_ids: list[str]) -> str:
        row = DeputyGroup(
            id=new_id(), district_id=self.district_id, kind=kind.value, name=name, category_ids=category_ids
        )
        return self._add(row).id
