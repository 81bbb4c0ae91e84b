"""Deadlines when the calendar changes: every running period keeps the workdays it has left (rulebook §11, 调休)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.calendar.workdays import SHANGHAI, WorkCalendar, end_of, local_date
from service.db import UtcDateTime, rows_changed
from service.issues import deadlines
from service.issues.lifecycle import State
from service.issues.models import Issue

_COUNTED = sorted(state.value for state in deadlines.COUNTED_IN_WORKDAYS)
_RUNNING = Issue.state.in_(_COUNTED)
Moments = Mapping[dt.datetime, int]
Shift = Callable[[dt.datetime], dt.datetime]


class Moved(NamedTuple):
    """So many open issues whose last day moves."""

    before: dt.date
    after: dt.date
    issues: int


def moves(session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime) -> list[Moved]:
    """What :func:`move` would do, by day; changes nothing."""
    shift = _shift(before, after, now)
    found: dict[tuple[dt.date, dt.date], int] = {}
    for due_at, count in _running(session, Issue.due_at, now).items():
        pair = local_date(due_at), local_date(shift(due_at))
        if pair[0] != pair[1]:
            found[pair] = found.get(pair, 0) + count
    return [Moved(*pair, count) for pair, count in sorted(found.items())]


def move(session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime) -> int:
    """Move deadlines and reminders of running periods, stopped clocks, and those that follow a moved one; how many issues.

    What is overdue stays overdue. Periods in calendar days and promised days stay.
    """
    shift = _shift(before, after, now)
    due = _running(session, Issue.due_at, now)
    _set(session, Issue.reminder_at, _running(session, Issue.reminder_at, now), shift)
    _say_what_is_provisional(session, due, after, shift)
    moved = _set(session, Issue.due_at, due, shift)
    _stopped(session, before, after)
    _followers(session)
    return moved


def _shift(before: WorkCalendar, after: WorkCalendar, now: dt.datetime) -> Shift:
    today = local_date(now)

    def shifted(moment: dt.datetime) -> dt.datetime:
        day = local_date(moment)
        to = deadlines.moved(day, today, before, after)
        return moment if to == day else dt.datetime.combine(to, moment.astimezone(SHANGHAI).time(), SHANGHAI)

    return shifted


def _running(session: Session, column: InstrumentedAttribute[dt.datetime | None], now: dt.datetime) -> Moments:
    """The moments ahead and how many issues share each: ends of days, so few."""
    statement = sa.select(column, sa.func.count()).where(_RUNNING, column > now).group_by(column)
    return {moment: count for moment, count in session.execute(statement) if moment is not None}


def _set(session: Session, column: InstrumentedAttribute[dt.datetime | None], moments: Moments, shift: Shift) -> int:
    """All at once: what moves to a day is not taken for what was there."""
    changed = {moment: shift(moment) for moment in moments if shift(moment) != moment}
    if not changed:
        return 0
    cases = [(column == moment, sa.literal(to, UtcDateTime())) for moment, to in changed.items()]
    return _update(session, sa.and_(_RUNNING, column.in_(list(changed))), {column: sa.case(*cases, else_=column)})


def _say_what_is_provisional(session: Session, due: Moments, after: WorkCalendar, shift: Shift) -> None:
    """Whether a deadline rests on a year nobody has published, said anew of every one that runs."""
    for provisional in (True, False):
        those = [moment for moment in due if after.is_provisional(local_date(shift(moment))) is provisional]
        wrong = sa.and_(_RUNNING, Issue.due_at.in_(those), Issue.due_provisional.is_not(provisional))
        _update(session, wrong, {Issue.due_provisional: provisional})


def _stopped(session: Session, before: WorkCalendar, after: WorkCalendar) -> None:
    """A stopped clock goes on with the workdays that were left when it stopped."""
    statement = sa.select(Issue.id, Issue.paused_at, Issue.paused_due_at).where(
        Issue.paused_due_at > Issue.paused_at, Issue.state_left.in_(_COUNTED)
    )
    for issue_id, paused_at, due_at in session.execute(statement).all():
        if paused_at is None or due_at is None:
            continue
        left = before.workdays_between(local_date(paused_at), local_date(due_at))
        to = end_of(after.add_workdays(local_date(paused_at), left))
        if to != due_at:
            _update(session, Issue.id == issue_id, {Issue.paused_due_at: to})


def _followers(session: Session) -> None:
    """What was merged shows the deadline of what it was merged into."""
    target = sa.orm.aliased(Issue)
    of_target = sa.and_(target.id == Issue.merged_into_id, target.state.in_(_COUNTED))
    other = sa.exists().where(of_target, target.due_at != Issue.due_at)
    values = {
        Issue.due_at: sa.select(target.due_at).where(of_target).scalar_subquery(),
        Issue.due_provisional: sa.select(target.due_provisional).where(of_target).scalar_subquery(),
    }
    _update(session, sa.and_(Issue.state == State.MERGED.value, other), values)


def _update(session: Session, where: sa.ColumnElement[bool], values: Mapping[Any, Any]) -> int:
    statement = sa.update(Issue).where(where).values(values)
    return rows_changed(session.execute(statement.execution_options(synchronize_session=False)))
