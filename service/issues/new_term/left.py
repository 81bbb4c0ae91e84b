"""What a new term leaves for people to do by hand, asked of the rows as they are: the list shrinks as it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import GrantRow
from service.accounts.roles import Role
from service.calendar.workdays import end_of, local_date
from service.deputies import terms
from service.deputies.models import Deputy, Leave
from service.stations import leaving
from service.territory.models import Grid

DAY = dt.timedelta(days=1)
MOST_NAMED = 12


def to_do(
    session: Session,
    district_id: str,
    *,
    gone: Collection[str],
    new: Collection[str],
    grids: Collection[str],
    on: dt.date,
) -> list[tuple[str, int, list[str]]]:
    """(what, how many, the first of them by name), without what is done. ``grids``: those whose 主责 left."""
    found = {
        "grids": _grids(session, grids, on),
        "receptions": _receptions(session, district_id, gone, on),
        "substitutes": _substitutes(session, gone, on),
        "codes": [f"{name}：{placement or code}" for code, placement, name in leaving.codes_of(session, gone)],
        "grants": _names(session, _granted(session, gone)),
        "accounts": _names(session, set(new) - _granted(session, new)),
    }
    return [(what, len(names), names[:MOST_NAMED]) for what, names in found.items() if names]


def now_left(
    session: Session, district_id: str, found: Mapping[str, Any], *, starts_on: dt.date, now: dt.datetime
) -> list[tuple[str, int, list[str]]]:
    """:func:`to_do` of a term that was applied."""
    ids: Mapping[str, list[str]] = found["ids"]
    on = max(starts_on, local_date(now))
    return to_do(session, district_id, gone=ids["gone"], new=ids["new"], grids=ids["grids"], on=on)


def _grids(session: Session, grid_ids: Collection[str], on: dt.date) -> list[str]:
    bare = terms.without_primary(session, grid_ids, on=on)
    wanted = sa.select(Grid.name).where(Grid.id.in_(bare), sa.or_(Grid.valid_to.is_(None), Grid.valid_to > on))
    return list(session.scalars(wanted.order_by(Grid.code)))


def _receptions(session: Session, district_id: str, gone: Collection[str], on: dt.date) -> list[str]:
    rows = leaving.receptions_of(session, district_id, gone, since=end_of(on - DAY))
    return [f"{local_date(row.starts_at)} {name}" for row, name in rows if set(row.deputy_ids) <= set(gone)]


def _substitutes(session: Session, gone: Collection[str], on: dt.date) -> list[str]:
    wanted = sa.select(Deputy.name).join(Leave, Leave.deputy_id == Deputy.id)
    away = wanted.where(Leave.substitute_id.in_(gone), Leave.cancelled_at.is_(None), Leave.to_on >= on)
    return list(session.scalars(away.order_by(Deputy.name).distinct()))


def _granted(session: Session, deputy_ids: Collection[str]) -> set[str]:
    wanted = sa.select(GrantRow.deputy_id).where(
        GrantRow.deputy_id.in_(deputy_ids), GrantRow.role == Role.DEPUTY.value, GrantRow.revoked_at.is_(None)
    )
    return {str(one) for one in session.scalars(wanted)}


def _names(session: Session, deputy_ids: Collection[str]) -> list[str]:
    wanted = sa.select(Deputy.name).where(Deputy.id.in_(deputy_ids))
    return list(session.scalars(wanted.order_by(Deputy.name, Deputy.id)))
