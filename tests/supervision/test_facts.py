"""In time or late, by the lines of one issue. Expected values from the rulebook §12, not from the code."""

from __future__ import annotations

import datetime as dt

from service.supervision.facts import Promise, Step, work_on
from service.supervision.measures import MEASURES, values

MONDAY = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
END = {day: MONDAY + dt.timedelta(days=day, hours=13, minutes=59) for day in range(30)}


def step(day: float, action: str, came_from: str | None, to: str, due: int | None, round_: int = 1) -> Step:
    return Step(MONDAY + dt.timedelta(days=day), action, came_from, to, round_, END[due] if due is not None else None)


SUBMITTED = step(0, "submit", None, "content_review", None)
ACCEPTED = step(1, "accept", "pending_accept", "with_deputy", 2)
ANSWERED = step(3, "answer", "with_deputy", "feedback_given", 4)


def test_a_step_is_in_time_until_the_last_minute_of_its_deadline_and_late_after_it() -> None:
    last = Step(END[2], "accept", "pending_accept", "with_deputy", 1, END[2])
    late = Step(END[2] + dt.timedelta(seconds=1), "accept", "pending_accept", "with_deputy", 1, END[2])
    assert work_on("with_deputy", END[4], [SUBMITTED, last]).acceptance.kept is True
    assert work_on("with_deputy", END[4], [SUBMITTED, late]).acceptance.kept is False


def test_what_is_open_is_judged_by_its_deadline_alone() -> None:
    work = work_on("pending_accept", END[2], [SUBMITTED])
    assert (work.acceptance, work.reply, work.finish) == (Promise(END[2]), Promise(END[2]), Promise())


def test_accepting_is_no_reply_a_question_is_one() -> None:
    accepted = work_on("with_deputy", END[4], [SUBMITTED, ACCEPTED])
    assert accepted.acceptance.kept is True and accepted.reply == Promise(END[4])
    asked = step(1, "ask_info", "pending_accept", "need_info", 2)
    assert work_on("need_info", END[11], [SUBMITTED, asked]).reply.kept is True


def test_finished_in_time_means_every_duty_on_the_way_was() -> None:
    given = step(1, "assign", "with_deputy", "assigned", 3)
    done_late = step(9, "submit_result", "handling", "unit_done", 8)
    told = step(9.5, "give_feedback", "unit_done", "feedback_given", 11)
    work = work_on("feedback_given", END[20], [SUBMITTED, ACCEPTED, given, done_late, told])
    assert work.finish.kept is False and work.finish.due_at == END[11]
    assert work_on("feedback_given", END[20], [SUBMITTED, ACCEPTED, ANSWERED]).finish.kept is True


def test_opened_again_it_is_owed_anew_and_the_first_round_s_rating_is_not_taken_for_the_second_s() -> None:
    again = step(5, "rate", "feedback_given", "reopened", 19)
    second = step(7, "answer", "reopened", "feedback_given", 15, round_=2)
    waiting = work_on("reopened", END[15], [SUBMITTED, ACCEPTED, ANSWERED, again])
    assert waiting.finish == Promise(END[15]) and waiting.round == 1
    assert work_on("feedback_given", END[22], [SUBMITTED, ACCEPTED, ANSWERED, again, second]).round == 2


def test_lines_from_before_deadlines_were_kept_say_nothing_either_way() -> None:
    old = step(1, "accept", "pending_accept", "with_deputy", None)
    assert work_on("with_deputy", END[4], [SUBMITTED, old]).acceptance == Promise()


def test_satisfaction_is_of_the_rated_and_withheld_below_five() -> None:
    counters = {"finished": 20, "rated": 8, "content": 6, "submitted": 3, "attitude_rated": 4, "attitude_content": 4}
    counters |= {"solved_asked": 6, "solved": 3}
    found = {value.measure.name: value for value in values(counters)}
    assert found["satisfaction"].value == 6 / 8 and found["satisfaction"].sample == "8"
    assert found["rating"].value == 8 / 20
    assert found["attitude"].value is None and found["attitude"].sample == "少于 5"
    assert (found["resolution"].value, found["resolution"].sample) == (3 / 6, "6")
    assert found["submitted"].value == 3
    assert all(measure.method.endswith("。") for measure in MEASURES)
