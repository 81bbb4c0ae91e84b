"""What each action asks for: required where a reason is owed, nothing unknown, nothing blank."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniprogram_api.issue_shapes import ActionIn
from service.errors import Invalid
from service.issues.forms import FORMS, MAX_TEXT, check
from service.issues.lifecycle import Action

NEEDS_REASON = {
    "reroute", "recuse", "return", "extend", "send_back", "mark_in_plan", "appeal", "unmerge", "escalate", "decide",
    "mark_emergency", "confirm_emergency",
}  # fmt: skip
"""Steps somebody else must be able to understand later (rulebook §9.1: "reason")."""
NEEDS_WORDS = {"ask_info", "supplement", "answer", "give_feedback", "submit_result", "edit_resend"}
EXAMPLE: dict[str, Any] = {
    "public_text": "路灯坏了",
    "text": "换了灯泡", "category_id": "c", "reason": "因为", "unit_id": "u", "deputy_id": "d", "target_id": "i",
    "done_on": "2026-03-02", "plan_date": "2026-05-01", "person": "李师傅", "result": "SATISFIED", "outcome": "AGREE",
    "reason_code": "ABUSE",
}  # fmt: skip


def required(action: Action) -> set[str]:
    return {field.name for field in FORMS[action] if field.required}


def test_reasons_are_owed_where_the_rulebook_wants_them() -> None:
    assert {action.value for action in FORMS if "reason" in required(action)} == NEEDS_REASON
    assert {action.value for action in FORMS if "text" in required(action)} == NEEDS_WORDS


@pytest.mark.parametrize("action", sorted(FORMS))
def test_what_is_required_is_enough_and_each_missing_or_blank_field_is_named(action: Action) -> None:
    wanted = {name: EXAMPLE[name] for name in required(action)}
    assert check(action, wanted) == wanted
    for name in wanted:
        for empty in (None, "", "   "):
            with pytest.raises(Invalid) as refused:
                check(action, {**wanted, name: empty})
            assert set(refused.value.fields) == {name}


@pytest.mark.parametrize("action", sorted(FORMS))
def test_what_an_action_does_not_ask_for_is_refused(action: Action) -> None:
    wanted = {name: EXAMPLE[name] for name in required(action)}
    with pytest.raises(Invalid) as refused:
        check(action, {**wanted, "colour": "red"})
    assert set(refused.value.fields) == {"colour"}


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        (Action.RATE, "result", "GREAT"),
        (Action.RATE, "attitude", "满意"),
        (Action.DECIDE, "outcome", "MAYBE"),
        (Action.ASSIGN, "difficulty", "EASY"),
        (Action.REJECT_CONTENT, "reason_code", "BECAUSE"),
        (Action.ANSWER, "text", "字" * (MAX_TEXT + 1)),
    ],
)
def test_values_outside_the_options_are_refused(action: Action, field: str, value: str) -> None:
    wanted = {name: EXAMPLE[name] for name in required(action)}
    with pytest.raises(Invalid) as refused:
        check(action, {**wanted, field: value})
    assert set(refused.value.fields) == {field}


@given(st.text(" \n\t", max_size=3), st.text("字", min_size=1, max_size=9), st.text(" \n", max_size=3))
def test_blanks_around_a_text_are_taken_off(before: str, text: str, after: str) -> None:
    assert check(Action.ANSWER, {"text": before + text + after}) == {"text": text}


def test_every_field_of_a_form_can_be_sent() -> None:
    sendable = set(ActionIn.model_fields)
    assert {field.name for fields in FORMS.values() for field in fields} <= sendable
    assert sendable - {field.name for fields in FORMS.values() for field in fields} == {"action", "version"}


def test_a_field_that_points_at_something_says_at_what_and_a_choice_has_options() -> None:
    for fields in FORMS.values():
        for field in fields:
            assert (field.type == "id") <= (field.of is not None), field.name
            assert field.type != "choice" or field.options or field.of, field.name
