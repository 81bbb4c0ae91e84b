"""What a mandate hangs on: terms of a congress (届) and electoral units (选区), made when a row first names them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict

import sqlalchemy as sa

from service.deputies.mandates import Level
from service.deputies.models import CongressTerm
from service.deputies.terms import area_code, longest_end
from service.ids import new_id
from service.roster.underway import Underway
from service.territory.models import Constituency

MOST_SEATS = 3  # 选举法 Art. 25: one to three deputies for each electoral unit
_DIRECT = (Level.COUNTY, Level.TOWN)
_NUMBERED = re.compile(r"第(\d{1,6})选")


class Elections:
    def __init__(self, way: Underway) -> None:
        self.way = way
        own = way.district.id
        terms = way.session.scalars(sa.select(CongressTerm).where(CongressTerm.district_id == own))
        self.terms = {(Level(row.level), row.area_code, row.ordinal): row for row in terms}
        self.units: dict[tuple[Level, str | None, str], Constituency] = {}
        self.numbers: defaultdict[tuple[Level, str | None], set[int]] = defaultdict(set)
        for row in way.session.scalars(sa.select(Constituency).where(Constituency.district_id == own)):
            area = _area(Level(row.level), row.township_code)
            self.units[(Level(row.level), area, row.name)] = row
            self.numbers[(Level(row.level), area)].add(row.number)

    def unit(self, level: Level, township: str | None, name: str) -> Constituency:
        area = _area(level, township)
        found = self.units.get((level, area, name))
        if found is None:
            found = Constituency(
                id=new_id(),
                district_id=self.way.district.id,
                level=level.value,
                number=self._number(level, area, name),
                name=name,
                township_code=township,
            )
            self.units[(level, area, name)] = found
            self.way.session.add(found)
        return found

    def _number(self, level: Level, area: str | None, name: str) -> int:
        """The one in the name (第3选区) while it is free, else the next."""
        taken = self.numbers[(level, area)]
        written = _NUMBERED.search(name)
        number = int(written.group(1)) if written else 0
        if number == 0 or number in taken:
            number = max(taken, default=0) + 1
        taken.add(number)
        return number

    def term(
        self, level: Level, township: str | None, ordinal: int, start: dt.date, end: dt.date | None
    ) -> CongressTerm:
        area = area_code(self.way.district, level, township)
        found = self.terms.get((level, area, ordinal))
        if found is None:
            found = CongressTerm(
                id=new_id(),
                district_id=self.way.district.id,
                level=level.value,
                area_code=area,
                ordinal=ordinal,
                starts_on=start,
                ends_on=end or longest_end(start),
            )
            self.terms[(level, area, ordinal)] = found
            self.way.session.add(found)
        return found

    def tell_crowded(self, seats: Counter[str]) -> None:
        """More than three current deputies of one directly elected unit is told, not refused: two terms may overlap."""
        names = {row.id: self._in_full(row) for (level, _, _), row in self.units.items() if level in _DIRECT}
        crowded = sorted(names[key] for key, count in seats.items() if key in names and count > MOST_SEATS)
        if crowded:
            shown = "、".join(crowded[:10])
            more = f"等 {len(crowded)} 个选区" if len(crowded) > 10 else ""
            self.way.report.notices.append(
                f"代表：{shown}{more}各有超过 {MOST_SEATS} 名代表，请核对（选举法规定每个选区 1 到 3 名）"
            )

    def _in_full(self, row: Constituency) -> str:
        """Every town has a 第1选区: with the town in front."""
        town = self.way.divisions.get(row.township_code or "") if row.level == Level.TOWN.value else None
        return f"{town.name}{row.name}" if town else row.name


def _area(level: Level, township: str | None) -> str | None:
    """Every town counts its electoral units from one."""
    return township if level is Level.TOWN else None
