"""A line of a list, and the head of an issue's page: the same words about who has it, until when."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import ROLE_TITLES, Role
from service.db import is_sqlite
from service.deputies.models import Deputy
from service.issues.lifecycle import STATE_TITLES, State
from service.issues.line import TITLE_CHARS, Line
from service.issues.models import Issue
from service.parameters.models import Category
from service.remembered import Remembered
from service.stations.models import Station
from service.territory.models import Division
from service.units.models import HandlingUnit

Listed = Issue | Line
Names = dict[str, str]

WITHOUT_DEPUTY = "跟进中"
"""A complaint in the state "代表跟进中": no deputy has it."""
_LOOKUPS = (
    ("stations", Station.id, Station.name, ("station_id", "responsible_id")),
    ("deputies", Deputy.id, Deputy.name, ("deputy_id", "responsible_id")),
    ("categories", Category.id, Category.title, ("category_id",)),
    ("divisions", Division.code, Division.name, ("division_code", "township_code", "responsible_id")),
    ("units", HandlingUnit.id, HandlingUnit.name, ("unit_id", "responsible_id")),
)
"""Parameter, key, name, and the columns of an issue that hold such a key."""


def _all_in_one(given: str) -> sa.TextClause:
    """One statement, written once, with as many parameters as tables whatever is on the page: its plan is kept."""
    parts = (
        f"select {key.key}, {name.key} from {key.class_.__tablename__} where {key.key} {given.format(wanted)}"  # noqa: S608 (our own names)
        for wanted, key, name, _columns in _LOOKUPS
    )
    return sa.text(" union all ".join(parts))


_IN_ARRAYS = _all_in_one("= any(:{})")
_IN_JSON = _all_in_one("in (select value from json_each(:{}))")


def summaries(lines: Iterable[tuple[Listed, str, bool]], names: Names, now: dt.datetime) -> list[dict[str, Any]]:
    """Lines of a list from issues, the text the viewer may read of each, and whether they sort what comes in."""
    return [summary(issue, text, names, now, triage=triage) for issue, text, triage in lines]


def summary(issue: Listed, text: str, names: Names, now: dt.datetime, *, triage: bool) -> dict[str, Any]:
    """``text``: what this viewer may read of it; its beginning serves as title."""
    state = State(issue.state)
    return {
        "id": issue.id,
        "number": issue.number,
        "title": text[:TITLE_CHARS],
        "state": state.value,
        "state_title": WITHOUT_DEPUTY if issue.confined_to and state is State.WITH_DEPUTY else STATE_TITLES[state],
        "round": issue.round,
        "version": issue.version,
        "category": {"id": issue.category_id, "title": names.get(issue.category_id, "")} if issue.category_id else None,
        "village": names.get(issue.division_code or "") or None,
        "deputy": named(issue.deputy_id, names),
        "responsible": responsible(issue, names),
        "due_at": issue.due_at,
        "due_provisional": issue.due_provisional,
        "overdue": issue.due_at is not None and issue.due_at < now,
        "urgent": issue.emergency_at is not None and issue.emergency_confirmed_at is None,
        "followers": issue.follower_count,
        "photo_count": issue.photo_count,
        "hot": issue.hot_at is not None and triage,
        "created_at": issue.created_at,
    }


def named(key: str | None, names: Names) -> dict[str, str] | None:
    return {"id": key, "name": names.get(key, "")} if key else None


def responsible(issue: Listed, names: Names) -> dict[str, str] | None:
    """Who owes the next step now, in the words of :func:`service.issues.labels.holder_name`, from names at hand."""
    role = issue.responsible_role
    if role is None:
        return None
    holder = names.get(issue.responsible_id or "")
    if role == Role.RESIDENT:
        words = "您（群众）"
    elif role == Role.DEPUTY and holder:
        words = f"代表 {holder}"
    elif role in (Role.STATION_CLERK, Role.STATION_HEAD):
        office = holder or names.get(issue.station_id, "")
        words = f"{office}{'站长' if role == Role.STATION_HEAD else '工作人员'}"
    elif role == Role.TOWNSHIP:
        words = f"{holder or names.get(issue.township_code, '')}人大"
    elif role in (Role.UNIT_CLERK, Role.UNIT_LEADER) and holder:
        words = f"{holder}{'负责人' if role == Role.UNIT_LEADER else ''}"
    else:
        words = ROLE_TITLES[Role(role)]
    return {"role": role, "name": words}


def in_office(row: dict[str, Any]) -> dict[str, Any]:
    """A line or an issue as somebody in office reads it: the resident's turn is 群众's, not the reader's own (您)."""
    holder = row["responsible"]
    if holder is not None and holder["role"] == Role.RESIDENT:
        row["responsible"] = {**holder, "name": ROLE_TITLES[Role.RESIDENT]}
    return row


_names: Remembered[str] = Remembered()


def names_of(session: Session, issues: Sequence[Listed]) -> Names:
    """Ids of stations, deputies, categories, places and units of a page → names, remembered for seconds.

    What is not remembered is asked in one statement. An id that names nothing here (a district's) has an empty name.
    """
    by_table = {name: _keys(issues, columns) for name, _key, _name, columns in _LOOKUPS}
    return _names.get_many(
        session, {key for keys in by_table.values() for key in keys}, lambda missing: _ask(session, by_table, missing)
    )


def _ask(session: Session, by_table: dict[str, list[str]], missing: Sequence[str]) -> Names:
    left = frozenset(missing)
    wanted = {name: [key for key in keys if key in left] for name, keys in by_table.items()}
    if is_sqlite(session):
        found = session.execute(_IN_JSON, {name: json.dumps(keys) for name, keys in wanted.items()})
    else:
        found = session.execute(_IN_ARRAYS, wanted)
    return dict.fromkeys(missing, "") | {row[0]: row[1] for row in found}


def _keys(issues: Sequence[Listed], columns: tuple[str, ...]) -> list[str]:
    return sorted({key for issue in issues for column in columns if (key := getattr(issue, column))})
