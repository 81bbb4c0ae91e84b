"""What operators call things: a station, deputy or unit may be given by name or number instead of its id."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies.models import Deputy
from service.errors import Invalid
from service.stations import lookup
from service.units.models import HandlingUnit


def station_id(session: Session, district_id: str, written: str | None) -> str | None:
    """:raises Invalid: when several stations have that name."""
    stations = lookup.by_name(session, district_id) if written else {}
    if written is None or written not in stations:
        return written
    try:
        return lookup.find(stations, written)
    except ValueError as error:
        raise Invalid(f"{error}。") from None


def deputy_id(session: Session, district_id: str, written: str | None) -> str | None:
    """By 编号, else by name.

    :raises Invalid: when several deputies have that name.
    """
    if written is None:
        return None
    here = sa.select(Deputy.id).where(Deputy.district_id == district_id)
    numbered = session.scalar(here.where(Deputy.roster_number == written))
    found = [numbered] if numbered else list(session.scalars(here.where(Deputy.name == written)))
    return _only(found, written, "代表", "编号")


def unit_id(session: Session, district_id: str, written: str | None) -> str | None:
    """:raises Invalid: when several open units have that name."""
    if written is None:
        return None
    named = sa.select(HandlingUnit.id).where(HandlingUnit.district_id == district_id, HandlingUnit.name == written)
    return _only(list(session.scalars(named.where(HandlingUnit.closed_on.is_(None)))), written, "承办单位", "id")


def _only(found: list[str], written: str, what: str, instead: str) -> str:
    if len(found) > 1:
        raise Invalid(f"有 {len(found)} 个名为“{written}”的{what}，请改用{instead}。")
    return found[0] if found else written
