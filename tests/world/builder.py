"""Puts a district together from its ground, people and accounts."""

from __future__ import annotations

from service.accounts.roles import Role
from service.deputies.mandates import GridRole
from tests.world.accounts import Accounts
from tests.world.place import Place

STATIONED = ("primary", "backup", "duty_deputy", "group_member", "spare")
STATIONED_ELSEWHERE = ("other_primary", "other_backup")


class Builder(Accounts):
    def build(self) -> Place:
        ground = self._places()
        people = self._deputies()
        categories = self._categories()
        self._stationed(ground, people)
        territorial, professional = self._groups(people, categories)
        units = self._units()
        for name, deputy_id in people.items():
            self._account(Role.DEPUTY, name.replace("_", "-"), deputy_id)
        main = (people["primary"], ground["station"], units["township_unit"])
        other = (people["other_primary"], ground["other_station"], units["other_township_unit"])
        return Place(
            district_id=self.district_id,
            **ground,
            **people,
            **units,
            **self._codes_on_paper(ground),
            territorial_group=territorial,
            professional_group=professional,
            categories=categories,
            accounts=self._role_accounts(*main),
            other_accounts=self._other_accounts(*other),
            district_unit_accounts=self._unit_accounts("district", units["district_unit"]),
            deputy_accounts=self.deputy_accounts,
            codes=self.codes,
        )

    def _places(self) -> dict[str, str]:
        self._district()
        village = self._village(self.township, 201)
        other_village = self._village(self.other_township, 202)
        home = self._station("代表之家", self.township, None)
        station = self._station("幸福村联络站", self.township, village, parent=home)
        other_station = self._station("和平社区联络站", self.other_township, other_village)
        return {
            "township": self.township,
            "other_township": self.other_township,
            "village": village,
            "other_village": other_village,
            "home": home,
            "station": station,
            "other_station": other_station,
            "grid": self._grid(village, 1, station),
            "bare_grid": self._grid(village, 2, station),
            "other_grid": self._grid(other_village, 1, other_station),
        }

    def _codes_on_paper(self, ground: dict[str, str]) -> dict[str, str]:
        return {
            "scan_code": self._scan_code("AAAAA", ground["station"]),
            "grid_code": self._scan_code("BBBBB", ground["station"], ground["grid"]),
            "other_scan_code": self._scan_code("CCCCC", ground["other_station"]),
        }

    def _stationed(self, ground: dict[str, str], people: dict[str, str]) -> None:
        for grid, primary, backup in (
            ("grid", "primary", "backup"),
            ("other_grid", "other_primary", "other_backup"),
        ):
            self._assign(ground[grid], people[primary], GridRole.PRIMARY)
            self._assign(ground[grid], people[backup], GridRole.BACKUP)
        for name in STATIONED:
            self._roster(ground["station"], people[name])
        for name in STATIONED_ELSEWHERE:
            self._roster(ground["other_station"], people[name])
        self._duty(ground["station"], people["duty_deputy"])
        self._duty(ground["other_station"], people["other_primary"])
