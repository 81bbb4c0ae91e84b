"""What the filters of a list offer: one's own places first, so that no station searches among a district's thousands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.pages import current_actor
from service.accounts.roles import Grant
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.parameters import queries as parameters
from service.stations import queries as stations
from service.territory import queries as territory
from service.units import queries as units

MOST = 100
Choices = dict[str, list[tuple[str, str]]]


def choices(given: Mapping[str, Any]) -> Choices:
    """Categories, villages, deputies and units; of many deputies the first hundred, and always the one in ``given``."""
    found: Choices = {"category": [], "village": [], "deputy": [], "unit": []}
    grants = [grant for grant in current_actor().grants if grant.district_id]
    for district_id in sorted({grant.district_id for grant in grants}):
        _add(found, district_id, [grant for grant in grants if grant.district_id == district_id], given)
    return found


def _add(found: Choices, district_id: str, grants: list[Grant], given: Mapping[str, Any]) -> None:
    session = db.session()
    found["category"] += _categories(district_id)
    townships, own = _places(district_id, grants)
    names = territory.names_of_divisions(session, district_id)
    here = [(code, name) for code, name in names.items() if not townships or territory.township_of(code) in townships]
    found["village"] += sorted(here)
    chosen = [str(given["deputy"])] if given.get("deputy") else []
    ids = dict.fromkeys([*own, *_deputies(district_id, townships, own), *chosen])
    found["deputy"] += sorted(deputies.names(session, district_id, list(ids)).items(), key=lambda pair: pair[1])
    found["unit"] += units.names_within(session, district_id, townships)


def _categories(district_id: str) -> list[tuple[str, str]]:
    """Those of today, then those that ended: issues of their time are still looked for."""
    session = db.session()
    today = parameters.usable_categories(session, district_id, at=core().clock())
    ended = [one for one in parameters.known_categories(session, district_id) if one not in today]
    return [(one.id, one.title) for one in today] + [(one.id, f"{one.title}（现在不使用）") for one in ended]


def _places(district_id: str, grants: list[Grant]) -> tuple[set[str], list[str]]:
    """Townships (none: the whole district), and the deputies of one's own stations."""
    session, today = db.session(), local_date(core().clock())
    rows = [stations.station(session, district_id, grant.station_id) for grant in grants if grant.station_id]
    townships = {row.township_code for row in rows} | {grant.township_code for grant in grants if grant.township_code}
    narrow = all(grant.station_id or grant.township_code for grant in grants)
    own = [one for row in rows for one in stations.roster(session, row.id, on=today)]
    return (townships if narrow else set()), own


def _deputies(district_id: str, townships: set[str], own: list[str]) -> list[str]:
    if own and townships:
        return []
    session, today = db.session(), local_date(core().clock())
    places: list[str | None] = [*sorted(townships)] or [None]
    return [
        one
        for code in places
        for one in deputies.search(session, district_id, on=today, township_code=code, limit=MOST)
    ]
