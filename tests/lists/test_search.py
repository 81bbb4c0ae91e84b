"""Searching finds exactly what contains the words, and only in words the viewer may read. On both databases alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Grant, Role
from service.db import is_sqlite
from service.issues import lists, search
from service.issues.lists import Filters, Sort
from service.issues.models import Issue, IssueSearch
from service.issues.scopes import Box
from tests.journeys.town import Person, Town
from tests.lists.conftest import Fill
from tests.world import World
from workers import jobs

TEXTS = [
    "村口小学门前的路灯坏了，晚上很黑",
    "路灯坏了一个月 没人来修",
    "楼下的灯太亮，影响睡觉",
    "公交K12路改道以后没有站牌",
    "垃圾桶满了；请派人清运100%",
    "路_灯",
    "一二三四五路灯",
]


def found(who: Person, words: str, box: str = "district") -> list[str]:
    items = who.get(f"/issues?box={box}&limit=100&sort=oldest&q={quote(words)}")["items"]
    return [item["title"] for item in items]


@pytest.fixture
def office(town: Town, fill: Fill) -> Person:
    fill(*({"content": text} for text in reversed(TEXTS)))
    return town.role(Role.DISTRICT)


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("灯", [0, 1, 2, 5, 6]),
        ("路灯", [0, 1, 6]),
        ("路灯坏了", [0, 1]),
        ("路灯 黑", [0]),
        ("黑　路灯", [0]),
        ("灯坏了，晚上", [0]),
        ("月没人", []),
        ("k12路", [3]),
        ("12", [3]),
        ("100%", [4]),
        ("%", [4]),
        ("_", [5]),
        ("；", [4]),
        ("路燈", []),
        ("路灯'; --", []),
    ],
)
def test_what_contains_every_word_is_found_and_nothing_else(office: Person, words: str, hits: list[int]) -> None:
    assert found(office, words) == [TEXTS[number] for number in hits]


def test_a_whole_number_finds_its_issue_in_whatever_case(town: Town) -> None:
    issue = town.submits(town.guest())
    number = town.holder(issue["receipt_code"]).sees()["number"]
    town.submits(town.guest())
    items = town.role(Role.STATION_HEAD).get(f"/issues?box=inbox&q={number.lower()}")["items"]
    assert [item["number"] for item in items] == [number]


def test_nobody_finds_by_what_they_may_not_read(town: Town) -> None:
    """The committee reads the redacted text: the phone in the original must not answer yes or no."""
    town.submits(town.guest(), content="请打13800138000，路灯坏了很久")
    committee, head = town.role(Role.COMMITTEE), town.role(Role.STATION_HEAD)
    assert found(head, "13800138000", "station") != [] and found(head, "路灯", "station") != []
    assert found(committee, "路灯") != []
    for part in ("13800138000", "138", "80013", "0，路灯"):
        assert found(committee, part) == [], part
    assert len(found(committee, "电话已隐去")) == 1
    assert found(head, "电话已隐去", "station") == [], "nor is the office shown words nobody wrote"


def test_one_who_joined_finds_nothing_by_a_stranger_s_words(town: Town, fill: Fill, session: Session) -> None:
    who = town.role(Role.RESIDENT)
    mine = town.submits(who, anonymity="station_only", content="我家门口的路灯坏了")
    assert found(who, "门口", "mine") != []
    session.execute(sa.update(Issue).where(Issue.id == mine["id"]).values(account_id=None))
    session.commit()
    assert found(who, "门口", "mine") == []


def test_an_edited_text_is_found_by_its_new_words_alone(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    issue = town.submits(resident, anonymity="station_only", content="村口有人刷单兼职，已经骗了好几位老人的钱")
    office = town.role(Role.DISTRICT)
    assert len(found(office, "刷单")) == 1
    reviewer = town.role(Role.REVIEWER)
    reviewer.does(issue["id"], "reject_content", reason_code="MEANINGLESS", reason="请修改")
    resident.does(issue["id"], "edit_resend", text="村口井盖翘起来了，晚上骑车危险")
    town.work()
    assert found(office, "刷单") == []
    assert len(found(office, "井盖")) == 1


def test_the_worker_indexes_what_has_no_entry_yet(town: Town, fill: Fill, session: Session) -> None:
    fill({"content": "化粪池满了"}, {"content": "化粪池堵了"}, index=False)
    office = town.role(Role.DISTRICT)
    assert len(found(office, "化粪池")) == (2 if is_sqlite(session) else 0)
    jobs.refresh_lists()
    assert len(found(office, "化粪池")) == 2
    entries = session.scalars(sa.select(IssueSearch.issue_id)).all()
    session.rollback()
    jobs.refresh_lists()
    again = session.scalars(sa.select(IssueSearch.issue_id)).all()
    session.rollback()
    assert sorted(again) == sorted(entries) and len(again) == 2


def test_an_entry_goes_with_its_issue(fill: Fill, session: Session) -> None:
    [key] = fill({"content": "化粪池满了"})
    session.execute(sa.delete(Issue).where(Issue.id == key))
    session.commit()
    assert session.get(IssueSearch, key) is None


CHINESE = st.text(alphabet="路灯坏了小学门口的有人修aA1，", min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(CHINESE, min_size=1, max_size=12), word=st.text(alphabet="路灯坏了小学aA1，", min_size=1, max_size=4)
)
@pytest.mark.parametrize("common", [False, True])
def test_it_finds_what_looking_at_every_text_finds(
    session: Session, world: World, fill: Fill, monkeypatch: Any, texts: list[str], word: str, common: bool
) -> None:
    """By either plan: collecting hits from the index, or reading the list in order."""
    monkeypatch.setattr(search, "_is_common", lambda *_: common)
    session.execute(sa.delete(Issue))
    ids = fill(*({"content": text} for text in texts))
    office = Actor(account_id="a", grants=(Grant(Role.DISTRICT, world.a.district_id),))
    now = session.get_one(Issue, ids[0]).created_at
    lines, _ = lists.page(
        session, office, Box.DISTRICT, Filters(text=word), sort=Sort.NEWEST, after=None, limit=50, now=now
    )
    expected = [key for key, text in zip(ids, texts, strict=True) if word.lower() in text.lower()]
    assert [line.id for line in lines] == expected
    session.commit()


def test_how_common_a_word_is_decides_the_plan() -> None:
    known = search.Statistics(100_000, dict.fromkeys(search.grams_of_words(["路灯"]), 0.3))
    assert search._is_common(known, ["路灯"])
    assert not search._is_common(known, ["路灯坏"]), "a phrase is as rare as its rarest pair"
    assert not search._is_common(known, ["化粪池"]) and not search._is_common(search.Statistics(0, {}), ["路灯"])
