"""Counting in workdays. Pure: a calendar is data; a year nobody has published yet counts weekends only and says so.

Rulebook §2.6 and §11: the yearly table is data, deadlines show when they rest on an unpublished year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_END_OF_DAY = dt.time(23, 59, 59)
_LAST_PACKAGED_YEAR = max(day.year for day in chinese_calendar.constants.holidays)


def local_date(moment: dt.datetime) -> dt.date:
    """The calendar day in China of an aware datetime."""
    return moment.astimezone(SHANGHAI).date()


def day_in_words(day: dt.date) -> str:
    """``3月5日``."""
    return f"{day.month}月{day.day}日"


def end_of(day: dt.date) -> dt.datetime:
    """The last second of ``day`` in China: a period in days ends with its last day (民法典 Art. 203)."""
    return dt.datetime.combine(day, _END_OF_DAY, SHANGHAI)


@dataclass(frozen=True)
class WorkCalendar:
    """``published`` maps a year to the days on which it differs from Mon–Fri: True works, False rests.

    Years missing there come from the ``chinesecalendar`` package; years unknown to both are provisional.
    """

    published: Mapping[int, Mapping[dt.date, bool]] = field(default_factory=dict)

    def is_workday(self, day: dt.date) -> bool:
        table = self.published.get(day.year)
        if table is not None:
            return table.get(day, day.weekday() < 5)
        if self.is_provisional(day):
            return day.weekday() < 5
        return bool(chinese_calendar.is_workday(day))

    def is_provisional(self, day: dt.date) -> bool:
        """Whether the State Council's table for that year is not known here."""
        return day.year not in self.published and not 2004 <= day.year <= _LAST_PACKAGED_YEAR

    def add_workdays(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th workday after ``day`` (the day itself is not counted); ``count`` ≥ 0."""
        while count > 0:
            day += dt.timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Workdays in ``(start, end]``; 0 when ``end`` is not after ``start``."""
        days = max(0, (end - start).days)
        return sum(self.is_workday(start + dt.timedelta(days=offset + 1)) for offset in range(days))

    def due(self, start: dt.datetime, workdays: int) -> dt.datetime:
        """End of the ``workdays``-th workday after ``start``."""
        return end_of(self.add_workdays(local_date(start), workdays))
