"""The ground of a district: divisions, stations, grids, units, codes, categories."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from sqlalchemy.orm import Session

from config.defaults import CATEGORIES
from service.db import Base
from service.ids import check_digit, new_id
from service.parameters.models import Category
from service.stations.models import ScanCode, Station, StationGrid
from service.territory.models import STREET, TOWN, VILLAGE, District, Division, Grid
from service.units.models import DISTRICT_LEVEL, TOWNSHIP_LEVEL, HandlingUnit

SINCE = dt.date(2022, 1, 1)
GRANTED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Row = TypeVar("Row", bound=Base)


class Ground:
    """``key`` marks names and codes, so that two districts never share one."""

    township: str
    other_township: str

    def __init__(self, session: Session, district_id: str, name: str, key: str) -> None:
        self.session, self.district_id, self.name, self.key = session, district_id, name, key

    def _add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row

    def _district(self) -> None:
        city, province = self.district_id[:4], self.district_id[:2]
        self._add(
            District(
                id=self.district_id,
                name=self.name,
                short_code=self.key,
                city_code=city,
                province_code=province,
            )
        )
        self.township = self._division(f"{self.district_id}100000", f"{self.name}东镇", TOWN, None)
        self.other_township = self._division(f"{self.district_id}001000", f"{self.name}西街道", STREET, None)

    def _division(self, code: str, name: str, kind: str, parent: str | None) -> str:
        self._add(
            Division(
                code=code,
                district_id=self.district_id,
                parent_code=parent,
                name=name,
                kind=kind,
                valid_from=SINCE,
            )
        )
        return code

    def _village(self, township: str, number: int) -> str:
        return self._division(f"{township[:9]}{number}", f"{self.key}{number}村", VILLAGE, township)

    def _station(self, name: str, township: str, village: str | None, parent: str | None = None) -> str:
        return self._add(
            Station(
                id=new_id(),
                district_id=self.district_id,
                township_code=township,
                division_code=village,
                parent_id=parent,
                kind="STATION" if village else "HOME",
                name=f"{self.name}{name}",
                address=f"{self.name}人民路1号",
                phone="028-00000000",
                hours="工作日 9:00–17:00",
            )
        ).id

    def _grid(self, village: str, number: int, station_id: str) -> str:
        grid = self._add(
            Grid(
                id=new_id(),
                district_id=self.district_id,
                division_code=village,
                code=f"{village}{number:03d}",
                name=f"{number}组网格",
                valid_from=SINCE,
            )
        )
        self._add(StationGrid(station_id=station_id, grid_id=grid.id))
        return grid.id

    def _categories(self) -> dict[str, str]:
        rows = [
            Category(
                id=new_id(),
                district_id=self.district_id,
                title=default.title,
                position=position,
                keywords=list(default.keywords),
            )
            for position, default in enumerate(CATEGORIES)
        ]
        self.session.add_all(rows)
        self.session.flush()
        return {row.title: row.id for row in rows}

    def _units(self) -> dict[str, str]:
        return {
            "township_unit": self._unit("东镇城建办", self.township),
            "other_township_unit": self._unit("西街道城建办", self.other_township),
            "district_unit": self._unit("住房城乡建设局", None),
            "company_unit": self._unit("供电公司", None, is_government=False),
        }

    def _unit(self, name: str, township: str | None, *, is_government: bool = True) -> str:
        return self._add(
            HandlingUnit(
                id=new_id(),
                district_id=self.district_id,
                township_code=township,
                level=TOWNSHIP_LEVEL if township else DISTRICT_LEVEL,
                name=f"{self.name}{name}",
                is_government=is_government,
            )
        ).id

    def _scan_code(self, middle: str, station_id: str, grid_id: str | None = None) -> str:
        body = f"{self.key}{middle}01"
        return self._add(
            ScanCode(
                code=body + check_digit(body),
                district_id=self.district_id,
                station_id=station_id,
                target_type="GRID" if grid_id else "STATION",
                grid_id=grid_id,
                placement="大门",
                created_at=GRANTED,
            )
        ).code
