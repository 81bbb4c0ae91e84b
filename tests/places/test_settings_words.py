"""What the settings say without a database: every parameter has its words, a pasted notice its days, a moved calendar its sum."""

from __future__ import annotations

import datetime as dt

import pytest

from config.defaults import CHOICES, PARAMETERS
from service.calendar.announcement import parse, written
from service.calendar.workdays import WorkCalendar
from service.errors import Invalid
from service.issues.deadlines import moved
from service.parameters import catalogue

MONDAY = dt.date(2026, 3, 2)
PLAIN = WorkCalendar({2026: {}})


def test_every_parameter_has_a_name_and_a_value_within_its_bounds() -> None:
    unnamed = {key for key in PARAMETERS if not key.startswith(catalogue.ELSEWHERE)} - set(catalogue.every_key())
    assert unnamed == set(), "service/parameters/catalogue.py"
    assert set(catalogue.every_key()) <= set(PARAMETERS)
    assert [key for key in PARAMETERS if catalogue.out_of_bounds(key, PARAMETERS[key])] == []
    assert all(set(CHOICES[key]) == set(catalogue.CHOICE_TITLES[key]) for key in CHOICES)
    assert catalogue.in_words("deadlines.handling_wd", PARAMETERS["deadlines.handling_wd"]) == (
        "咨询 2、一般 5、复杂 10、疑难 15 个工作日"
    )


def test_a_notice_is_read_as_it_is_pasted() -> None:
    text = "2027-01-01,休\r\n2027/2/5至2027/2/7 放假\n2027.2.14\t班\n2027-10-01,2027-10-02,休\n\n"
    found = parse(text)
    assert [day.day for day, works in sorted(found.items()) if not works] == [1, 5, 6, 7, 1, 2]
    assert found[dt.date(2027, 2, 14)] is True
    assert parse(written(found)) == found


@pytest.mark.parametrize(
    "text",
    ["", "元旦,休", "2027-02-30,休", "2027-01-01,也许", "2027-01-05,2027-01-01,休", "2027-01-01,休\n2027-01-01,班"],
)
def test_what_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


@pytest.mark.parametrize(
    ("last", "rests", "works", "becomes"),
    [
        (4, [3], [], 5),  # Tuesday off: Wednesday becomes Thursday
        (6, [5, 6], [7], 9),  # two days off, Saturday worked: Friday becomes Monday
        (2, [2], [], 3),  # due today, and today is off
        (9, [], [7], 7),  # Saturday worked: Monday becomes Saturday
        (4, [9], [], 4),  # a day behind the last one changes nothing
    ],
)
def test_a_period_keeps_the_workdays_it_has_left(last: int, rests: list[int], works: list[int], becomes: int) -> None:
    """Counted by hand on the calendar of March 2026, whose 2nd is a Monday."""
    days = {dt.date(2026, 3, day): False for day in rests} | {dt.date(2026, 3, day): True for day in works}
    after = WorkCalendar({2026: days})
    assert moved(MONDAY.replace(day=last), MONDAY, PLAIN, after) == MONDAY.replace(day=becomes)
    assert moved(MONDAY - dt.timedelta(days=3), MONDAY, PLAIN, after) == MONDAY - dt.timedelta(days=3)
