"""Grids (网格) from a sheet, by their 15-digit code: the village's twelve and a serial (rulebook §6)."""

from __future__ import annotations

import sqlalchemy as sa

from service.ids import new_id
from service.roster.shapes import GRIDS
from service.roster.underway import Underway, update
from service.sheets.shapes import Record
from service.territory.models import Grid


def take_grids(way: Underway) -> dict[str, Grid]:
    """Every grid of the district that exists after the sheet was taken, by code."""
    stored = {row.code: row for row in way.session.scalars(sa.select(Grid).where(Grid.district_id == way.district.id))}
    for record in way.read(GRIDS):
        try:
            way.tell(GRIDS, _take(way, stored, record))
        except ValueError as error:
            way.blame(GRIDS, record.line, str(error))
    current = {code: row for code, row in stored.items() if row.valid_to is None or row.valid_to > way.today}
    mentioned = {key for sheet, key in way.lines if sheet == GRIDS.name}
    way.left(GRIDS, current, mentioned)
    way.flush()
    return current


def _take(way: Underway, stored: dict[str, Grid], record: Record) -> bool | None:
    code = record["code"]
    way.once(GRIDS, code, record.line)
    village = way.divisions.get(code[:12])
    if village is None or village.parent_code is None:
        raise ValueError(f"没有代码为 {code[:12]} 的村社（网格编码是村社代码加 3 位序号）")
    if code.endswith("000"):
        raise ValueError("网格序号应在 001 到 999 之间")
    row = stored.get(code)
    if row is not None:
        if row.valid_to is not None and row.valid_to <= way.today:
            raise ValueError(f"网格编号 {code} 已撤销，撤销的编号不能再用")
        return update(row, {"name": record["name"]})
    row = Grid(
        id=new_id(),
        district_id=way.district.id,
        division_code=village.code,
        code=code,
        name=record["name"],
        valid_from=way.today,
    )
    stored[code] = row
    way.session.add(row)
    return None
