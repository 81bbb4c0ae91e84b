"""Who may get something new on a day: the one definition every query of this room uses. Rulebook §9.5.

Dates: ``valid_to`` is the first day on which a row no longer holds; ``to_on`` of a leave is its last day.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from service.deputies.mandates import Level, MandateState
from service.deputies.models import DeputyGroup, GridAssignment, Leave, Mandate


def in_force(
    table: type[Mandate] | type[GridAssignment], on: dt.date | sa.BindParameter[dt.date]
) -> sa.ColumnElement[bool]:
    """The row covers the day."""
    return sa.and_(table.valid_from <= on, sa.or_(table.valid_to.is_(None), table.valid_to > on))


def active_mandate(on: dt.date) -> sa.ColumnElement[bool]:
    """The mandate is exercised on that day: neither only elected, nor suspended, terminated or archived."""
    return sa.and_(Mandate.state == MandateState.ACTIVE.value, in_force(Mandate, on))


def on_leave(on: dt.date) -> sa.ColumnElement[bool]:
    """The leave covers the day and was not cancelled."""
    return sa.and_(Leave.cancelled_at.is_(None), Leave.from_on <= on, Leave.to_on >= on)


def available_mandate(on: dt.date) -> sa.ColumnElement[bool]:
    """A condition on :class:`Mandate`: exercised that day, by somebody who is not away."""
    away = sa.select(Leave.id).where(Leave.deputy_id == Mandate.deputy_id, on_leave(on))
    return sa.and_(active_mandate(on), ~away.exists())


def levels_above(level: Level) -> tuple[Level, ...]:
    """Higher levels, nearest first: a matter goes up one level at a time (五级联动, rulebook §1 row 9)."""
    ranked = tuple(Level)
    return tuple(reversed(ranked[: ranked.index(level)]))


def knows_one_of(group: DeputyGroup, category_ids: frozenset[str]) -> bool:
    """Whether a group's field of expertise covers one of the categories."""
    return not category_ids.isdisjoint(group.category_ids)
