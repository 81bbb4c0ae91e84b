"""The numbers of rulebook §2.6 on real days of 2026, counted by hand from the official table; and what holds for any day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.defaults import PARAMETERS
from service.calendar.workdays import SHANGHAI, WorkCalendar, local_date
from service.issues import deadlines
from service.issues.deadlines import (
    RESPONSIBLE,
    Rules,
    Situation,
    due,
    extended,
    reminders,
    resume,
    silent_too_long,
    timer,
)
from service.issues.lifecycle import OPEN, TERMINAL, State

CALENDAR = WorkCalendar()
RULES = Rules(PARAMETERS, CALENDAR)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def end(day: str) -> dt.datetime:
    return at(f"{day} 23:59:59")


# Spring Festival 2026: 15–23 February off; Saturdays 14 and 28 February worked.
# National Day 2026: 1–7 October off; Sunday 20 September and Saturday 10 October worked; 25–27 September is Mid-Autumn.
@pytest.mark.parametrize(
    ("state", "start", "last_day"),
    [
        (State.PENDING_ACCEPT, "2026-02-13 10:00", "2026-02-24"),  # wd: Sat 14, Tue 24
        (State.PENDING_ACCEPT, "2026-02-12 10:00", "2026-02-14"),  # wd: Fri 13, Sat 14
        (State.PENDING_ACCEPT, "2026-02-20 10:00", "2026-02-25"),  # sent in the holiday
        (State.WITH_DEPUTY, "2026-02-13 10:00", "2026-02-25"),  # 14, 24, 25
        (State.WITH_DEPUTY, "2026-02-26 10:00", "2026-03-02"),  # Fri 27, Sat 28, Mon 2
        (State.ASSIGNED, "2026-02-14 16:00", "2026-02-24"),
        (State.CONTENT_REVIEW, "2026-02-27 23:30", "2026-02-28"),  # Saturday is worked
        (State.HANDLING, "2026-02-11 09:00", "2026-02-25"),  # 12, 13, Sat 14, 24, 25
        (State.PENDING_ACCEPT, "2026-09-30 17:00", "2026-10-09"),  # 8, 9
        (State.WITH_DEPUTY, "2026-09-30 17:00", "2026-10-10"),  # 8, 9, Sat 10
        (State.WITH_DEPUTY, "2026-10-09 17:00", "2026-10-13"),  # Sat 10, Mon 12, Tue 13
        (State.WITH_DEPUTY, "2026-09-24 17:00", "2026-09-30"),  # Mid-Autumn 25–27: 28, 29, 30
        (State.REOPENED, "2026-09-28 09:00", "2026-10-16"),  # 29 30 | 8 9 Sat 10 | 12 13 14 15 16
        (State.NEED_INFO, "2026-02-13 10:00", "2026-02-23"),  # ten calendar days, holiday or not
        (State.FEEDBACK_GIVEN, "2026-09-25 10:00", "2026-10-10"),  # fifteen calendar days
        (State.ESCALATED, "2026-03-02 10:00", "2026-04-01"),  # thirty calendar days
    ],
)
def test_deadlines_on_real_days(state: State, start: str, last_day: str) -> None:
    assert due(Situation(state, at(start)), RULES) == end(last_day)


@pytest.mark.parametrize(
    ("difficulty", "last_day"),
    [("CONSULT", "2026-10-09"), ("GENERAL", "2026-10-13"), ("COMPLEX", "2026-10-20"), ("HARD", "2026-10-27")],
)
def test_working_time_of_a_unit_by_difficulty_across_national_day(difficulty: str, last_day: str) -> None:
    """From 30 September: 8 9 | 10 12 13 | 14 15 16 19 20 | 21 22 23 26 27 October."""
    found = due(Situation(State.HANDLING, at("2026-09-30 15:00"), difficulty=difficulty), RULES)
    assert found == end(last_day)


def test_after_the_leader_signed_the_deputy_has_two_workdays_and_before_the_leader_one() -> None:
    friday = at("2026-03-06 10:00")
    assert due(Situation(State.UNIT_DONE, friday), RULES) == end("2026-03-09")
    assert due(Situation(State.UNIT_DONE, friday, signed_off=True), RULES) == end("2026-03-10")


def test_what_came_on_paper_counts_from_the_day_it_came() -> None:
    friday, monday = at("2026-02-27 15:00"), at("2026-03-02 09:00")
    assert due(Situation(State.PENDING_ACCEPT, monday, received_at=friday), RULES) == end("2026-03-02")


def test_a_plan_ends_with_its_day() -> None:
    planned = Situation(State.IN_PLAN, at("2026-03-02 09:00"), plan_date=dt.date(2026, 10, 1))
    assert due(planned, RULES) == end("2026-10-01")


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_nobody_owes_anything_when_it_is_over(state: State) -> None:
    assert due(Situation(state, at("2026-03-02 09:00")), RULES) is None


@pytest.mark.parametrize("state", sorted(OPEN - {State.MERGED}))
def test_every_open_state_has_a_deadline_after_its_beginning(state: State) -> None:
    start = at("2026-03-02 09:00")
    found = due(Situation(state, start, plan_date=dt.date(2026, 5, 1)), RULES)
    assert found is not None and found > start


def test_a_year_nobody_has_published_counts_weekends_only_and_says_so() -> None:
    start = at("2026-12-30 10:00")  # Wednesday
    found = due(Situation(State.WITH_DEPUTY, start), RULES)
    assert found == end("2027-01-04") and CALENDAR.is_provisional(local_date(found))
    published = Rules(PARAMETERS, WorkCalendar({2027: {dt.date(2027, 1, 1): False}}))
    again = due(Situation(State.WITH_DEPUTY, start), published)
    assert again == end("2027-01-05") and not published.calendar.is_provisional(local_date(again))


# ---------------------------------------------------------------- the system's own time


def test_the_system_acts_after_ten_days_without_an_answer_fifteen_without_a_rating_thirty_closed() -> None:
    start = at("2026-03-02 09:00")
    for state in (State.NEED_INFO, State.FEEDBACK_GIVEN):
        deadline = due(Situation(state, start), RULES)
        assert timer(state, start, deadline, RULES) == deadline
    assert timer(State.CLOSED, start, None, RULES) == end("2026-04-01")
    for state in (State.PENDING_ACCEPT, State.WITH_DEPUTY, State.HANDLING, State.DECLINED, State.WITHDRAWN):
        assert timer(state, start, end("2026-03-04"), RULES) is None


# ---------------------------------------------------------------- reminders


def test_a_silent_deputy_on_workdays_1_2_3_5_8_across_spring_festival() -> None:
    found = reminders(State.WITH_DEPUTY, at("2026-02-12 15:00"), end("2026-02-24"), RULES)
    assert [(reminder.at, set(reminder.audiences)) for reminder in found] == [
        (at("2026-02-13 09:00"), {RESPONSIBLE}),
        (at("2026-02-14 09:00"), {RESPONSIBLE}),  # a worked Saturday
        (at("2026-02-24 09:00"), {RESPONSIBLE, "station_head"}),
        (at("2026-02-26 09:00"), {RESPONSIBLE, "township"}),
        (at("2026-03-02 09:00"), {RESPONSIBLE, "district"}),  # 27, Sat 28, Mon 2
    ]


@pytest.mark.parametrize("state", [State.PENDING_ACCEPT, State.WITH_DEPUTY])
def test_the_head_may_answer_from_the_third_workday_and_not_before(state: State) -> None:
    monday = at("2026-03-02 09:00")
    assert not silent_too_long(monday, at("2026-03-05 08:59"), RULES)
    assert silent_too_long(monday, at("2026-03-05 09:00"), RULES)
    assert state in deadlines.SILENT_STATES


def test_a_question_is_asked_again_twice_before_it_closes() -> None:
    start = at("2026-03-02 09:30")
    found = reminders(State.NEED_INFO, start, end("2026-03-12"), RULES)
    assert [reminder.at for reminder in found] == [at("2026-03-06 09:00"), at("2026-03-10 09:00")]
    assert all(reminder.audiences == (RESPONSIBLE,) for reminder in found)


def test_elsewhere_on_the_last_day_then_the_township_then_the_district() -> None:
    found = reminders(State.HANDLING, at("2026-09-21 09:00"), end("2026-09-30"), RULES)
    assert [(reminder.at, reminder.audiences[1:]) for reminder in found] == [
        (at("2026-09-30 09:00"), ()),
        (at("2026-10-08 09:00"), ("township",)),
        (at("2026-10-10 09:00"), ("township", "district")),
    ]


def test_nobody_is_pressed_to_rate() -> None:
    assert reminders(State.FEEDBACK_GIVEN, at("2026-03-02 09:00"), end("2026-03-17"), RULES) == []


# ---------------------------------------------------------------- pause, resume, extend

moments = st.integers(0, 303 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=SHANGHAI) + dt.timedelta(minutes=minutes)
)
spans = st.timedeltas(dt.timedelta(0), dt.timedelta(days=40))


@given(moments, st.integers(0, 20), spans, spans)
def test_a_pause_takes_no_time_away_and_gives_none_back_that_was_lost(
    start: dt.datetime, workdays: int, before: dt.timedelta, pause: dt.timedelta
) -> None:
    deadline = CALENDAR.due(start, workdays)
    paused = start + before
    now = paused + pause
    again = resume(deadline, paused, now, CALENDAR)
    assert again >= deadline, "never shortens"
    if deadline <= paused:
        assert again == deadline, "overdue stays overdue"
        return
    left = CALENDAR.workdays_between(local_date(paused), local_date(deadline))
    assert CALENDAR.workdays_between(local_date(now), local_date(again)) == left, "as many workdays as were left"
    assert again >= now, "what was in time is not overdue after a pause"


@given(moments, st.integers(0, 15))
def test_a_pause_of_no_length_changes_nothing(start: dt.datetime, workdays: int) -> None:
    deadline = CALENDAR.due(start, workdays)
    assert resume(deadline, start, start, CALENDAR) == deadline


def test_a_pause_over_spring_festival() -> None:
    assert resume(end("2026-02-14"), at("2026-02-12 10:00"), at("2026-02-18 10:00"), CALENDAR) == end("2026-02-25")


@given(moments, st.integers(1, 15), st.integers(1, 15))
def test_an_extension_adds_workdays_to_the_old_deadline(start: dt.datetime, first: int, more: int) -> None:
    deadline = CALENDAR.due(start, first)
    longer = extended(deadline, more, CALENDAR)
    assert longer == CALENDAR.due(start, first + more)
    assert CALENDAR.workdays_between(local_date(deadline), local_date(longer)) == more


def test_an_extension_across_national_day() -> None:
    assert extended(end("2026-09-29"), 3, CALENDAR) == end("2026-10-09")  # 30, 8, 9


@given(moments, st.sampled_from(sorted(OPEN - {State.MERGED, State.IN_PLAN})))
def test_deadlines_are_ends_of_days_in_china(start: dt.datetime, state: State) -> None:
    found = due(Situation(state, start), RULES)
    assume(found is not None)
    assert found.astimezone(SHANGHAI).time() == dt.time(23, 59, 59)  # type: ignore[union-attr]
