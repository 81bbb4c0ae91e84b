"""Who may get something new on a day: the one definition every query of this room uses. Rulebook §9.5.

Dates: ``valid_to`` is the first day on which a row no longer holds; ``to_on`` of a leave is its last day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from service.deputies.mandates import Level, MandateState
from service.deputies.models import DeputyGroup, GridAssignment, Leave, Mandate

Day = dt.date | sa.BindParameter[dt.date]
"""A day, or its place in a statement that is built once."""


def in_force(table: type[Mandate] | type[GridAssignment], on: Day) -> sa.ColumnElement[bool]:
    """The row covers the day."""
    return sa.and_(table.valid_from <= on, sa.or_(table.valid_to.is_(None), table.valid_to > on))


def active_mandate(on: Day) -> sa.ColumnElement[bool]:
    """The mandate is exercised on that day: neither only elected, nor suspended, terminated or archived."""
    return sa.and_(Mandate.state == MandateState.ACTIVE.value, in_force(Mandate, on))


def on_leave(on: Day, leave: type[Leave] = Leave) -> sa.ColumnElement[bool]:
    """The leave covers the day and was not cancelled."""
    return sa.and_(leave.cancelled_at.is_(None), leave.from_on <= on, leave.to_on >= on)


def available_mandate(on: Day) -> sa.ColumnElement[bool]:
    """A condition on :class:`Mandate`: exercised that day, by somebody who is not away."""
    away = sa.select(Leave.id).where(Leave.deputy_id == Mandate.deputy_id, on_leave(on))
    return sa.and_(active_mandate(on), ~away.exists())


def is_available(deputy_id: sa.ColumnElement[Any], on: Day) -> sa.ColumnElement[bool]:
    """Whether the deputy of another row may get something new that day."""
    return sa.exists().where(Mandate.deputy_id == deputy_id, available_mandate(on)).correlate_except(Mandate)


def available_substitute(deputy_id: sa.ColumnElement[Any], on: Day) -> sa.ScalarSelect[str | None]:
    """Who stands in for the deputy of another row that day, if they may themselves."""
    leave = aliased(Leave)
    wanted = sa.select(leave.substitute_id).where(
        leave.deputy_id == deputy_id, on_leave(on, leave), is_available(leave.substitute_id.expression, on)
    )
    return wanted.limit(1).correlate_except(leave).scalar_subquery()


def levels_above(level: Level) -> tuple[Level, ...]:
    """Higher levels, nearest first: a matter goes up one level at a time (五级联动, rulebook §1 row 9)."""
    ranked = tuple(Level)
    return tuple(reversed(ranked[: ranked.index(level)]))


def knows_one_of(group: DeputyGroup, category_ids: frozenset[str]) -> bool:
    """Whether a group's field of expertise covers one of the categories."""
    return not category_ids.isdisjoint(group.category_ids)
