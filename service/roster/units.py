"""Handling units (承办单位) from a sheet: one of a township, or with 镇街 empty of the district."""

from __future__ import annotations

import sqlalchemy as sa

from service.ids import new_id
from service.roster.shapes import UNITS
from service.roster.underway import Underway, update
from service.sheets.shapes import Record
from service.units.models import DISTRICT_LEVEL, TOWNSHIP_LEVEL, HandlingUnit

Units = dict[tuple[str | None, str], HandlingUnit]


def take_units(way: Underway) -> None:
    wanted = sa.select(HandlingUnit).where(
        HandlingUnit.district_id == way.district.id, HandlingUnit.closed_on.is_(None)
    )
    stored: Units = {(row.township_code, row.name): row for row in way.session.scalars(wanted)}
    known = set(stored)
    for record in way.read(UNITS):
        try:
            way.tell(UNITS, _take(way, stored, record))
        except ValueError as error:
            way.blame(UNITS, record.line, str(error))
    way.left(UNITS, known, {key for sheet, key in way.lines if sheet == UNITS.name})
    way.flush()


def _take(way: Underway, stored: Units, record: Record) -> bool | None:
    township = way.township(record["township"]) if "township" in record.values else None
    key = (township, record["name"])
    way.once(UNITS, key, record.line)
    if key in stored:
        values = {"is_government": record.get("is_government"), "phone": record.get("phone")}
        return update(stored[key], values)
    row = HandlingUnit(
        id=new_id(),
        district_id=way.district.id,
        township_code=township,
        level=TOWNSHIP_LEVEL if township else DISTRICT_LEVEL,
        name=record["name"],
        is_government=record.get("is_government", True),
        phone=record.get("phone"),
    )
    stored[key] = row
    way.session.add(row)
    return None
