"""Keep districts, divisions and grids. Nothing is deleted: what was redrawn keeps its code (rulebook §6, §11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.ids import new_id
from service.territory import queries
from service.territory.models import District, Division, Grid


@dataclass(frozen=True, slots=True)
class DistrictData:
    """What a new tenant (区/县) needs: 6-digit code, names, and the codes of its city and province."""

    id: str
    name: str
    short_code: str
    city_code: str
    province_code: str


def add_district(session: Session, data: DistrictData) -> District:
    """The district, made on first call; later calls give it back unchanged.

    :raises Invalid: when the code is not six digits or its short code is another district's.
    """
    if not (data.id.isascii() and data.id.isdigit() and len(data.id) == 6):
        raise Invalid("区县代码应为 6 位数字。", fields={"id": "区县代码应为 6 位数字。"})
    found = session.get(District, data.id)
    if found is not None:
        return found
    if session.scalar(sa.select(District.id).where(District.short_code == data.short_code)) is not None:
        raise Invalid(f"简称“{data.short_code}”已被其他区县使用。", fields={"short_code": "请换一个简称。"})
    row = District(
        id=data.id,
        name=data.name,
        short_code=data.short_code,
        city_code=data.city_code,
        province_code=data.province_code,
    )
    session.add(row)
    session.flush()
    return row


def add_grid(session: Session, *, district_id: str, division_code: str, number: int, name: str, on: dt.date) -> Grid:
    """A grid inside a village; its code is the village's 12 digits and a 3-digit serial (rulebook §6).

    :raises NotFound: when the district has no such village.
    :raises Invalid: when the place is a township or gone, the number is not 1–999, or the name is empty.
    :raises Conflict: when the number is taken: codes are never used twice.
    """
    village = queries.division(session, district_id, division_code)
    if village.parent_code is None or (village.valid_to is not None and village.valid_to <= on):
        raise Invalid("网格只能设在现有的村或者社区内。", fields={"division_code": "请选择村或者社区。"})
    if not 1 <= number <= 999:
        raise Invalid("网格序号应在 1 到 999 之间。", fields={"number": "请填写 1 到 999 之间的序号。"})
    if not name.strip():
        raise Invalid("请填写网格名称。", fields={"name": "请填写网格名称。"})
    code = f"{division_code}{number:03d}"
    if session.scalar(sa.select(Grid.id).where(Grid.code == code)) is not None:
        raise Conflict(f"网格编号 {code} 已被使用，撤销的编号也不能再用。")
    row = Grid(
        id=new_id(),
        district_id=district_id,
        division_code=division_code,
        code=code,
        name=name.strip(),
        valid_from=on,
    )
    session.add(row)
    session.flush()
    return row


def close_grid(session: Session, district_id: str, grid_id: str, *, on: dt.date) -> Grid:
    """The grid was redrawn: from ``on`` it takes no new matters; those it has keep it."""
    row = queries.grid(session, district_id, grid_id)
    if row.valid_to is not None:
        raise Conflict("这个网格已经撤销。")
    row.valid_to = on
    session.flush()
    return row


def supersede_division(session: Session, district_id: str, code: str, by: Sequence[str], *, on: dt.date) -> Division:
    """A village was merged (n→1) or split (1→n): from ``on`` the old code points to its successors, and stays.

    :raises NotFound: when a code is not the district's.
    :raises Conflict: when it ended before.
    :raises Invalid: when there is no successor, or it would succeed itself.
    """
    row = queries.division(session, district_id, code)
    if row.valid_to is not None:
        raise Conflict(f"{row.name}已经撤并。")
    if not by or code in by:
        raise Invalid("请填写撤并后的村或者社区，且不能是它自己。", fields={"by": "请选择撤并后的村或者社区。"})
    successors = [queries.division(session, district_id, successor) for successor in by]
    row.valid_to, row.superseded_by = on, [successor.code for successor in successors]
    session.flush()
    return row
