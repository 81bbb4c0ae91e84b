"""Questions about divisions and grids; always within one district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.errors import NotFound, Unavailable
from service.remembered import Remembered
from service.territory.models import District, Division, Grid


def township_of(code: str) -> str:
    """The township a division lies in: 9 digits and ``000`` (rulebook §6); a township is its own."""
    return f"{code[:9]}000"


def district(session: Session, district_id: str) -> District:
    """:raises NotFound: when no such district is served here."""
    found = session.get(District, district_id)
    if found is None:
        raise NotFound("没有找到这个区县。")
    return found


_short_codes: Remembered[str] = Remembered()


def short_code(session: Session, district_id: str) -> str:
    """What the district's numbers begin with (``YJ``)."""
    return _short_codes.get(session, district_id, lambda: district(session, district_id).short_code)


def lock_district(session: Session, district_id: str) -> District:
    """The district, held until the transaction ends: two imports into it take turns. Others may go on referring to it.

    :raises NotFound: when no such district is served here.
    """
    found = session.scalar(sa.select(District).where(District.id == district_id).with_for_update(key_share=True))
    if found is None:
        raise NotFound("没有找到这个区县，请先导入镇街和村社。")
    return found


PATIENCE = dt.timedelta(seconds=4)
"""How long somebody at a desk waits for an import that is being written."""
IN_USE = "正在导入名单或者换届，现在还不能保存。请过一两分钟再保存，您填写的内容还在。"
_LOCK_NOT_AVAILABLE = "55P03"


def lock_district_soon(session: Session, district_id: str) -> District:
    """:func:`lock_district` for whoever waits for an answer. SQLite's writers wait for one another at BEGIN, not here.

    :raises Unavailable: while somebody else holds it for longer than :data:`PATIENCE`: an import, for minutes perhaps.
    """
    if is_sqlite(session):
        return lock_district(session, district_id)
    try:
        with session.begin_nested():  # what was begun before stays usable
            session.execute(sa.text(f"SET LOCAL lock_timeout = {PATIENCE // dt.timedelta(milliseconds=1)}"))
            found = lock_district(session, district_id)
            session.execute(sa.text("SET LOCAL lock_timeout TO DEFAULT"))
    except OperationalError as fault:
        if getattr(fault.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise Unavailable(IN_USE) from None
    return found


def districts(session: Session) -> Sequence[District]:
    """Every district of this deployment, by code."""
    return session.scalars(sa.select(District).order_by(District.id)).all()


def division(session: Session, district_id: str, code: str) -> Division:
    """A division of the district, also one that was merged away: old matters keep their old code (rulebook §11).

    :raises NotFound: when the district has no such division.
    """
    found = session.scalar(sa.select(Division).where(Division.district_id == district_id, Division.code == code))
    if found is None:
        raise NotFound("没有找到这个镇街或者村社区。")
    return found


def townships_of(session: Session, district_id: str, *, on: dt.date) -> Sequence[Division]:
    """Streets and towns that exist on that day, by code."""
    top = sa.select(Division).where(Division.district_id == district_id, Division.parent_code.is_(None))
    return session.scalars(top.where(_in_force(Division, on)).order_by(Division.code)).all()


def villages_of(session: Session, district_id: str, township_code: str, *, on: dt.date) -> Sequence[Division]:
    """Villages and communities of a township that exist on that day, by code."""
    below = sa.select(Division).where(
        Division.district_id == district_id, Division.parent_code == township_of(township_code)
    )
    return session.scalars(below.where(_in_force(Division, on)).order_by(Division.code)).all()


_names: Remembered[Mapping[str, str]] = Remembered()


def names_of_divisions(session: Session, district_id: str) -> Mapping[str, str]:
    """Code → name of every division of the district, also of those merged away."""

    def ask() -> Mapping[str, str]:
        rows = session.execute(sa.select(Division.code, Division.name).where(Division.district_id == district_id))
        return dict(rows.all())

    return _names.get(session, district_id, ask)


def division_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Code → name for lists on a screen; unknown codes are left out. Codes come from rows already scoped."""
    if not codes:
        return {}
    rows = session.execute(sa.select(Division.code, Division.name).where(Division.code.in_(codes)))
    return dict(rows.all())


def grid(session: Session, district_id: str, grid_id: str) -> Grid:
    """:raises NotFound: when the district has no such grid."""
    found = session.scalar(sa.select(Grid).where(Grid.district_id == district_id, Grid.id == grid_id))
    if found is None:
        raise NotFound("没有找到这个网格。")
    return found


def grids(session: Session, district_id: str, grid_ids: Collection[str], *, on: dt.date) -> Sequence[Grid]:
    """Those of the given grids that exist on that day, by code."""
    if not grid_ids:
        return []
    wanted = sa.select(Grid).where(Grid.district_id == district_id, Grid.id.in_(grid_ids))
    return session.scalars(wanted.where(_in_force(Grid, on)).order_by(Grid.code)).all()


def _in_force(table: type[Division] | type[Grid], on: dt.date) -> sa.ColumnElement[bool]:
    """``valid_to`` is the first day on which it no longer holds."""
    return sa.and_(table.valid_from <= on, sa.or_(table.valid_to.is_(None), table.valid_to > on))
