"""Who owes the next step and until when, and when to remind whom. Pure; rulebook §2.6 and the contract's reminders.

"wd" are workdays of the Chinese calendar, "days" calendar days; a period ends with its last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.accounts.roles import Role
from service.calendar.workdays import SHANGHAI, WorkCalendar, end_of, local_date
from service.issues.lifecycle import State
from service.issues.words import DIFFICULTY_TITLES

REMINDER_HOUR = dt.time(9, 0)


@dataclass(frozen=True, slots=True)
class Rules:
    """A district's numbers and the calendar they are counted on; keys as in ``config/defaults.py``."""

    values: Mapping[str, Any]
    calendar: WorkCalendar

    def number(self, key: str) -> int:
        return int(self.values[key])

    def numbers(self, key: str) -> list[int]:
        return [int(value) for value in self.values[key]]

    def workdays_from(self, start: dt.datetime, key: str) -> dt.datetime:
        return self.calendar.due(start, self.number(key))

    def days_from(self, start: dt.datetime, key: str) -> dt.datetime:
        return end_of(local_date(start) + dt.timedelta(days=self.number(key)))

    def handling_days(self, difficulty: str) -> int:
        return int(self.values["deadlines.handling_wd"][difficulty])


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts of an issue that a deadline depends on."""

    state: State
    entered_at: dt.datetime
    kind: str = "HELP"
    difficulty: str = "GENERAL"
    signed_off: bool = False
    plan_date: dt.date | None = None
    received_at: dt.datetime | None = None


_WORKDAY_KEYS = {
    State.CONTENT_REVIEW: "deadlines.review_wd",
    State.WITH_DEPUTY: "deadlines.first_contact_wd",
    State.REOPENED: "deadlines.rehandle_wd",
    State.ASSIGNED: "deadlines.sign_wd",
}
_DAY_KEYS = {
    State.NEED_INFO: "deadlines.info_days",
    State.FEEDBACK_GIVEN: "deadlines.rating_days",
    State.ESCALATED: "deadlines.escalated_days",
}


COUNTED_IN_WORKDAYS = frozenset({*_WORKDAY_KEYS, State.PENDING_ACCEPT, State.HANDLING, State.UNIT_DONE})
"""States whose deadline moves when the calendar does (rulebook §11); elsewhere days are counted, or a day was promised."""


def due(situation: Situation, rules: Rules) -> dt.datetime | None:
    """Deadline of the state entered; None where nobody owes anything (and for merged, which follows its target)."""
    state, start = situation.state, situation.entered_at
    if state is State.PENDING_ACCEPT:
        return rules.workdays_from(situation.received_at or start, "deadlines.accept_wd")
    if state in _WORKDAY_KEYS:
        return rules.workdays_from(start, _WORKDAY_KEYS[state])
    if state in _DAY_KEYS:
        return rules.days_from(start, _DAY_KEYS[state])
    if state is State.HANDLING:
        return rules.calendar.due(start, rules.handling_days(situation.difficulty))
    if state is State.UNIT_DONE:
        return rules.workdays_from(start, "deadlines.feedback_wd" if situation.signed_off else "deadlines.sign_off_wd")
    if state is State.IN_PLAN and situation.plan_date is not None:
        return end_of(situation.plan_date)
    return None


def basis(situation: Situation, rules: Rules) -> str | None:
    """Why the deadline is that day, in words; None where :func:`due` gives none. An extension or a pause comes on top."""
    state = situation.state
    if state is State.HANDLING:
        level = DIFFICULTY_TITLES[situation.difficulty]
        return f"办理期限（{level}）：{rules.handling_days(situation.difficulty)} 个工作日"
    if state is State.IN_PLAN:
        return "承办单位答应的计划日期"
    signed = "deadlines.feedback_wd" if situation.signed_off else "deadlines.sign_off_wd"
    keys = {**_WORKDAY_KEYS, State.PENDING_ACCEPT: "deadlines.accept_wd", State.UNIT_DONE: signed}
    if state in keys:
        return f"{_BASIS[keys[state]]}：{rules.number(keys[state])} 个工作日"
    if state in _DAY_KEYS:
        return f"{_BASIS[_DAY_KEYS[state]]}：{rules.number(_DAY_KEYS[state])} 天"
    return None


_BASIS = {
    "deadlines.review_wd": "内容审核期限",
    "deadlines.accept_wd": "受理期限",
    "deadlines.first_contact_wd": "首次联系期限",
    "deadlines.rehandle_wd": "重新办理期限",
    "deadlines.sign_wd": "签收期限",
    "deadlines.sign_off_wd": "单位负责人签发期限",
    "deadlines.feedback_wd": "向群众反馈期限",
    "deadlines.info_days": "等群众补充的时间",
    "deadlines.rating_days": "等群众评价的时间",
    "deadlines.escalated_days": "上级代表跟进的时间",
}


def timer(state: State, entered_at: dt.datetime, due_at: dt.datetime | None, rules: Rules) -> dt.datetime | None:
    """When the system itself acts: no answer, rating over, plan date, archiving."""
    if state in (State.NEED_INFO, State.FEEDBACK_GIVEN, State.IN_PLAN):
        return due_at
    if state is State.CLOSED:
        return rules.days_from(entered_at, "deadlines.archive_days")
    return None


def resume(due_at: dt.datetime, paused_at: dt.datetime, now: dt.datetime, calendar: WorkCalendar) -> dt.datetime:
    """The deadline after a pause: as many workdays are left as when the clock stopped; overdue stays overdue."""
    if due_at <= paused_at:
        return due_at
    left = calendar.workdays_between(local_date(paused_at), local_date(due_at))
    return max(due_at, end_of(calendar.add_workdays(local_date(now), left)))


def moved(day: dt.date, today: dt.date, before: WorkCalendar, after: WorkCalendar) -> dt.date:
    """The last day of a period after the calendar changed: as many workdays are left, today among them; the past stays."""
    if day < today:
        return day
    yesterday = today - dt.timedelta(days=1)
    return after.add_workdays(yesterday, before.workdays_between(yesterday, day)) if before.is_workday(day) else day


def extended(due_at: dt.datetime, workdays: int, calendar: WorkCalendar) -> dt.datetime:
    """One extension: counted on from the old deadline."""
    return end_of(calendar.add_workdays(local_date(due_at), workdays))


SILENT_STATES = frozenset({State.PENDING_ACCEPT, State.WITH_DEPUTY})


@dataclass(frozen=True, slots=True)
class Reminder:
    """At ``at``, tell those in ``audiences``: RESPONSIBLE or a role that watches over them."""

    at: dt.datetime
    audiences: tuple[str, ...]


RESPONSIBLE = "responsible"


def reminders(state: State, since: dt.datetime, due_at: dt.datetime | None, rules: Rules) -> list[Reminder]:
    """All reminders of a duty that began at ``since``, in order.

    Contract: silent deputy: reminders on workdays 1 and 2, H on 3, T on 5, A on 8. ``need_info`` reminds twice. Elsewhere:
    on the last day, then the township one workday after it, the district three workdays after it.
    """
    if state in SILENT_STATES:
        return _silence(since, rules)
    if state is State.NEED_INFO:
        days = rules.numbers("deadlines.info_reminder_days")
        return [Reminder(_morning(local_date(since) + dt.timedelta(days=day)), (RESPONSIBLE,)) for day in days]
    if due_at is None or state is State.FEEDBACK_GIVEN:
        return []
    last = local_date(due_at)
    add = rules.calendar.add_workdays
    planned = [
        Reminder(_morning(last), (RESPONSIBLE,)),
        Reminder(_morning(add(last, 1)), (RESPONSIBLE, Role.TOWNSHIP)),
        Reminder(_morning(add(last, 3)), (RESPONSIBLE, Role.TOWNSHIP, Role.DISTRICT)),
    ]
    return [reminder for reminder in planned if reminder.at > since]


def _silence(since: dt.datetime, rules: Rules) -> list[Reminder]:
    start = local_date(since)
    plan: list[tuple[int, tuple[str, ...]]] = [(day, (RESPONSIBLE,)) for day in rules.numbers("silence.remind_wd")]
    plan += [
        (rules.number("silence.head_wd"), (RESPONSIBLE, Role.STATION_HEAD)),
        (rules.number("silence.township_wd"), (RESPONSIBLE, Role.TOWNSHIP)),
        (rules.number("silence.district_wd"), (RESPONSIBLE, Role.DISTRICT)),
    ]
    return [Reminder(_morning(rules.calendar.add_workdays(start, day)), who) for day, who in plan]


def silent_too_long(since: dt.datetime, now: dt.datetime, rules: Rules) -> bool:
    """Whether the station head may answer for the station (由站代答): workday 3 has come."""
    return now >= _morning(rules.calendar.add_workdays(local_date(since), rules.number("silence.head_wd")))


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, REMINDER_HOUR, SHANGHAI)
