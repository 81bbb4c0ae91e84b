"""Counting in workdays, checked by hand against the State Council's table of 2026 and over arbitrary days."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.calendar.workdays import SHANGHAI, WorkCalendar, end_of, local_date

CALENDAR = WorkCalendar()
days = st.dates(dt.date(2024, 1, 1), dt.date(2029, 12, 31))
counts = st.integers(0, 40)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # 元旦
        ("2026-01-04", True),  # Sunday, made up for 元旦
        ("2026-02-14", True),  # Saturday, made up for 春节
        ("2026-02-15", False),
        ("2026-02-16", False),  # 除夕, a Monday
        ("2026-02-23", False),  # the last day of 春节, a Monday
        ("2026-02-24", True),
        ("2026-02-28", True),  # Saturday, made up for 春节
        ("2026-03-01", False),  # an ordinary Sunday
        ("2026-04-06", False),  # 清明, a Monday
        ("2026-05-09", True),  # Saturday, made up for 劳动节
        ("2026-06-19", False),  # 端午, a Friday
        ("2026-09-20", True),  # Sunday, made up for 国庆
        ("2026-10-07", False),
        ("2026-10-10", True),  # Saturday, made up for 国庆
    ],
)
def test_days_of_2026_are_as_published(day: str, works: bool) -> None:
    assert CALENDAR.is_workday(dt.date.fromisoformat(day)) is works
    assert chinese_calendar.is_workday(dt.date.fromisoformat(day)) is works


def test_two_workdays_from_the_friday_before_spring_festival_end_after_it() -> None:
    friday = dt.datetime(2026, 2, 13, 15, 0, tzinfo=SHANGHAI)
    assert CALENDAR.due(friday, 1) == dt.datetime(2026, 2, 14, 23, 59, 59, tzinfo=SHANGHAI)
    assert CALENDAR.due(friday, 2) == dt.datetime(2026, 2, 24, 23, 59, 59, tzinfo=SHANGHAI)


@given(days, counts)
def test_more_workdays_never_end_earlier(day: dt.date, count: int) -> None:
    assert CALENDAR.add_workdays(day, count) < CALENDAR.add_workdays(day, count + 1)


@given(days, days, counts)
def test_a_later_start_never_ends_earlier(one: dt.date, other: dt.date, count: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_workdays(first, count) <= CALENDAR.add_workdays(second, count)


@given(days, counts)
def test_counting_back_gives_what_was_added(day: dt.date, count: int) -> None:
    assert CALENDAR.workdays_between(day, CALENDAR.add_workdays(day, count)) == count


@given(days, st.integers(1, 40))
def test_a_deadline_falls_on_a_workday(day: dt.date, count: int) -> None:
    assert CALENDAR.is_workday(CALENDAR.add_workdays(day, count))


@settings(deadline=None)  # counts day by day: six years take a while
@given(days, days, days)
def test_stretches_add_up(one: dt.date, two: dt.date, three: dt.date) -> None:
    first, middle, last = sorted((one, two, three))
    parts = CALENDAR.workdays_between(first, middle) + CALENDAR.workdays_between(middle, last)
    assert parts == CALENDAR.workdays_between(first, last)


@given(days)
def test_nothing_lies_between_a_day_and_an_earlier_one(day: dt.date) -> None:
    assert CALENDAR.workdays_between(day, day) == 0
    assert CALENDAR.workdays_between(day, day - dt.timedelta(days=3)) == 0


def test_a_year_nobody_has_published_is_provisional_and_counts_weekends_only() -> None:
    new_year = dt.date(2031, 1, 1)
    assert CALENDAR.is_provisional(new_year)
    assert CALENDAR.is_workday(new_year)
    assert not CALENDAR.is_workday(dt.date(2031, 1, 4))


def test_an_imported_year_is_known_and_wins() -> None:
    new_year, saturday = dt.date(2031, 1, 1), dt.date(2031, 1, 4)
    calendar = WorkCalendar({2031: {new_year: False, saturday: True}})
    assert not calendar.is_provisional(new_year)
    assert not calendar.is_workday(new_year)
    assert calendar.is_workday(saturday)


@given(st.datetimes(timezones=st.just(dt.UTC)).filter(lambda moment: 1 < moment.year < 9999))
def test_a_period_ends_with_its_last_chinese_day(moment: dt.datetime) -> None:
    day = local_date(moment)
    assert moment <= end_of(day) + dt.timedelta(seconds=1)
    assert local_date(end_of(day)) == day
