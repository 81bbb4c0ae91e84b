"""The register of deputies (代表名册) as the district's office keeps it: who holds what, in which grids and groups."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies.availability import in_force
from service.deputies.mandates import OVER, Level
from service.deputies.models import CongressTerm, Deputy, DeputyGroup, GridAssignment, GroupMember, Mandate
from service.territory.models import Grid

_ORDER = (Deputy.name, Deputy.id)


def listed(
    session: Session,
    district_ids: Collection[str],
    *,
    townships: Collection[str] = (),
    q: str | None = None,
    level: Level | None = None,
    after: Sequence[str] | None = None,
    limit: int,
) -> Sequence[Deputy]:
    """By name, also those whose mandates are over; ``q``: a part of the name, or the whole 编号. ``level``: who holds one.

    ``townships``: besides, whoever holds a mandate in one of them.
    """
    near = sa.select(Mandate.id).where(Mandate.deputy_id == Deputy.id, Mandate.state.not_in(OVER))
    here: list[sa.ColumnElement[bool]] = [Deputy.district_id.in_(district_ids)]
    if townships:
        here.append(near.where(Mandate.township_code.in_(townships)).exists())
    wanted = sa.select(Deputy).where(sa.or_(*here))
    if q:
        wanted = wanted.where(sa.or_(Deputy.name.contains(q, autoescape=True), Deputy.roster_number == q))
    if level is not None:
        held = sa.select(Mandate.id).where(Mandate.deputy_id == Deputy.id, Mandate.level == level.value)
        wanted = wanted.where(held.where(Mandate.state.not_in(OVER)).exists())
    if after is not None:
        wanted = wanted.where(sa.tuple_(*_ORDER) > sa.tuple_(*after))
    return session.scalars(wanted.order_by(*_ORDER).limit(limit)).all()


def position(deputy: Deputy) -> list[str]:
    """Where a list of :func:`listed` goes on."""
    return [deputy.name, deputy.id]


def mandates(session: Session, deputy_ids: Collection[str]) -> defaultdict[str, list[Mandate]]:
    """Every mandate of each, the newest first."""
    wanted = sa.select(Mandate).where(Mandate.deputy_id.in_(deputy_ids))
    found: defaultdict[str, list[Mandate]] = defaultdict(list)
    for row in session.scalars(wanted.order_by(Mandate.valid_from.desc(), Mandate.level, Mandate.id)):
        found[row.deputy_id].append(row)
    return found


def ordinals(session: Session, rows: Collection[Mandate]) -> dict[str, int]:
    """Term → its number (第几届)."""
    wanted = sa.select(CongressTerm.id, CongressTerm.ordinal)
    return dict(session.execute(wanted.where(CongressTerm.id.in_({row.term_id for row in rows if row.term_id}))).all())


def grids(session: Session, deputy_id: str, *, on: dt.date) -> list[tuple[GridAssignment, Grid]]:
    """The grids one answers for, 主责 first."""
    wanted = (
        sa.select(GridAssignment, Grid)
        .join(Grid, Grid.id == GridAssignment.grid_id)
        .where(GridAssignment.deputy_id == deputy_id, in_force(GridAssignment, on))
        .order_by(GridAssignment.role.desc(), Grid.code)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def grids_within(session: Session, district_id: str, townships: Collection[str], *, limit: int) -> Sequence[Grid]:
    """Grids of these townships that still are, by code: to choose one from."""
    here = sa.or_(sa.false(), *(Grid.code.startswith(code[:9], autoescape=True) for code in townships))
    wanted = sa.select(Grid).where(Grid.district_id == district_id, Grid.valid_to.is_(None), here)
    return session.scalars(wanted.order_by(Grid.code).limit(limit)).all()


def groups_of(session: Session, deputy_id: str) -> list[tuple[GroupMember, DeputyGroup]]:
    wanted = sa.select(GroupMember, DeputyGroup).join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
    wanted = wanted.where(GroupMember.deputy_id == deputy_id).order_by(DeputyGroup.kind.desc(), DeputyGroup.name)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def groups(session: Session, district_id: str) -> Sequence[DeputyGroup]:
    wanted = sa.select(DeputyGroup).where(DeputyGroup.district_id == district_id)
    return session.scalars(wanted.order_by(DeputyGroup.kind.desc(), DeputyGroup.name)).all()


def namesake(session: Session, district_id: str, name: str) -> bool:
    """Whether somebody of that name is registered already."""
    wanted = sa.select(Deputy.id).where(Deputy.district_id == district_id, Deputy.name == name)
    return session.scalar(wanted.limit(1)) is not None
