"""What an id field of an action may point at, searched within what the viewer may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.deputies.mandates import LEVEL_TITLES, Level
from service.errors import NotFound
from service.issues import co_units, similar
from service.issues.case import Case
from service.issues.forms import FORMS
from service.issues.lifecycle import Party, moves
from service.issues.merging import TARGET_STATES
from service.issues.models import Issue
from service.parameters import queries as parameters
from service.stations import queries as stations
from service.units import queries as units

LIMIT = 20
COMPARED = 100
Option = dict[str, str]
_DISTRICT_WIDE = frozenset({Party.DISTRICT, Party.DEPUTY})


def search(session: Session, case: Case, parties: frozenset[Party], *, of: str, text: str | None) -> list[Option]:
    """Up to 20 ``{id, title}``.

    :raises NotFound: for what no action open to this viewer points at: a search must not show more than the buttons need.
    """
    finder = _FINDERS.get(of)
    asked_for = {field.of for action in moves(case.state, parties, case.waiting_for) for field in FORMS.get(action, ())}
    if finder is None or of not in asked_for:
        raise NotFound()
    return finder(session, case, parties, (text or "").strip() or None)


def _units(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    issue = case.issue
    wide = bool(parties & _DISTRICT_WIDE) or issue.responsible_role == Role.DISTRICT
    own = units.search(session, issue.district_id, township_code=issue.township_code, q=text, limit=LIMIT)
    found = list(own)
    if wide:
        found += units.search(session, issue.district_id, level="district", q=text, limit=LIMIT)
    barred = issue.about_id if issue.about_type == "unit" else None
    return [{"id": unit.id, "title": unit.name} for unit in dict.fromkeys(found) if unit.id != barred][:LIMIT]


def _co_units(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    return [{"id": unit.id, "title": unit.name} for unit in co_units.askable(session, case, text=text)][:LIMIT]


def _deputies(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    """The station's own first; with a search word, anybody of the township."""
    issue, today = case.issue, local_date(case.now)
    ids = stations.roster(session, issue.station_id, on=today)
    if text:
        ids = deputies.search(session, issue.district_id, on=today, q=text, limit=LIMIT)
    free = deputies.available(session, ids, on=today) - set(issue.recused) - {issue.deputy_id, issue.about_id}
    cards = deputies.cards(session, free, on=today)
    return [{"id": card.id, "title": f"{card.name}（{'、'.join(card.titles)}）"} for card in cards.values()][:LIMIT]


def _higher(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    issue, today = case.issue, local_date(case.now)
    levels = deputies.levels_of(session, issue.deputy_id or "", on=today)
    own = min(levels, key=list(Level).index, default=Level.TOWN)
    above = deputies.higher_deputies(session, issue.district_id, above=own, on=today)
    barred = {*issue.recused, issue.about_id, issue.deputy_id}
    above = [(deputy, level) for deputy, level in above if deputy not in barred]
    names = deputies.names(session, issue.district_id, [deputy for deputy, _ in above])
    found = [
        {"id": deputy, "title": f"{names[deputy]}（{LEVEL_TITLES[level]}）"}
        for deputy, level in above
        if deputy in names
    ]
    return [option for option in found if not text or text in option["title"]][:LIMIT]


def _issues(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    """Merge targets, the most alike first: open issues of the same station, or by number anywhere in the township, whose
    office reads them all."""
    issue = case.issue
    statement = sa.select(Issue).where(
        Issue.district_id == issue.district_id,
        Issue.township_code == issue.township_code,
        Issue.id != issue.id,
        Issue.state.in_([state.value for state in TARGET_STATES]),
        Issue.confined_to.is_(None),
    )
    here, everywhere = Issue.station_id == issue.station_id, Party.TOWNSHIP in parties
    if text:
        in_words = Issue.content.contains(text, autoescape=True)
        in_words = in_words if everywhere else sa.and_(here, in_words)
        statement = statement.where(sa.or_(Issue.number.contains(text, autoescape=True), in_words))
    else:
        statement = statement.where(here)
    rows = session.scalars(statement.order_by(Issue.created_at.desc()).limit(LIMIT if text else COMPARED))
    said = similar.Said(similar.with_place(issue.content, issue.place), issue.grid_id, issue.created_at)
    best = [row for _, row in similar.rank(said, rows)][:LIMIT]
    return [_target(row, readable=everywhere or row.station_id == issue.station_id) for row in best]


def _target(issue: Issue, *, readable: bool) -> Option:
    """Of another station's issue only the number: what was said there is not this viewer's."""
    return {"id": issue.id, "title": f"{issue.number} {issue.redacted[:20]}" if readable else issue.number}


def _grids(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    grids = stations.grids_of_station(session, case.issue.station_id, on=local_date(case.now))
    return [{"id": grid.id, "title": grid.name} for grid in grids if not text or text in grid.name][:LIMIT]


def _categories(session: Session, case: Case, parties: frozenset[Party], text: str | None) -> list[Option]:
    """What was suggested first, then the district's order; all that are offered: a form lists no more than there are."""
    found = parameters.usable_categories(session, case.issue.district_id, at=case.now)
    first = (case.issue.category_suggestion or {}).get("id")
    ordered = sorted(found, key=lambda one: one.id != first)
    return [{"id": one.id, "title": one.title} for one in ordered if not text or text in one.title]


_FINDERS: Mapping[str, Callable[[Session, Case, frozenset[Party], str | None], list[Option]]] = {
    "unit": _units,
    "co_unit": _co_units,
    "deputy": _deputies,
    "higher_deputy": _higher,
    "issue": _issues,
    "grid": _grids,
    "category": _categories,
}
