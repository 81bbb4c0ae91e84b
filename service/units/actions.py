"""Register and close handling units (承办单位)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.ids import new_id
from service.territory import queries as territory
from service.units import queries
from service.units.models import DISTRICT_LEVEL, TOWNSHIP_LEVEL, HandlingUnit


def create_unit(
    session: Session,
    *,
    district_id: str,
    name: str,
    township_code: str | None = None,
    is_government: bool = True,
    phone: str | None = None,
) -> HandlingUnit:
    """A unit of the township, or with ``township_code`` None of the district.

    :raises Invalid: without a name, or when the place is a village.
    :raises NotFound: when the district has no such township.
    :raises Conflict: when an open unit of that name exists there.
    """
    title = name.strip()
    if not title:
        raise Invalid("请填写承办单位名称。", fields={"name": "请填写承办单位名称。"})
    if township_code is not None and territory.division(session, district_id, township_code).parent_code is not None:
        raise Invalid("承办单位只能属于镇街或者区。", fields={"township_code": "请选择镇街。"})
    _check_name_is_free(session, district_id, township_code, title)
    row = HandlingUnit(
        id=new_id(),
        district_id=district_id,
        township_code=township_code,
        level=TOWNSHIP_LEVEL if township_code else DISTRICT_LEVEL,
        name=title,
        is_government=is_government,
        phone=phone,
    )
    session.add(row)
    session.flush()
    return row


def _check_name_is_free(session: Session, district_id: str, township_code: str | None, title: str) -> None:
    twin = sa.select(HandlingUnit.id).where(
        HandlingUnit.district_id == district_id,
        HandlingUnit.name == title,
        HandlingUnit.township_code.is_not_distinct_from(township_code),
        HandlingUnit.closed_on.is_(None),
    )
    if session.scalar(twin) is not None:
        raise Conflict(f"已有名为“{title}”的承办单位。")


def close_unit(session: Session, district_id: str, unit_id: str, *, on: dt.date) -> HandlingUnit:
    """From ``on`` the unit gets nothing new.

    :raises NotFound: when the district has no such unit.
    :raises Conflict: when it was closed before.
    """
    row = queries.unit(session, district_id, unit_id)
    if row.closed_on is not None:
        raise Conflict("这个承办单位已经停用。")
    row.closed_on = on
    session.flush()
    return row
