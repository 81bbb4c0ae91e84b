"""The lifecycle over the whole product of states and actions, judged by a table written by hand from rulebook §9.1."""

from __future__ import annotations

import itertools

import pytest

from service.issues import forms, lifecycle
from service.issues.actions.decisions import WHEN_DECIDED
from service.issues.actions.perform import HANDLERS
from service.issues.lifecycle import (
    ACTION_TITLES,
    OPEN,
    STATE_TITLES,
    TERMINAL,
    WHILE_WAITING,
    Action,
    Party,
    State,
    edge,
    moves,
)

CONTRACT = [
    "approve_content",
    "reject_content",
    "edit_resend",
    "accept",
    "decline",
    "ask_info",
    "supplement",
    "answer",
    "reroute",
    "recuse",
    "propose_unit",
    "assign",
    "sign",
    "return",
    "extend",
    "submit_result",
    "sign_off",
    "send_back",
    "mark_in_plan",
    "give_feedback",
    "rate",
    "appeal",
    "withdraw",
    "merge",
    "unmerge",
    "escalate",
    "decide",
]
"""Copied from the contract, "Actions on an issue"."""

EVERYBODY = {
    "R": Party.OWNER, "D": Party.DEPUTY, "C": Party.CLERK, "H": Party.HEAD, "T": Party.TOWNSHIP, "A": Party.DISTRICT,
    "G": Party.GOVERNMENT, "U": Party.UNIT, "UL": Party.UNIT_LEADER, "K": Party.REVIEWER, "S": Party.COMMITTEE,
}  # fmt: skip

WHO_MAY: dict[str, dict[str, str]] = {
    "content_review": {"approve_content": "K", "reject_content": "K", "withdraw": "R"},
    "content_rejected": {"edit_resend": "R"},
    "pending_accept": {
        "accept": "D C H", "ask_info": "D C H", "decline": "D C H", "reroute": "D C H T", "recuse": "D",
        "merge": "C H T", "withdraw": "R",
    },
    "need_info": {"supplement": "R", "withdraw": "R"},
    "declined": {"appeal": "R"},
    "with_deputy": {
        "answer": "D", "ask_info": "D C H", "propose_unit": "D", "assign": "T H A", "reroute": "D C H T", "recuse": "D",
        "merge": "C H T", "escalate": "D", "withdraw": "R",
    },
    "assigned": {"sign": "U", "return": "U", "unassign": "T H A", "withdraw": "R"},
    "handling": {
        "submit_result": "U", "extend": "U", "escalate": "D", "withdraw": "R", "note_progress": "U", "ask_co_units": "U",
    },
    "unit_done": {"sign_off": "UL", "give_feedback": "D C", "send_back": "D T UL", "mark_in_plan": "UL"},
    "in_plan": {},
    "escalated": {"answer": "D", "assign": "A"},
    "feedback_given": {"rate": "R T"},
    "reopened": {
        "answer": "D", "ask_info": "D C H", "propose_unit": "D", "assign": "T H A", "reroute": "D C H T", "recuse": "D",
        "escalate": "D", "withdraw": "R",
    },
    "merged": {"unmerge": "C H T", "withdraw": "R"},
    "withdrawn": {},
    "closed": {"rate": "R", "appeal": "R"},
    "archived": {"appeal": "R"},
}  # fmt: skip
"""Who may do what, without emergencies and open decisions. The letters of the rulebook; every state is here."""

PUBLISHING = {Action.PUBLISH, Action.UNPUBLISH}
FLAGS = {Action.SET_CATEGORY, Action.MARK_EMERGENCY, Action.CONFIRM_EMERGENCY, Action.URGE} | PUBLISHING
SYSTEMS = {
    Action.SUBMIT, Action.PASS_REVIEW, Action.HOLD_FOR_REVIEW, Action.ROUTE, Action.HAND_OVER, Action.NO_INFO,
    Action.RATING_OVER, Action.PLAN_DUE, Action.SHARE_FEEDBACK, Action.TARGET_ENDED, Action.ARCHIVE,
}  # fmt: skip
PRODUCT = list(itertools.product(State, Action))


@pytest.mark.parametrize("state", State)
def test_who_may_do_what_is_what_the_rulebook_says(state: State) -> None:
    expected = {(action, letter) for action, letters in WHO_MAY[state].items() for letter in letters.split()}
    found = {
        (action.value, letter)
        for letter, party in EVERYBODY.items()
        for action in moves(state, frozenset({party}))
        if action not in FLAGS
    }
    assert found == expected


def test_every_state_of_the_rulebook_is_there_with_a_title() -> None:
    assert set(WHO_MAY) == {state.value for state in State} == {state.value for state in STATE_TITLES}
    assert "emergency_redirected" not in set(State), "a flag, says the contract, not a state"


def test_every_action_of_the_contract_exists_with_a_title_a_form_and_a_handler() -> None:
    for name in CONTRACT:
        assert ACTION_TITLES[Action(name)] and name in forms.FORMS and name in HANDLERS, name
    more = {Action.NOTE_PROGRESS, Action.ASK_CO_UNITS, Action.RATE_AS_FOLLOWER, Action.UNASSIGN}
    people = {Action(name) for name in CONTRACT} | FLAGS - {Action.URGE} | more
    assert set(forms.FORMS) == set(HANDLERS) == people
    assert set(Action) - people == SYSTEMS | {Action.URGE}, "an action is a person's, the system's, or 催办"
    assert set(ACTION_TITLES) == set(Action)


@pytest.mark.parametrize("action", sorted({Action(name) for name in CONTRACT} - {Action.DECIDE}))
def test_every_action_of_the_contract_is_possible_somewhere(action: Action) -> None:
    assert any(edge(state, action) for state in State)


def test_nothing_leaves_a_terminal_state_but_by_the_ways_back_that_are_written() -> None:
    ways = {
        ("content_rejected", "edit_resend"): {"content_review"},
        ("declined", "appeal"): {"declined"},
        ("closed", "appeal"): {"closed"},
        ("archived", "appeal"): {"archived"},
        ("closed", "rate"): {"closed", "reopened"},
        ("closed", "rate_as_follower"): {"closed"},
        ("closed", "archive"): {"archived"},
    }
    found = {
        (state.value, action.value): {to.value for to in way.to}
        for state, action in PRODUCT
        if state in TERMINAL and action not in PUBLISHING and (way := edge(state, action)) is not None
    }
    assert found == ways


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_a_way_on(state: State) -> None:
    leaving = [action for action in Action if (found := edge(state, action)) and set(found.to) - {state}]
    assert leaving, state
    assert set(leaving) - {Action.WITHDRAW}, "and not only by giving up"


def test_from_every_state_the_end_can_be_reached() -> None:
    reached = set(TERMINAL)
    for _ in State:
        reached |= {
            state
            for state, action in PRODUCT
            if (found := edge(state, action)) and set(found.to) & reached and action is not Action.WITHDRAW
        }
    assert reached == set(State)


def test_deputies_never_handle_and_only_units_do() -> None:
    for state, action in PRODUCT:
        found = edge(state, action)
        if found is None:
            continue
        if action in (Action.ASSIGN, Action.SIGN, Action.RETURN, Action.EXTEND, Action.SUBMIT_RESULT, Action.SIGN_OFF):
            assert Party.DEPUTY not in found.parties
        if action in (Action.SIGN, Action.RETURN, Action.EXTEND, Action.SUBMIT_RESULT):
            assert found.parties == {Party.UNIT}
        if action in (Action.SIGN_OFF, Action.MARK_IN_PLAN):
            assert found.parties == {Party.UNIT_LEADER}
        assert not found.parties & {Party.COMMITTEE, Party.GOVERNMENT}, "they look on"
        assert Party.CO_UNIT not in found.parties or action is Action.NOTE_PROGRESS, (
            "a co-unit does not act for the lead"
        )


def test_only_the_resident_rates_but_for_the_township_on_the_phone() -> None:
    for state, action in PRODUCT:
        found = edge(state, action)
        if found is None:
            continue
        if action is Action.RATE:
            expected = {Party.OWNER, Party.TOWNSHIP} if state is State.FEEDBACK_GIVEN else {Party.OWNER}
            assert found.parties == expected
        if action in (Action.WITHDRAW, Action.SUPPLEMENT, Action.EDIT_RESEND, Action.APPEAL):
            assert found.parties == {Party.OWNER}
        if action is Action.RATE_AS_FOLLOWER:
            assert found.parties == {Party.FOLLOWER} and found.to == (state,), "moves no state"


def test_who_joined_does_nothing_but_rate_for_themselves() -> None:
    taken = {action for state, action in PRODUCT if (way := edge(state, action)) and Party.FOLLOWER in way.parties}
    assert taken == {Action.RATE_AS_FOLLOWER}


def test_no_person_takes_a_step_of_the_system() -> None:
    for state, action in PRODUCT:
        found = edge(state, action)
        if action is Action.REJECT_CONTENT and found is not None:
            assert found.parties == {Party.REVIEWER, Party.SYSTEM}, "a person, or what WeChat calls risky (ADR 0016)"
        elif found is not None:
            assert (Party.SYSTEM in found.parties) == (action in SYSTEMS)
            assert action not in SYSTEMS or found.parties == {Party.SYSTEM}


@pytest.mark.parametrize("action", sorted(lifecycle.decisions()))
def test_every_decision_has_two_ends_and_a_consequence(action: Action) -> None:
    agreed, refused = lifecycle.decisions()[action]
    assert agreed and refused
    assert action in WHEN_DECIDED
    waits_in = [state for state in State if (found := edge(state, action)) and state in found.to]
    assert waits_in, "asking leaves the state as it is"
    for state in waits_in:
        assert state in refused or action is Action.RETURN, "refused: back where it was"
    if action is Action.RETURN:
        assert refused == (State.HANDLING,), "refused: the unit has it (首接负责)"


def test_the_steps_that_wait_for_a_second_person_are_those_of_the_contract() -> None:
    written = {"decline", "appeal", "extend", "return", "escalate", "propose_unit", "mark_in_plan", "reject_content"}
    assert {action.value for action in lifecycle.decisions()} == written == {a.value for a in WHEN_DECIDED}


@pytest.mark.parametrize("waiting", sorted(lifecycle.decisions()))
def test_while_a_decision_is_open_only_what_is_written_can_be_done(waiting: Action) -> None:
    meanwhile = {Action.PROPOSE_UNIT: {Action.ASSIGN}, Action.EXTEND: {Action.SUBMIT_RESULT, Action.NOTE_PROGRESS}}
    always = {Action.DECIDE, Action.WITHDRAW, Action.SET_CATEGORY, Action.MARK_EMERGENCY, Action.CONFIRM_EMERGENCY}
    always |= PUBLISHING
    agreed, refused = lifecycle.decisions()[waiting]
    for state, action in PRODUCT:
        found = edge(state, action, waiting)
        if action not in always | meanwhile.get(waiting, set()):
            assert found is None, (state, action)
        elif action is Action.DECIDE:
            assert found is not None and found.parties == {Party.DECIDER}
            assert set(found.to) == set(agreed + refused)
        else:
            assert found == edge(state, action)
    assert set(WHILE_WAITING) == set(meanwhile)


@pytest.mark.parametrize("state", State)
def test_nothing_is_decided_where_nothing_was_asked(state: State) -> None:
    assert edge(state, Action.DECIDE) is None


@pytest.mark.parametrize("state", State)
def test_danger_can_be_marked_and_confirmed_in_every_open_state_and_changes_none(state: State) -> None:
    mark, confirm = edge(state, Action.MARK_EMERGENCY), edge(state, Action.CONFIRM_EMERGENCY)
    if state in TERMINAL:
        assert mark is None and confirm is None
        return
    assert mark is not None and mark.to == (state,)
    assert confirm is not None and confirm.to == (state,)
    assert {Party.HEAD, Party.TOWNSHIP, Party.RAISED} == confirm.parties, "H must confirm; a complaint's office too"
    assert Party.DEPUTY not in confirm.parties, "deputies are no emergency service"


def test_a_second_round_is_like_the_first_but_nothing_merges() -> None:
    first = {action for action in Action if edge(State.WITH_DEPUTY, action)}
    again = {action for action in Action if edge(State.REOPENED, action)}
    assert first - again == {Action.MERGE} and again <= first
    for action in again:
        one, two = edge(State.WITH_DEPUTY, action), edge(State.REOPENED, action)
        assert one is not None and two is not None and one.parties == two.parties


@pytest.mark.parametrize("state", State)
def test_withdrawing_is_possible_up_to_handling(state: State) -> None:
    written = {
        "content_review",
        "pending_accept",
        "need_info",
        "with_deputy",
        "reopened",
        "assigned",
        "handling",
        "merged",
    }
    assert (edge(state, Action.WITHDRAW) is not None) == (state.value in written)


@pytest.mark.parametrize("state", State)
def test_what_it_is_about_can_be_set_right_while_it_is_open_by_those_who_sort(state: State) -> None:
    found = edge(state, Action.SET_CATEGORY)
    if state in TERMINAL:
        assert found is None
        return
    assert found is not None and found.to == (state,)
    assert not found.parties & {Party.OWNER, Party.UNIT, Party.UNIT_LEADER, Party.REVIEWER, Party.FOLLOWER}
