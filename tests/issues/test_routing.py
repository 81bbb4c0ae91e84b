"""Which deputy gets an issue: the contract's order one by one, and what must hold for any facts at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.issues.routing import REASON_SENTENCES, Choice, RouteReason, RoutingFacts, choose

EVERYONE = ("chosen", "primary", "substitute", "backup", "on_duty", "expert", "idle", "busy")
FULL = RoutingFacts(
    roster=("busy", "idle", "expert"),
    available=frozenset(EVERYONE),
    chosen="chosen",
    primary="primary",
    substitutes={"primary": "substitute"},
    backups=("backup",),
    on_duty=("on_duty",),
    in_matching_group=frozenset({"expert"}),
    open_issues={"busy": 9, "idle": 0, "expert": 5},
)
ORDER = (
    ("chosen", RouteReason.CHOSEN),
    ("primary", RouteReason.PRIMARY),
    ("substitute", RouteReason.SUBSTITUTE),
    ("backup", RouteReason.BACKUP),
    ("on_duty", RouteReason.ON_DUTY),
    ("expert", RouteReason.GROUP),
    ("idle", RouteReason.LEAST_LOADED),
    ("busy", RouteReason.LEAST_LOADED),
)
"""The contract's order, written by hand. The station head comes last of all."""


@pytest.mark.parametrize("gone", range(len(ORDER) + 1))
def test_the_first_in_the_contract_s_order_who_can_serve_gets_it(gone: int) -> None:
    away = {deputy for deputy, _ in ORDER[:gone]}
    expected = ORDER[gone] if gone < len(ORDER) else (None, RouteReason.STATION_HEAD)
    on_leave = replace(FULL, available=FULL.available - away)
    recused = replace(FULL, excluded=frozenset(away))
    for facts in (on_leave, recused):
        assert choose(facts) == Choice(*expected)


def test_a_substitute_serves_only_while_the_primary_does_not() -> None:
    assert choose(replace(FULL, chosen=None)) == Choice("primary", RouteReason.PRIMARY)
    away = replace(FULL, chosen=None, available=FULL.available - {"primary"})
    assert choose(away) == Choice("substitute", RouteReason.SUBSTITUTE)


def test_a_recused_primary_s_substitute_may_still_serve_but_not_a_recused_substitute() -> None:
    facts = replace(FULL, chosen=None, excluded=frozenset({"primary"}))
    assert choose(facts).deputy_id == "substitute"
    assert choose(replace(facts, excluded=frozenset({"primary", "substitute"}))).deputy_id == "backup"


def test_among_equals_the_one_with_the_fewest_open_issues_and_always_the_same() -> None:
    facts = RoutingFacts(roster=("c", "a", "b"), available=frozenset("abc"), open_issues={"c": 1, "a": 2, "b": 1})
    assert choose(facts) == choose(replace(facts, roster=("a", "b", "c"))) == Choice("b", RouteReason.LEAST_LOADED)


def test_a_group_member_of_another_station_is_no_candidate() -> None:
    facts = RoutingFacts(roster=("a",), available=frozenset({"a", "x"}), in_matching_group=frozenset({"x"}))
    assert choose(facts) == Choice("a", RouteReason.LEAST_LOADED)


def test_with_nobody_at_all_the_station_head_receives() -> None:
    assert choose(RoutingFacts()) == Choice(None, RouteReason.STATION_HEAD)


def test_every_reason_has_a_sentence_for_the_resident() -> None:
    assert set(REASON_SENTENCES) == set(RouteReason)
    assert all(sentence.endswith("。") for sentence in REASON_SENTENCES.values())


names = st.sampled_from("abcdefgh")
some = st.lists(names, unique=True, max_size=6)
any_facts = st.builds(
    RoutingFacts,
    roster=some,
    available=some.map(frozenset),
    excluded=some.map(frozenset),
    chosen=st.none() | names,
    primary=st.none() | names,
    substitutes=st.dictionaries(names, names, max_size=3),
    backups=some,
    on_duty=some,
    in_matching_group=some.map(frozenset),
    open_issues=st.dictionaries(names, st.integers(0, 9)),
)


def candidates(facts: RoutingFacts) -> set[str | None]:
    named = {facts.chosen, facts.primary, facts.substitutes.get(facts.primary or ""), *facts.backups}
    return {*named, *facts.on_duty, *facts.roster} - {None}


@given(any_facts)
@settings(max_examples=400)
def test_the_chosen_is_a_candidate_who_is_there_and_not_excluded(facts: RoutingFacts) -> None:
    choice = choose(facts)
    usable = candidates(facts) & facts.available - facts.excluded
    if choice.deputy_id is None:
        assert usable == set() and choice.reason is RouteReason.STATION_HEAD
    else:
        assert choice.deputy_id in usable


@given(any_facts, names)
@settings(max_examples=400)
def test_taking_somebody_out_never_brings_an_earlier_one_in(facts: RoutingFacts, gone: str) -> None:
    rank = list(RouteReason)
    before, after = choose(facts), choose(replace(facts, available=facts.available - {gone}))
    if before.deputy_id != gone:
        assert after == before, "who was not chosen changes nothing by leaving"
    else:
        assert after.deputy_id != gone
        assert rank.index(after.reason) >= rank.index(before.reason)


@given(any_facts, some)
def test_leave_and_recusal_come_to_the_same(facts: RoutingFacts, gone: list[str]) -> None:
    away = replace(facts, available=facts.available - set(gone))
    assert choose(away) == choose(replace(facts, excluded=facts.excluded | set(gone)))
