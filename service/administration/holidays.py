"""The newly published year's holidays (节假日): which years are known, what a table moves, and moving it (rulebook §11).

A table and the deadlines it moves are one transaction: nobody ever sees one without the other. The holidays are the
whole country's, so the table of one installation is the same for all its districts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import office
from service.calendar.workdays import WorkCalendar, local_date
from service.errors import Invalid
from service.issues import recounting
from service.parameters import actions as parameters
from service.parameters import queries
from service.parameters.models import HolidayYear

PUBLISHED_BY = (11, 1)
"""Month and day: from then on a missing next year is said (the notice usually comes in November)."""


@dataclass(frozen=True, slots=True)
class Year:
    """``row``: the table entered here; without one the year comes with the program, or is not known at all."""

    year: int
    row: HolidayYear | None
    known: bool


def years(session: Session, *, now: dt.datetime) -> list[Year]:
    """Last year, this one and the next two, and every other one entered."""
    rows = {row.year: row for row in queries.holiday_years(session)}
    this = local_date(now).year
    calendar = _calendar(rows)
    wanted = sorted(rows.keys() | set(range(this - 1, this + 3)))
    return [Year(year, rows.get(year), not calendar.is_provisional(dt.date(year, 1, 1))) for year in wanted]


def missing_year(session: Session, *, now: dt.datetime) -> int | None:
    """The next year when its table should be here by now and is not; this year when even that is missing."""
    today, calendar = local_date(now), queries.work_calendar(session)
    wanted = [today.year, today.year + 1] if (today.month, today.day) >= PUBLISHED_BY else [today.year]
    return next((year for year in wanted if calendar.is_provisional(dt.date(year, 1, 1))), None)


def stamp(row: HolidayYear | None) -> str:
    """Changes whenever the table is entered again."""
    return row.imported_at.isoformat() if row else ""


def preview(session: Session, year: int, days: Mapping[dt.date, bool], *, now: dt.datetime) -> list[recounting.Moved]:
    """Which last days of open issues move where, and how many issues each.

    :raises Invalid: for a table that cannot be of that year.
    """
    _check(year, days, now)
    before = queries.published_calendar(session)
    return recounting.moves(session, before, _with(before, year, days), now=now)


def publish(
    session: Session,
    district_id: str,
    year: int,
    days: Mapping[dt.date, bool],
    *,
    source: str,
    seen: str,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Put the year's table in force and move the deadlines that run; how many issues moved.

    :raises Conflict: when somebody entered the year meanwhile.  :raises Invalid: for a table that cannot be, or no source.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    office.one_at_a_time(session, district_id)
    _check(year, days, now)
    if not 2 <= len(source.strip()) <= 120:
        raise Invalid(fields={"source": "请填写通知的文号或名称（2 至 120 个字）。"})
    locked = sa.select(HolidayYear).where(HolidayYear.year == year).with_for_update()
    office.not_overtaken(seen, stamp(session.scalar(locked)))
    before = queries.published_calendar(session)
    parameters.publish_holidays(session, year, days, source=source.strip(), now=now)
    moved = recounting.move(session, before, queries.published_calendar(session), now=now)
    data = {"year": year, "source": source.strip(), "days": len(days), "moved": moved}
    office.note(session, Access.HOLIDAYS_PUBLISHED, actor=actor, district_id=district_id, now=now, data=data)
    return moved


def _check(year: int, days: Mapping[dt.date, bool], now: dt.datetime) -> None:
    this = local_date(now).year
    if not this <= year <= this + 2:
        raise Invalid(fields={"year": f"只能录入 {this} 年到 {this + 2} 年。"})
    strangers = sorted(day for day in days if day.year != year)
    if strangers or not days:
        raise Invalid(
            fields={"days": f"里面有不是 {year} 年的日期：{strangers[0]}。" if strangers else "请至少写一天。"}
        )


def _with(calendar: WorkCalendar, year: int, days: Mapping[dt.date, bool]) -> WorkCalendar:
    return WorkCalendar({**calendar.published, year: days})


def _calendar(rows: Mapping[int, HolidayYear]) -> WorkCalendar:
    return WorkCalendar({year: {} for year in rows})
