"""What routing must know about a station today, gathered for the scan page and for a submitted issue alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies import queries as deputies
from service.deputies.mandates import GridRole
from service.issues.lifecycle import TERMINAL, State
from service.issues.models import Issue
from service.issues.routing import RoutingFacts
from service.stations import queries as stations

_AT_WORK = [state.value for state in State if state not in TERMINAL | {State.MERGED, State.FEEDBACK_GIVEN}]


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
    """Facts for :func:`service.issues.routing.choose`; ``on`` is the day in China."""
    roster = stations.roster(session, station_id, on=on)
    on_duty = stations.on_duty(session, station_id, on=on)
    of_grid = deputies.grid_deputies(session, grid_id, on=on) if grid_id else []
    primary = next((deputy for deputy, role in of_grid if role is GridRole.PRIMARY), None)
    substitutes = deputies.substitutes(session, [primary], on=on) if primary else {}
    everyone = {*roster, *on_duty, *(deputy for deputy, _ in of_grid), *substitutes.values()}
    everyone |= {chosen} if chosen else set()
    return RoutingFacts(
        roster=roster,
        available=deputies.available(session, everyone, on=on),
        excluded=frozenset(excluded),
        chosen=chosen,
        primary=primary,
        substitutes=substitutes,
        backups=[deputy for deputy, role in of_grid if role is GridRole.BACKUP],
        on_duty=on_duty,
        in_matching_group=deputies.in_groups_for(session, category_id, roster) if category_id else frozenset(),
        open_issues=_open_issues(session, roster),
    )


def _open_issues(session: Session, deputy_ids: Collection[str]) -> dict[str, int]:
    statement = sa.select(Issue.deputy_id, sa.func.count()).where(
        Issue.deputy_id.in_(deputy_ids), Issue.state.in_(_AT_WORK)
    )
    rows = session.execute(statement.group_by(Issue.deputy_id)).all()
    return {str(deputy): count for deputy, count in rows}
