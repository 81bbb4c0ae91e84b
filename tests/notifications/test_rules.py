"""The pure rules: who gets the last consent, when nobody is woken, how long to wait, where a tap leads."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest

from service.calendar.workdays import SHANGHAI
from service.notifications.kinds import Kind, page, priority
from service.notifications.sharing import Want, share
from service.notifications.timing import back_off, pause, quiet_until, quota_resets
from service.stations import mini_codes

KEY = ("alice", "shared")
ASKS = {"shared": {"needs_answer", "feedback", "progress"}}
NO_QUESTIONS = {"shared": {"progress"}}


def wants(*kinds: str) -> list[Want]:
    return [Want(kind, KEY, kind, place) for place, kind in enumerate(kinds)]


@pytest.mark.parametrize("order", list(itertools.permutations(["needs_answer", "feedback", "replied", "closed"])))
def test_the_most_valuable_message_gets_the_consent_whatever_came_first(order: tuple[str, ...]) -> None:
    assert share(wants(*order), {KEY: 1}, ASKS) == {"needs_answer"}
    assert share(wants(*order), {KEY: 2}, ASKS) == {"needs_answer", "feedback"}
    assert share(wants(*order), {KEY: 3}, ASKS) == {"needs_answer", "feedback", "replied"}


def test_news_of_an_open_issue_leaves_the_last_consent_to_the_message_that_asks() -> None:
    assert share(wants("progress"), {KEY: 1}, ASKS) == set()
    assert share(wants("progress"), {KEY: 2}, ASKS) == {"progress"}
    assert share(wants("progress", "feedback"), {KEY: 2}, ASKS) == {"feedback"}
    assert share(wants("closed"), {KEY: 1}, ASKS) == {"closed"}, "nothing will be asked of a closed issue any more"


def test_where_no_question_uses_the_template_the_last_consent_is_free() -> None:
    assert share(wants("progress"), {KEY: 1}, NO_QUESTIONS) == {"progress"}


def test_among_equals_the_one_written_first_goes_and_consents_of_others_do_not_count() -> None:
    first, second = Want("first", KEY, "task", 0), Want("second", KEY, "task", 1)
    stranger = Want("stranger", ("bob", "shared"), "task", 2)
    assert share([second, stranger, first], {KEY: 1}, ASKS) == {"first"}
    assert share([first], {}, ASKS) == set()


def at(hour: int, minute: int = 0, day: int = 2) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def test_from_ten_at_night_to_seven_in_the_morning_nobody_is_woken() -> None:
    assert quiet_until(at(21, 59), 22, 7) is None
    assert quiet_until(at(22), 22, 7) == at(7, day=3)
    assert quiet_until(at(3), 22, 7) == at(7)
    assert quiet_until(at(6, 59), 22, 7) == at(7)
    assert quiet_until(at(7), 22, 7) is None
    assert quiet_until(at(13), 12, 14) == at(14)
    assert quiet_until(at(13), 0, 0) is None, "switched off"


def test_the_days_quota_is_back_on_the_next_day_in_china_and_a_minutes_in_a_minute() -> None:
    assert quota_resets(at(9), 45009).astimezone(SHANGHAI).date() == dt.date(2026, 3, 3)
    assert quota_resets(at(23, 59), 45009) > at(0, day=3)
    assert dt.timedelta(minutes=1) < quota_resets(at(9), 45011) - at(9) < dt.timedelta(minutes=2)


def test_waits_grow_and_spread() -> None:
    waits = [back_off(attempts, 0.0) for attempts in range(1, 7)]
    assert waits == sorted(waits) and waits[0] >= dt.timedelta(seconds=5) and waits[-1] >= dt.timedelta(minutes=15)
    assert back_off(3, 0.0) < back_off(3, 0.9) < 2 * back_off(3, 0.0)
    rests = [pause(failures) for failures in range(1, 20)]
    assert rests == sorted(rests) and rests[-1] == dt.timedelta(minutes=10)


def test_emergencies_wait_in_no_queue() -> None:
    assert priority(Kind.EMERGENCY) < priority(Kind.TASK) == priority(Kind.NEEDS_ANSWER) < priority(Kind.PROGRESS)
    assert priority("of an older version") == priority(Kind.PROGRESS)


def test_a_tap_opens_the_issue_where_there_is_one() -> None:
    assert page("abc") == "pages/issue/detail?id=abc"
    assert page("abc", digest=True) == "pages/inbox/index"
    assert page(None) == "pages/notices/index"
    assert page(None, key="event:1:reception", kind="reception") == "pages/me/bookings", "of one's own reception day"


def test_a_tap_opens_the_work_identity_it_speaks_of() -> None:
    assert page(None, key="binding:1:task", kind="task") == "pages/work/requests", "somebody waits to be confirmed"
    for key in ("binding:1:done:progress", "bound:1:progress", "ended:1:progress"):
        assert page(None, key=key, kind="progress") == "pages/work/me"
    for kind in ("task", "progress"):
        assert page(None, key=f"portrait:event:1:{kind}", kind=kind) == "pages/work/portraits"
    assert page(None, key="headless:1:task", kind="task") == "pages/notices/index"


def test_every_page_a_message_or_a_code_opens_is_one_the_client_has(root: Path) -> None:
    pages = (root / "miniprogram/src/pages.ts").read_text(encoding="utf-8")
    identities = [page(None, key="binding:1", kind=kind) for kind in ("task", "progress")]
    portraits = page(None, key="portrait:1", kind="task")
    booked = page(None, kind="reception")
    for opened in (page("abc"), page("abc", digest=True), page(None), *identities, portraits, booked, mini_codes.PAGE):
        assert f"'{opened.partition('?')[0]}'" in pages
