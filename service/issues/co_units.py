"""Whom a unit may ask to help (协办): units of its own township, or of the whole district when it is the district's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.errors import Invalid
from service.issues.case import CO, Case
from service.units import queries as units
from service.units.models import HandlingUnit

MOST = 5
"""Helping units of one issue at the same time."""


def askable(session: Session, case: Case, *, text: str | None = None) -> Sequence[HandlingUnit]:
    """Open units within the lead's reach that do not help yet; never the one complained about."""
    issue = case.issue
    lead = session.get_one(HandlingUnit, issue.unit_id)
    found = units.search(session, issue.district_id, township_code=lead.township_code, q=text, limit=units.MOST_RESULTS)
    barred = {lead.id, *(row.unit_id for row in case.assignments)}
    if issue.about_type == "unit":
        barred.add(str(issue.about_id))
    return [unit for unit in found if unit.id not in barred]


def chosen(session: Session, case: Case, unit_ids: Sequence[str]) -> list[HandlingUnit]:
    """Those of ``unit_ids``, each once, when all of them may be asked.

    :raises Invalid: for one out of reach, one that helps already, or too many together.
    """
    wanted = list(dict.fromkeys(unit_ids))
    helping = sum(row.role == CO for row in case.assignments)
    if helping + len(wanted) > MOST:
        raise Invalid(fields={"co_unit_ids": f"协办单位最多 {MOST} 个，现在已有 {helping} 个。"})
    open_ones = {unit.id: unit for unit in askable(session, case)}
    if set(wanted) - open_ones.keys():
        raise Invalid(
            fields={"co_unit_ids": "镇街单位可以请本镇街的单位协办，区级单位可以请全区的单位；已经协办的不用再选。"}
        )
    return [open_ones[unit_id] for unit_id in wanted]
