"""Figures of a district, township or station over a period, by place, category, unit and month: one statement each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import SHANGHAI, end_of
from service.issues.figures import NOT_COUNTED
from service.issues.models import Issue
from service.issues.states import UNREVIEWED
from service.issues.words import Rating, Solved
from service.parameters.models import Category
from service.stations.models import Station
from service.supervision.measures import COUNTERS
from service.supervision.models import FactsRead, IssueFact
from service.territory.models import Division
from service.units.models import HandlingUnit

_CONTENT = (Rating.SATISFIED.value, Rating.MOSTLY.value)
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included, as people say them."""

    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: a whole district, or a township or a station of it. Complaints kept from an office are not counted there."""

    district_id: str
    township_code: str | None = None
    station_id: str | None = None

    def conditions(self) -> list[Condition]:
        found = [IssueFact.district_id == self.district_id]
        if self.township_code is not None:
            found += [IssueFact.township_code == self.township_code, IssueFact.confined_to.is_distinct_from("district")]
        if self.station_id is not None:
            found += [IssueFact.station_id == self.station_id, IssueFact.confined_to.is_(None)]
        return found


@dataclass(frozen=True, slots=True)
class Group:
    """Counters (see ``measures.COUNTERS``) of one place, category or unit. ``title`` is what people call it."""

    key: str
    title: str
    counters: dict[str, int]


_BY = {
    "station": (IssueFact.station_id, Station.id, Station.name),
    "village": (IssueFact.division_code, Division.code, Division.name),
    "township": (IssueFact.township_code, Division.code, Division.name),
    "category": (IssueFact.category_id, Category.id, Category.title),
    "unit": (IssueFact.unit_id, HandlingUnit.id, HandlingUnit.name),
}
"""What figures can be broken down by."""
BY = tuple(_BY)


def totals(session: Session, scope: Scope, period: Period, *, now: dt.datetime) -> dict[str, int]:
    """The counters of everything in ``scope``."""
    columns, touched = _counters(period, now), _touched(period)
    row = session.execute(sa.select(*columns).where(*scope.conditions(), touched)).one()
    return _numbers(row)


def broken_down(session: Session, scope: Scope, period: Period, by: str, *, now: dt.datetime) -> list[Group]:
    """The same by :data:`BY`, most submitted first; what has none of it (no village told, no unit) is left out."""
    column, key, title = _BY[by]
    statement = (
        sa.select(column, title, *_counters(period, now))
        .join(key.class_, key == column)
        .where(*scope.conditions(), _touched(period))
        .group_by(column, title)
    )
    rows = session.execute(statement).all()
    found = [Group(row[0], row[1], _numbers(row[2:])) for row in rows]
    return sorted(found, key=lambda group: (-group.counters["submitted"], group.title))


def month_by_month(session: Session, scope: Scope, period: Period, *, now: dt.datetime) -> list[Group]:
    """The same for each calendar month the period touches, oldest first: whether things get better (趋势)."""
    spans = {first: _within(first, period) for first in _firsts(period)}
    months = [
        sa.select(sa.literal(first.isoformat()), *_counters(span, now)).where(*scope.conditions(), _touched(span))
        for first, span in spans.items()
    ]
    rows = {row[0]: _numbers(row[1:]) for row in session.execute(sa.union_all(*months))}
    return [Group(f"{first:%Y-%m}", f"{first.year}年{first.month}月", rows[first.isoformat()]) for first in spans]


def _within(first: dt.date, period: Period) -> Period:
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return Period(max(first, period.since), min(last, period.until))


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and what was answered in a calendar month."""

    first: dt.date
    submitted: int
    finished: int


def months(session: Session, scope: Scope, period: Period) -> list[Month]:
    """Every month the period touches, oldest first."""
    came, done = (
        _by_month(session, scope, column, period, conditions)
        for column, conditions in (
            (IssueFact.on_date, [IssueFact.state.not_in(NOT_COUNTED)]),
            (IssueFact.finished_on, []),
        )
    )
    return [Month(first, came.get(first, 0), done.get(first, 0)) for first in _firsts(period)]


def _by_month(
    session: Session, scope: Scope, column: Any, period: Period, conditions: Sequence[Condition]
) -> dict[dt.date, int]:
    year, month = sa.extract("year", column), sa.extract("month", column)
    statement = sa.select(year, month, sa.func.count()).where(*scope.conditions(), *conditions)
    statement = statement.where(column.between(_firsts(period)[0], period.until)).group_by(year, month)
    return {dt.date(int(row[0]), int(row[1]), 1): row[2] for row in session.execute(statement)}


def _firsts(period: Period) -> list[dt.date]:
    first, found = period.since.replace(day=1), []
    while first <= period.until:
        found.append(first)
        first = (first + dt.timedelta(days=32)).replace(day=1)
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a category came in at a place."""

    place: str
    category: str
    issues: int


def heat(session: Session, scope: Scope, period: Period, by: str = "township") -> list[Cell]:
    """Category × place, only where there is something; issues without a category are left out."""
    column, key, title = _BY[by]
    statement = (
        sa.select(title, Category.title, sa.func.count())
        .select_from(IssueFact)
        .join(key.class_, key == column)
        .join(Category, Category.id == IssueFact.category_id)
        .where(*scope.conditions(), IssueFact.on_date.between(period.since, period.until))
        .where(IssueFact.state.not_in(NOT_COUNTED))
        .group_by(title, Category.title)
        .order_by(title, Category.title)
    )
    return [Cell(*row) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class UnitWork:
    """How a unit did its part: what it was given, sent back and asked more time for."""

    unit_id: str
    name: str
    issues: int
    returns: int
    extensions: int
    overdue: int


def units(session: Session, scope: Scope, period: Period, *, now: dt.datetime) -> list[UnitWork]:
    """Units with issues submitted in the period, by name: no order of merit."""
    late = sa.and_(IssueFact.finish_kept.is_(None), IssueFact.finish_due < now)
    statement = (
        sa.select(
            HandlingUnit.id,
            HandlingUnit.name,
            sa.func.count(),
            sa.func.sum(IssueFact.returns),
            sa.func.sum(IssueFact.extensions),
            _count(late),
        )
        .join(IssueFact, IssueFact.unit_id == HandlingUnit.id)
        .where(*scope.conditions(), IssueFact.on_date.between(period.since, period.until))
        .group_by(HandlingUnit.id, HandlingUnit.name)
        .order_by(HandlingUnit.name)
    )
    return [UnitWork(row[0], row[1], *(int(value or 0) for value in row[2:])) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Hot:
    """A matter many speak of. ``beginning``: the first words, already redacted."""

    issue_id: str
    number: str
    beginning: str
    place: str | None
    people: int
    at: dt.datetime


def hot_topics(session: Session, scope: Scope, *, days: int, now: dt.datetime) -> list[Hot]:
    """Alerts of the last ``days`` (≥ 10 people on one matter, ``duplicate.hot_followers``), newest first, at most 20."""
    statement = (
        sa.select(Issue.id, Issue.number, Issue.redacted, Division.name, Issue.follower_count, Issue.hot_at)
        .outerjoin(Division, Division.code == Issue.division_code)
        .where(Issue.district_id == scope.district_id, Issue.hot_at > now - dt.timedelta(days=days))
        .where(Issue.confined_to.is_(None), Issue.state.not_in([state.value for state in UNREVIEWED]))
        .order_by(Issue.hot_at.desc())
        .limit(20)
    )
    if scope.township_code is not None:
        statement = statement.where(Issue.township_code == scope.township_code)
    if scope.station_id is not None:
        statement = statement.where(Issue.station_id == scope.station_id)
    rows = session.execute(statement)
    return [Hot(row[0], row[1], row[2][:40], row[3], 1 + row[4], at) for row in rows if (at := row[5]) is not None]


def as_of(session: Session, district_id: str) -> dt.datetime | None:
    """When the facts of a district were last brought up to date; None before the first time."""
    return session.scalar(sa.select(FactsRead.read_at).where(FactsRead.district_id == district_id))


def _touched(period: Period) -> Condition:
    """Only rows that any counter can speak of."""
    return sa.or_(
        IssueFact.on_date.between(period.since, period.until),
        IssueFact.finished_on.between(period.since, period.until),
        _due_within(period),
    )


def _due_within(period: Period) -> Condition:
    begin = dt.datetime.combine(period.since, dt.time(), SHANGHAI)
    return sa.and_(IssueFact.finish_due > begin, IssueFact.finish_due <= end_of(period.until))


def _counters(period: Period, now: dt.datetime) -> list[Any]:
    """One column per name of ``COUNTERS``, in that order."""
    fact = IssueFact
    counted = fact.state.not_in(NOT_COUNTED)
    came = sa.and_(fact.on_date.between(period.since, period.until), counted)
    told = fact.finished_on.between(period.since, period.until)
    due = sa.and_(_due_within(period), counted)
    rules = {
        "submitted": came,
        "acceptance_decided": sa.and_(came, _decided(fact.acceptance_kept, fact.acceptance_due, now)),
        "acceptance_kept": sa.and_(came, fact.acceptance_kept.is_(True)),
        "reply_decided": sa.and_(came, _decided(fact.reply_kept, fact.reply_due, now)),
        "reply_kept": sa.and_(came, fact.reply_kept.is_(True)),
        "finish_decided": sa.and_(due, _decided(fact.finish_kept, fact.finish_due, now)),
        "finish_kept": sa.and_(due, fact.finish_kept.is_(True)),
        "finished": told,
        "rated": sa.and_(told, fact.result.is_not(None)),
        "content": sa.and_(told, fact.result.in_(_CONTENT)),
        "solved_asked": sa.and_(told, fact.solved.is_not(None)),
        "solved": sa.and_(told, fact.solved == Solved.YES),
        "attitude_rated": sa.and_(told, fact.attitude.is_not(None)),
        "attitude_content": sa.and_(told, fact.attitude.in_(_CONTENT)),
    }
    return [_count(rules[name]).label(name) for name in COUNTERS]


def _decided(kept: Any, due: Any, now: dt.datetime) -> Condition:
    """Done, or its time is over."""
    return sa.or_(kept.is_not(None), sa.and_(kept.is_(None), due < now))


def _count(condition: Condition) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _numbers(row: Sequence[Any]) -> dict[str, int]:
    return {name: int(value or 0) for name, value in zip(COUNTERS, row, strict=True)}
