"""How many issues a box holds: the open ones counted now, from an index of open ones alone; the finished from totals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.issues import scopes, tallies
from service.issues.lists import SOON
from service.issues.models import Issue, IssueTally
from service.issues.models.issue import OPEN_ONLY, URGENT
from service.issues.scopes import Box
from service.issues.states import OPEN, TERMINAL

FINISHED = tuple(sorted(state.value for state in TERMINAL))


@dataclass(frozen=True, slots=True)
class Counts:
    """``finished_as_of``: when the states in which nobody owes anything were counted; None: just now."""

    by_state: dict[str, int]
    overdue: int
    due_soon: int
    urgent: int
    finished_as_of: dt.datetime | None

    @property
    def total_open(self) -> int:
        return sum(self.by_state.get(state.value, 0) for state in OPEN)


def of_box(session: Session, actor: Actor, box: Box, *, now: dt.datetime) -> Counts:
    """Counts of what :func:`service.issues.lists.page` would list there, unfiltered.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    ways, totals = scopes.branches(actor, box), _totals(actor, box)
    open_only = [sa.text(OPEN_ONLY)] if totals is not None else []
    rows = session.execute(_grouped(ways, open_only, now)).all()
    by_state: Counter[str] = Counter({row[0]: row[1] for row in rows})
    if totals is not None:
        counted = sa.select(IssueTally.state, sa.func.sum(IssueTally.issues)).where(totals)
        for state, issues in session.execute(counted.where(IssueTally.state.in_(FINISHED)).group_by(IssueTally.state)):
            by_state[state] += int(issues)
    overdue, soon, urgent = (sum(int(row[place] or 0) for row in rows) for place in (2, 3, 4))
    return Counts(dict(by_state), overdue, soon, urgent, tallies.as_of(session) if totals is not None else None)


def _totals(actor: Actor, box: Box) -> Any:
    """The scope over the totals; None where the box holds few rows anyway."""
    if box in (Box.MINE, Box.INBOX, Box.UNIT, Box.PUBLISH):
        return None
    return scopes.tallied(scopes.grants_in(actor, box))


def _grouped(ways: list[scopes.Clause], conditions: list[Any], now: dt.datetime) -> Any:
    """State, number, and of them overdue, due soon and urgent."""
    dated = sa.and_(sa.text(OPEN_ONLY), Issue.due_at.is_not(None))
    columns = (
        Issue.state,
        sa.func.count(),
        _number(sa.and_(dated, Issue.due_at < now)),
        _number(sa.and_(dated, Issue.due_at >= now, Issue.due_at < now + SOON)),
        _number(sa.and_(sa.text(OPEN_ONLY), sa.text(URGENT))),
    )
    if len(ways) == 1:
        return sa.select(*columns).where(ways[0], *conditions).group_by(Issue.state)
    each_once = sa.union(*(sa.select(Issue.id).where(way, *conditions) for way in ways))
    return sa.select(*columns).where(Issue.id.in_(each_once)).group_by(Issue.state)


def _number(condition: Any) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0))
