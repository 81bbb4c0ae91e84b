"""Pages of lists: a box, filters and an order, by keyset; each page reads a piece of an index (ADR 0012)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.calendar.workdays import SHANGHAI
from service.issues import scopes, search
from service.issues.line import TITLE_CHARS, Line
from service.issues.models import Issue
from service.issues.models.issue import NOT_SCANNED, OPEN_ONLY, URGENT
from service.issues.words import Channel

Condition = sa.ColumnElement[bool]
SOON = dt.timedelta(days=3)
MOST_STATES_APART = 4
_NUMBER = re.compile(r"[0-9A-Za-z]+(?:-[0-9]+){3}", re.ASCII)
_CUT = ("content", "redacted", "public_text")
_BEGINNING: tuple[Any, Any] = (sa.literal_column("1"), sa.literal_column(str(TITLE_CHARS)))
_COLUMNS = [
    sa.func.substr(getattr(Issue, name), *_BEGINNING) if name in _CUT else getattr(Issue, name) for name in Line._fields
]


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    FOLLOWERS = "followers"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an order that one index gives: issues that meet ``of``, by ``column`` and id."""

    of: tuple[Any, ...]
    column: Any
    descending: bool


_DATED = (sa.text(OPEN_ONLY), Issue.due_at.is_not(None))
_NEWEST = Stretch((), Issue.created_at, True)
_ORDERS: dict[Sort, tuple[Stretch, ...]] = {
    Sort.NEWEST: (_NEWEST,),
    Sort.OLDEST: (Stretch((), Issue.created_at, False),),
    Sort.DUE: (Stretch(_DATED, Issue.due_at, False), Stretch((Issue.due_at.is_(None),), Issue.created_at, True)),
    Sort.FOLLOWERS: (
        Stretch((sa.text("follower_count > 0"),), Issue.follower_count, True),
        Stretch((Issue.follower_count == 0,), Issue.created_at, True),
    ),
}
"""What has no deadline, or no follower, comes after what has, newest first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """``overdue`` and ``due_soon`` (within :data:`SOON`) and ``urgent`` are as a line shows them; days are whole and of China."""

    states: tuple[str, ...] = ()
    category_id: str | None = None
    overdue: bool | None = None
    due_soon: bool | None = None
    urgent: bool | None = None
    village: str | None = None
    deputy_id: str | None = None
    unit_id: str | None = None
    channel: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    text: str | None = None
    responsible: tuple[tuple[str, str | None], ...] = ()
    """Whose step it is: (role, holder), any of them."""


NONE = Filters()


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: stretch of the order, value of its column, and id of the last row seen."""

    stretch: int
    value: dt.datetime | int
    issue_id: str


def page(
    session: Session,
    actor: Actor,
    box: scopes.Box,
    filters: Filters,
    *,
    sort: Sort,
    after: Key | None,
    limit: int,
    now: dt.datetime,
    all_dated: bool = False,
) -> tuple[list[Line], Key | None]:
    """Up to ``limit`` lines behind ``after``, and where the next page begins; None at the end.

    ``all_dated``: what is asked for always has a deadline (:func:`service.issues.deadlines.due`), so that nobody looks for
    what has none.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    wanted = conditions(filters, now)
    texts = _texts(session, actor, box, filters)
    ways = [sa.and_(*way, *text) for way in _ways(scopes.branches(actor, box), filters) for text in texts]
    found: list[tuple[int, Line]] = []
    order = _ORDERS[sort][:1] if all_dated and sort is Sort.DUE else _ORDERS[sort]
    for number in range(after.stretch if after else 0, len(order)):
        statement = _next(ways, wanted, order[number], after, limit + 1 - len(found))
        found += [(number, Line._make(row)) for row in session.execute(statement)]
        after = None
        if len(found) > limit:
            break
    last = _key(order, *found[limit - 1]) if len(found) > limit else None
    return [line for _, line in found[:limit]], last


def _key(order: Sequence[Stretch], number: int, line: Line) -> Key:
    return Key(number, getattr(line, order[number].column.key), line.id)


def _next(ways: Sequence[Condition], wanted: Sequence[Any], stretch: Stretch, after: Key | None, limit: int) -> Any:
    """The next rows of a stretch. By several ways: of each an index has the first in order, then they are put together."""
    column, turn = stretch.column, sa.desc if stretch.descending else sa.asc
    conditions = [*stretch.of, *wanted]
    if after is not None:
        here = sa.tuple_(column, Issue.id)
        last = sa.tuple_(sa.literal(after.value, column.type), sa.literal(after.issue_id))
        conditions.append(here < last if stretch.descending else here > last)
    order = (turn(column), turn(Issue.id))
    if len(ways) == 1:
        return sa.select(*_COLUMNS).where(ways[0], *conditions).order_by(*order).limit(limit)
    firsts = (sa.select(Issue.id).where(way, *conditions).order_by(*order).limit(limit).subquery() for way in ways)
    together = sa.union_all(*(sa.select(first.c.id) for first in firsts))
    return sa.select(*_COLUMNS).where(Issue.id.in_(together)).order_by(*order).limit(limit)


def _ways(branches: Sequence[Condition], filters: Filters) -> list[tuple[Any, ...]]:
    """Ways into the box, split by state where a few are asked for: an index has each of them in order."""
    states = filters.states
    if not states:
        return [(branch,) for branch in branches]
    if len(states) > MOST_STATES_APART:
        return [(branch, Issue.state.in_(states)) for branch in branches]
    return [(branch, Issue.state == state) for branch in branches for state in states]


def _texts(session: Session, actor: Actor, box: scopes.Box, filters: Filters) -> list[list[Condition]]:
    """Ways a text is found: in the words the viewer may read, or as a whole issue number."""
    text = (filters.text or "").strip()
    if not text:
        return [[]]
    found = [search.conditions(session, text, scopes.searchable(actor, box), place=scopes.place(actor, box))]
    if _NUMBER.fullmatch(text):
        found.append([Issue.number == text.upper()])
    return found


def conditions(filters: Filters, now: dt.datetime) -> list[Any]:
    """All filters but state and text."""
    found: list[Any] = []
    if filters == NONE:
        return found
    for column, value in (
        (Issue.category_id, filters.category_id),
        (Issue.division_code, filters.village),
        (Issue.deputy_id, filters.deputy_id),
        (Issue.unit_id, filters.unit_id),
        (Issue.channel, filters.channel),
    ):
        if value is not None:
            found.append(column == value)
    if filters.channel not in (None, Channel.SCAN.value):
        found.append(sa.text(NOT_SCANNED))
    if filters.overdue is not None:
        found.append(_late(now) if filters.overdue else _not_late(now))
    if filters.due_soon is not None:
        soon = (_not_late(now), Issue.due_at < now + SOON)
        later = (Issue.due_at.is_(None), Issue.due_at < now, Issue.due_at >= now + SOON)
        found.append(sa.and_(sa.text(OPEN_ONLY), *soon) if filters.due_soon else sa.or_(*later))
    if filters.urgent is not None:
        settled = sa.or_(Issue.emergency_at.is_(None), Issue.emergency_confirmed_at.is_not(None))
        found.append(sa.text(URGENT) if filters.urgent else settled)
    if filters.responsible:
        found.append(scopes.owed_by(filters.responsible))
    if filters.since is not None:
        found.append(Issue.created_at >= _begin(filters.since))
    if filters.until is not None:
        found.append(Issue.created_at < _begin(filters.until + dt.timedelta(days=1)))
    return found


def _late(now: dt.datetime) -> Condition:
    return sa.and_(sa.text(OPEN_ONLY), Issue.due_at < now)


def _not_late(now: dt.datetime) -> Condition:
    return sa.or_(Issue.due_at.is_(None), Issue.due_at >= now)


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
