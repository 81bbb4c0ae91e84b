"""A played story with all its rows, prepared for copying: which values stand for whom, found by looking, not by a list.

Whatever columns the models have are copied; only what names somebody, tells a day or proves something is replaced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.copies.shapes import Matcher, matcher_of, shape_of
from devkit.demo.copies.sinks import table_of
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.story import Story
from devkit.demo.issues.telling import Recipe
from devkit.demo.rows import demo_id
from service.accounts.models import Account
from service.accounts.roles import Role
from service.issues.models import (
    Issue,
    IssueAssignment,
    IssueDecision,
    IssueFollower,
    IssueHistory,
    IssueMessage,
    IssueRating,
)
from service.ledger.models import LedgerEntry
from service.notifications.models import Notification

TABLES: tuple[sa.Table, ...] = tuple(
    table_of(model)
    for model in (
        Issue,
        IssueHistory,
        IssueMessage,
        IssueDecision,
        IssueAssignment,
        IssueRating,
        IssueFollower,
        Notification,
        LedgerEntry,
    )
)
NOT_COPIED = frozenset(
    {"content_checks", "identity_reveals", "issue_facts", "issue_notes", "issue_search", "issue_views", "uploads"}
)
"""Who looked at an issue is of that issue only, so are its pictures and checks; the index comes from the text, facts from
the ledger."""
_KEYS = {"issues": "id", "ledger_entries": "chain"}
DEADLINES = frozenset({"due_at", "timer_at", "reminder_at", "paused_due_at", "resume_due_at"})
"""They end with a day, so a copy told a little earlier on the same day has the same ones."""
FRESH = frozenset({"receipt_digest", "rating_digest", "dedupe_key"})
_DERIVED = frozenset({"redacted"})

Row = dict[str, Any]


@dataclass
class Cell:
    """One value that differs in a copy, and how: fresh, id, moment, deadline, day, or a ``shape`` (see :func:`shape_of`)."""

    column: str
    kind: str
    shape: Any = None


@dataclass
class Pattern:
    """A row as it was, and which of its cells differ."""

    table: sa.Table
    row: Row
    cells: list[Cell]


@dataclass
class Family:
    """One story, or two where one was merged into the other. ``rests``: nothing in it waits for anything."""

    stories: Sequence[Story]
    patterns: list[Pattern]
    symbols: Mapping[str, str]
    recipes: Mapping[str, tuple[int, Recipe]]
    deputies: int
    residents: int
    has_category: bool
    rests: bool
    state: str
    began: dt.datetime
    weight: int


@dataclass
class Symbols:
    """Old value → what it stands for; longest first in free text."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, value: str | None, name: str) -> None:
        if value:
            self.found.setdefault(value, name)


def families(session: Session, cast: Cast, stories: Sequence[Story]) -> list[Family]:
    """Every story of the cast's district that came to be, with the one it was merged into."""
    people = _people(cast)
    names = dict(session.execute(sa.select(Account.id, Account.display_name)).all())
    phones = dict(session.execute(sa.select(Account.id, Account.phone)).all())
    partners = {id(story.partner) for story in stories if story.partner}
    told = [story for story in stories if story.issue_id and id(story) not in partners]
    reader = _Reader(cast, people, names, phones)
    return [reader.read(session, [*([story.partner] if story.partner else []), story]) for story in told]


def _people(cast: Cast) -> dict[str, tuple[Role, str]]:
    """Account → the office it holds."""
    return {str(actor.account_id): office for office, actor in cast.offices.items()}


class _Reader:
    def __init__(
        self,
        cast: Cast,
        people: Mapping[str, tuple[Role, str]],
        names: Mapping[str, str | None],
        phones: Mapping[str, str | None],
    ) -> None:
        self.cast, self.people, self.names, self.phones = cast, people, names, phones
        self.residents = {str(actor.account_id) for actor in cast.residents}
        self.units = {unit.id: unit for unit in cast.plan.units}

    def read(self, session: Session, stories: Sequence[Story]) -> Family:
        ids = [str(story.issue_id) for story in stories]
        rows = list(_rows(session, ids))
        symbols, recipes = Symbols(), self._texts(stories)
        for text in recipes:
            symbols.add(text, f"text:{text}")
        self._issues(symbols, [row for table, row in rows if table.name == "issues"])
        self._place(symbols, stories[0])
        deputies = self._deputies(symbols, stories[0], rows)
        residents = self._residents(symbols, rows)
        self._offices(symbols, stories[0], rows)
        issues = [row for table, row in rows if table.name == "issues"]
        matcher = matcher_of(symbols.found)
        patterns = [Pattern(table, row, list(_cells(table, row, symbols.found, matcher))) for table, row in rows]
        return Family(
            stories=stories,
            patterns=patterns,
            symbols=symbols.found,
            recipes=recipes,
            deputies=deputies,
            residents=residents,
            has_category=issues[-1]["category_id"] is not None,
            rests=all(row["timer_at"] is None and row["due_at"] is None for row in issues),
            state=issues[-1]["state"],
            began=min(row["created_at"] for row in issues),
            weight=stories[-1].plot.count,
        )

    @staticmethod
    def _texts(stories: Sequence[Story]) -> dict[str, tuple[int, Recipe]]:
        return {
            text: (place, recipe)
            for place, story in enumerate(stories)
            for text, recipe in story.teller.recipes.items()
            if len(text) > 3
        }

    @staticmethod
    def _issues(symbols: Symbols, issues: Sequence[Row]) -> None:
        for place, row in enumerate(issues):
            symbols.add(row["id"], f"issue:{place}")
            symbols.add(row["number"], f"number:{place}")
            if row["contact_name"]:
                symbols.add(row["contact_name"], f"name:{place}")
                symbols.add(row["contact_phone"], f"phone:{place}")
            symbols.add(row["category_id"], "category")

    def _place(self, symbols: Symbols, story: Story) -> None:
        station = story.station
        symbols.add(station.id, "station")
        symbols.add(station.name, "station.name")
        symbols.add(station.township.code, "township")
        symbols.add(station.township.name, "township.name")
        village = story.village
        symbols.add(village.code, "village")
        symbols.add(demo_id("grid", village.code), "grid")

    def _deputies(self, symbols: Symbols, story: Story, rows: Sequence[tuple[sa.Table, Row]]) -> int:
        """Deputies of the station in the order they appear; those of higher levels stay themselves."""
        roster = {person.id: person for person in self.cast.plan.rosters[story.station.id]}
        seen = [value for _, row in rows for value in _strings(row) if value in roster]
        accounts = {str(self.cast.holder(Role.DEPUTY, person).account_id): person for person in roster}
        seen += [accounts[value] for _, row in rows for value in _strings(row) if value in accounts]
        first = [str(row["deputy_id"]) for table, row in rows if table.name == "issues" and row["deputy_id"] in roster]
        order = list(dict.fromkeys([*first, *seen]))
        for place, person in enumerate(order):
            symbols.add(person, f"deputy:{place}")
            symbols.add(roster[person].name, f"deputy.name:{place}")
            symbols.add(str(self.cast.holder(Role.DEPUTY, person).account_id), f"deputy.account:{place}")
        return len(order)

    def _residents(self, symbols: Symbols, rows: Sequence[tuple[sa.Table, Row]]) -> int:
        seen = dict.fromkeys(value for _, row in rows for value in _strings(row) if value in self.residents)
        for place, account in enumerate(seen):
            symbols.add(account, f"resident:{place}")
        return len(seen)

    def _offices(self, symbols: Symbols, story: Story, rows: Sequence[tuple[sa.Table, Row]]) -> None:
        """Accounts of station, township and units, and the units themselves."""
        for _, row in rows:
            for value in _strings(row):
                role, office = self.people.get(value, (None, value))
                unit = self.units.get(office)
                if unit is not None:
                    title = unit.name.removeprefix(story.station.township.name if unit.township_code else "")
                    where = "unit" if unit.township_code else "district_unit"
                    symbols.add(unit.id, f"{where}:{title}")
                    symbols.add(unit.name, f"{where}.name:{title}")
                    if role is not None:
                        symbols.add(value, f"{where}.{role.value}:{title}")
                elif role in (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP):
                    symbols.add(value, f"account:{role.value}")


def _rows(session: Session, ids: Sequence[str]) -> Iterator[tuple[sa.Table, Row]]:
    """All rows of these issues, the issues in the order of ``ids``, lines and entries in theirs."""
    for table in TABLES:
        key = table.c[_KEYS.get(table.name, "issue_id")]
        found = session.execute(sa.select(table).where(key.in_(ids))).mappings().all()
        rows = sorted((dict(row) for row in found), key=lambda row: (ids.index(row[key.name]), row.get("seq", 0)))
        yield from ((table, row) for row in rows)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _cells(table: sa.Table, row: Row, symbols: Mapping[str, str], matcher: Matcher) -> Iterator[Cell]:
    for name, value in row.items():
        if value is None or name in _DERIVED:
            continue
        if name in FRESH:
            yield Cell(name, "fresh")
        elif name == "id" and table.name != "issues":
            yield Cell(name, "id")
        elif isinstance(value, dt.datetime):
            yield Cell(name, "deadline" if name in DEADLINES else "moment")
        elif isinstance(value, dt.date):
            yield Cell(name, "day")
        elif name == "kind" and table.name == "issues":
            yield Cell(name, "shape", ("symbol", "kind"))
        elif name == "chain" or (isinstance(value, str | list | dict) and table.name != "ledger_entries"):
            shape = shape_of(value, symbols, matcher)
            if shape is not None:
                yield Cell(name, "shape", shape)
