"""What the settings say without a database: every parameter has its words, a pasted notice its days, a moved calendar its sum."""

from __future__ import annotations

import datetime as dt

import pytest

from config.defaults import CHOICES, PARAMETERS
from config.notices import NOTICES, PLACEHOLDERS
from service.accounts.roles import ROLE_TITLES
from service.calendar.announcement import parse, written
from service.calendar.workdays import WorkCalendar
from service.deputies.actions.facts import TITLES
from service.deputies.portraits import REMOVALS
from service.errors import Invalid
from service.issues.deadlines import moved
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES
from service.notifications.fields import fitted
from service.parameters import catalogue, wording

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


def test_every_notice_begins_with_words_that_may_be_and_that_wechat_does_not_cut() -> None:
    for name, one in NOTICES.items():
        wording.check(name, {"title": one.title, "body": one.body})
        title, _ = wording.example(name, {"title": one.title, "body": one.body})
        assert fitted("thing1", title) == title, name
    assert fitted("thing1", "字" * wording.LONGEST_TITLE) == "字" * wording.LONGEST_TITLE
    assert len("、".join(TITLES.values())) <= PLACEHOLDERS["facts"].most
    longest = {"state": STATE_TITLES, "decision": ACTION_TITLES, "step": ACTION_TITLES, "role": ROLE_TITLES,
               "reason": REMOVALS}  # fmt: skip
    for fact, titles in longest.items():
        assert max(map(len, titles.values())) <= PLACEHOLDERS[fact].most, fact


def test_no_placeholder_is_a_name_a_phone_or_what_was_said() -> None:
    """Rulebook §12: a lock screen is read by others. A new placeholder is looked at here first."""
    names = {one.name for one in PLACEHOLDERS.values()}
    assert names == {
        "期限提示", "状态", "决定", "步骤", "小时", "天数", "人数", "件数", "身份", "联络站", "最后一天", "第一天",
        "原因", "项目",
    }  # fmt: skip


def test_words_of_an_older_version_never_keep_a_notice_from_being_sent() -> None:
    kept = {"notice.emergency": {"title": "紧急", "body": "请在 {从前有的} 内联系。"}}
    assert wording.filled(kept, "emergency", hours=2) == ("紧急事项", "可能有紧急危险，请 2 小时内联系确认。")
