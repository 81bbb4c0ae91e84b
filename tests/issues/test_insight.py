"""What each party sees of the words, the place and the person, by what the resident chose. Contract: anonymity, pass_on."""

from __future__ import annotations

import pytest

from service.issues.insight import insight, visible_contact, visible_text
from service.issues.lifecycle import Party
from service.issues.models import Issue

STATION = (Party.CLERK, Party.HEAD)
OFFICES = (Party.TOWNSHIP, Party.DISTRICT, Party.RAISED)
UNITS = (Party.UNIT, Party.UNIT_LEADER, Party.CO_UNIT)
ONLOOKERS = (Party.COMMITTEE, Party.GOVERNMENT)


def issue(anonymity: str, *, pass_on: bool = False) -> Issue:
    known = anonymity != "receipt_only"
    return Issue(
        anonymity=anonymity,
        consent_pass_on=pass_on,
        content="我是王小花，电话13800138000",
        redacted="我是王某，电话［电话已隐去］",
        contact_name="王小花" if known else None,
        contact_phone="13800138000" if known else None,
    )


def knows(party: Party, anonymity: str, *, pass_on: bool = False) -> bool:
    return insight(frozenset({party}), issue(anonymity, pass_on=pass_on)).may_reveal


@pytest.mark.parametrize("party", [party for party in Party if party is not Party.OWNER])
@pytest.mark.parametrize("pass_on", [False, True])
def test_of_receipt_only_nobody_knows_anything(party: Party, pass_on: bool) -> None:
    found = issue("receipt_only", pass_on=pass_on)
    sight = insight(frozenset({party}), found)
    assert not sight.may_reveal and visible_contact(found, sight) is None


@pytest.mark.parametrize("pass_on", [False, True])
def test_station_only_is_known_to_the_station_and_to_nobody_else(pass_on: bool) -> None:
    assert {party for party in Party if knows(party, "station_only", pass_on=pass_on)} == {*STATION, Party.STAND_IN}


def test_named_is_known_to_deputy_station_and_offices_and_with_pass_on_to_the_unit() -> None:
    without = {party for party in Party if knows(party, "named")}
    assert without == {Party.DEPUTY, *STATION, Party.STAND_IN, *OFFICES}
    assert {party for party in Party if knows(party, "named", pass_on=True)} == without | set(UNITS)


@pytest.mark.parametrize("party", [Party.DEPUTY, *STATION, *OFFICES])
def test_who_knows_sees_a_mask_first(party: Party) -> None:
    found = issue("named")
    assert visible_contact(found, insight(frozenset({party}), found)) == {"name": "王**", "phone": "138****8000"}


@pytest.mark.parametrize("party", [*UNITS, *ONLOOKERS])
def test_units_without_pass_on_and_onlookers_get_the_redacted_words_and_no_place(party: Party) -> None:
    found = issue("named")
    sight = insight(frozenset({party}), found)
    assert visible_text(found, sight) == found.redacted
    assert not sight.exact_place and not sight.conversation


@pytest.mark.parametrize("party", UNITS)
def test_with_pass_on_a_unit_gets_words_and_place(party: Party) -> None:
    found = issue("named", pass_on=True)
    sight = insight(frozenset({party}), found)
    assert visible_text(found, sight) == found.content and sight.exact_place


@pytest.mark.parametrize("party", ONLOOKERS)
def test_pass_on_concerns_the_unit_not_onlookers(party: Party) -> None:
    found = issue("named", pass_on=True)
    assert visible_text(found, insight(frozenset({party}), found)) == found.redacted


def test_the_resident_sees_everything_of_their_own_but_by_receipt_the_person_stays_masked() -> None:
    found = issue("named")
    own = insight(frozenset({Party.OWNER}), found)
    assert visible_text(found, own) == found.content
    assert visible_contact(found, own) == {"name": "王小花", "phone": "13800138000"}
    held = insight(frozenset({Party.OWNER}), found, by_receipt=True)
    assert visible_contact(found, held) == {"name": "王**", "phone": "138****8000"}, "a paper can be lost"
    assert not own.staff_lines and not own.may_reveal


def test_a_reviewer_reads_the_words_but_neither_place_nor_person() -> None:
    found = issue("named")
    sight = insight(frozenset({Party.REVIEWER}), found)
    assert sight.full_text and not sight.exact_place and not sight.may_reveal


def test_nobody_sees_nothing() -> None:
    found = issue("named", pass_on=True)
    sight = insight(frozenset(), found)
    assert visible_text(found, sight) == found.redacted
    assert visible_contact(found, sight) is None and not sight.exact_place and not sight.staff_lines
