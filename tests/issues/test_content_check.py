"""The local content check: doubtful words call a person, dangerous words call for help; neither rejects. Rulebook §0.13, §9.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.defaults import PARAMETERS
from service.calendar.workdays import WorkCalendar
from service.issues.content_check import found_words, needs_review, sounds_urgent
from service.issues.deadlines import Rules

RULES = Rules(PARAMETERS, WorkCalendar())


@pytest.mark.parametrize("text", ["加微信返利", "加 微 信 返 利", "加\n微信", "加v看图", "代开发票", "这个狗东西"])
def test_doubtful_words_call_a_reviewer_even_when_spread_out(text: str) -> None:
    assert needs_review(f"路灯坏了，{text}", RULES)


@pytest.mark.parametrize(
    "text", ["村口小学门前的路灯坏了一个多月", "微信群里大家都在说停水", "广场舞太吵，老人睡不着", "垃圾三天没有清运"]
)
def test_ordinary_complaints_pass(text: str) -> None:
    assert needs_review(text, RULES) == []
    assert not sounds_urgent(text, RULES)


@pytest.mark.parametrize(
    "text", ["楼道里煤气味很重", "有人要跳楼", "房子塌了", "有人触 电了", "天然气泄漏", "不想活了"]
)
def test_danger_is_heard(text: str) -> None:
    assert sounds_urgent(text, RULES)


@given(
    st.sampled_from(PARAMETERS["content.review_words"]),
    st.text("路灯坏了", max_size=9),
    st.text(" \n\t　", min_size=1, max_size=3),
)
def test_blanks_between_the_characters_hide_nothing(word: str, around: str, blank: str) -> None:
    assert word in found_words(around + blank.join(word) + around, [word])


def test_only_the_words_of_the_district_count() -> None:
    own = Rules({**PARAMETERS, "content.review_words": ["柑橘"], "emergency.words": []}, WorkCalendar())
    assert needs_review("柑橘卖不出去", own) == ["柑橘"]
    assert needs_review("加微信", own) == [] and not sounds_urgent("着火了", own)
