"""A station merges into another: its open issues and its people go along, in the same transaction (rulebook §11)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import GrantRow
from service.accounts.roles import Role
from service.issues import journal
from service.issues.case import load_case
from service.issues.lifecycle import TERMINAL, Action, State
from service.issues.models import Issue
from service.stations.actions import merge_station
from service.stations.models import Station

_OPEN = [state.value for state in State if state not in TERMINAL]


def merge_stations(session: Session, station_id: str, into_id: str, *, now: dt.datetime) -> Station:
    """Merge, then move open issues (number, deputy and deadline stay) and the staff's roles to the successor.

    Closed issues stay with the old station, so that statistics can be read by either tree. Raises what
    :func:`service.stations.actions.merge_station` raises.
    """
    into = merge_station(session, station_id, into_id, now=now)
    waiting = sa.select(Issue.id).where(Issue.station_id == station_id, Issue.state.in_(_OPEN)).order_by(Issue.id)
    for issue_id in session.scalars(waiting).all():
        _move(session, issue_id, into, now)
    staff = sa.update(GrantRow).where(
        GrantRow.station_id == station_id, GrantRow.role.in_([Role.STATION_CLERK.value, Role.STATION_HEAD.value])
    )
    session.execute(staff.values(station_id=into.id).execution_options(synchronize_session=False))
    return into


def _move(session: Session, issue_id: str, into: Station, now: dt.datetime) -> None:
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    if issue.responsible_role == Role.STATION_HEAD:
        issue.responsible_id = into.id
    if case.decision is not None and case.decision.decider_role == Role.STATION_HEAD:
        case.decision.decider_id = into.id
    issue.station_id, issue.township_code = into.id, into.township_code
    note = f"联络站合并，由“{into.name}”接续，编号、代表和期限不变。"
    journal.apply(session, case, journal.Move(Action.HAND_OVER, case.state, journal.BY_SYSTEM, note=note, duty=False))
