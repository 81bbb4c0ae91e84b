"""What routing must know about a station today, gathered for the scan page and for a submitted issue alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies import queries as deputies
from service.deputies.availability import available_substitute, is_available
from service.deputies.mandates import GridRole
from service.issues.lifecycle import TERMINAL, State
from service.issues.models import Issue
from service.issues.routing import RoutingFacts
from service.stations import queries as stations

_AT_WORK = [state.value for state in State if state not in TERMINAL | {State.MERGED, State.FEEDBACK_GIVEN}]
_ROSTER, _DUTY, _CHOSEN = "roster", "duty", "chosen"
_on = sa.bindparam("on", type_=sa.Date)

_station: sa.BindParameter[str] = sa.bindparam("station")
_placed = sa.union_all(
    stations.stationed(_station, _ROSTER, _on),
    stations.on_duty_here(_station, _DUTY, _on),
    deputies.serving_grid(sa.bindparam("grid"), _on),
    deputies.by_id(sa.bindparam("chosen"), _CHOSEN),
).subquery("placed")
_CANDIDATES = sa.select(
    _placed.c.deputy_id,
    _placed.c.place,
    is_available(_placed.c.deputy_id, _on).label("available"),
    available_substitute(_placed.c.deputy_id, _on).label("substitute"),
    sa.select(sa.func.count())
    .where(Issue.deputy_id == _placed.c.deputy_id, Issue.state.in_(_AT_WORK))
    .correlate_except(Issue)
    .scalar_subquery()
    .label("open_issues"),
).order_by(_placed.c.since, _placed.c.row_id)
"""Everybody who may be asked, where from, whether they may serve that day, who stands in, and how much they have."""


def gather(
    session: Session,
    *,
    station_id: str,
    grid_id: str | None,
    category_id: str | None,
    chosen: str | None,
    excluded: Collection[str],
    on: dt.date,
) -> RoutingFacts:
    """Facts for :func:`service.issues.routing.choose`, in one statement; ``on`` is the day in China."""
    values = {"station": station_id, "grid": grid_id or "", "chosen": chosen or "", "on": on}
    rows = session.execute(_CANDIDATES, values).all()
    available = {row.deputy_id for row in rows if row.available} | {row.substitute for row in rows if row.substitute}
    substitutes = {row.deputy_id: row.substitute for row in rows if row.place == GridRole.PRIMARY and row.substitute}
    roster = _from(rows, _ROSTER)
    return RoutingFacts(
        roster=roster,
        available=frozenset(available),
        excluded=frozenset(excluded),
        chosen=chosen,
        primary=next(iter(_from(rows, GridRole.PRIMARY)), None),
        substitutes=substitutes,
        backups=_from(rows, GridRole.BACKUP),
        on_duty=_from(rows, _DUTY),
        in_matching_group=deputies.in_groups_for(session, category_id, roster),
        open_issues={row.deputy_id: row.open_issues for row in rows},
    )


def _from(rows: Sequence[sa.Row[Any]], place: str) -> list[str]:
    """Each deputy once, in the order of the rows."""
    return list(dict.fromkeys(row.deputy_id for row in rows if row.place == place))
