"""What operators call things: a township, station, deputy or unit may be given by name or number instead of its id."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies.models import Deputy
from service.errors import Invalid
from service.stations import lookup
from service.territory.models import Division
from service.units.models import HandlingUnit


def township_code(session: Session, district_id: str | None, written: str | None) -> str | None:
    """The 12 digits of a street or town named by them, by its first nine or by its name; ``district_id`` None: anywhere.

    :raises Invalid: when there is none, or several.
    """
    if written is None:
        return None
    named = sa.or_(Division.code == written.ljust(12, "0"), Division.name == written)
    wanted = sa.select(Division.code).where(named, Division.parent_code.is_(None))
    if district_id is not None:
        wanted = wanted.where(Division.district_id == district_id)
    return _only(session.scalars(wanted).all(), written, "镇街", "代码")


def station_id(session: Session, district_id: str, written: str | None) -> str | None:
    """:raises Invalid: when no station has that name, or several."""
    if written is None:
        return None
    try:
        return lookup.find(lookup.by_name(session, district_id), written)
    except ValueError as error:
        raise Invalid(f"{error}。") from None


def deputy_id(session: Session, district_id: str, written: str | None) -> str | None:
    """By 编号 or id, else by name.

    :raises Invalid: when no deputy has that name, or several.
    """
    if written is None:
        return None
    here = sa.select(Deputy.id).where(Deputy.district_id == district_id)
    known = session.scalars(here.where(sa.or_(Deputy.roster_number == written, Deputy.id == written))).all()
    return _only(known or session.scalars(here.where(Deputy.name == written)).all(), written, "代表", "编号")


def unit_id(session: Session, district_id: str, written: str | None) -> str | None:
    """:raises Invalid: when no open unit has that name, or several."""
    if written is None:
        return None
    named = sa.or_(HandlingUnit.name == written, HandlingUnit.id == written)
    is_open = (HandlingUnit.district_id == district_id, HandlingUnit.closed_on.is_(None))
    return _only(session.scalars(sa.select(HandlingUnit.id).where(named, *is_open)).all(), written, "承办单位", "id")


def _only(found: Sequence[str], written: str, what: str, instead: str) -> str:
    if not found:
        raise Invalid(f"没有名为“{written}”的{what}。")
    if len(found) > 1:
        raise Invalid(f"有 {len(found)} 个名为“{written}”的{what}，请改用{instead}。")
    return found[0]
