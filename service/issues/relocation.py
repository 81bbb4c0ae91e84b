"""A station merges into another or changes township: open issues and people go along, in one transaction (rulebook §11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import binding
from service.accounts.roles import Role
from service.errors import Conflict
from service.issues import journal
from service.issues.case import load_case
from service.issues.lifecycle import TERMINAL, Action, State
from service.issues.models import Issue
from service.issues.words import Confined
from service.stations import receptions
from service.stations.actions import merge_station, move_station, place_station
from service.stations.actions.editing import branches
from service.stations.keeping import STAFF
from service.stations.kinds import StationState
from service.stations.models import Station

NOT_SECRET = Issue.confined_to.is_distinct_from(Confined.DISTRICT.value)
"""The district's office alone deals with the others, wherever their station went."""
OPEN = [state.value for state in State if state not in TERMINAL]
MOST_AT_ONCE = 2_000
"""One transaction, answered while a person waits: about sixty a second, below any proxy's patience."""


def open_issues(session: Session, station_id: str) -> list[str]:
    """Ids of the station's issues that are not over, oldest first; also those kept from whoever moves them."""
    wanted = sa.select(Issue.id).where(Issue.station_id == station_id, Issue.state.in_(OPEN))
    return list(session.scalars(wanted.order_by(Issue.id)))


def told_of(session: Session, station_id: str) -> int:
    """How many of them an office may be told of: one more than its list holds would betray a complaint kept from it."""
    wanted = sa.select(sa.func.count()).where(Issue.station_id == station_id, Issue.state.in_(OPEN), NOT_SECRET)
    return session.scalar(wanted) or 0


def _to_move(session: Session, station: Station) -> list[str]:
    """:raises Conflict: for more than one transaction should hold."""
    ids = open_issues(session, station.id)
    if len(ids) > MOST_AT_ONCE:
        left = f"“{station.name}”未办结的事项超过 {MOST_AT_ONCE} 件"
        raise Conflict(f"{left}，一次移交不了，什么也没有改动。请先办结一部分再来。")
    return ids


def merge_stations(session: Session, station_id: str, into_id: str, *, now: dt.datetime) -> Station:
    """Merge, then move open issues (number, deputy and deadline stay) and the staff's roles to the successor.

    Closed issues stay with the old station, so that statistics can be read by either tree. Raises what
    :func:`service.stations.actions.merge_station` raises, and Conflict for more than ``MOST_AT_ONCE``.
    """
    into = merge_station(session, station_id, into_id, now=now)
    ids = _to_move(session, session.get_one(Station, station_id))
    note = f"联络站合并，由“{into.name}”接续，编号、代表和期限不变。"
    for issue_id in ids:
        _move(session, issue_id, into, note, now)
    binding.move_station(session, station_id, into=into.id, roles=STAFF, now=now)
    return into


def replace_station(session: Session, station: Station, *, now: dt.datetime, **where: Any) -> int:
    """:func:`service.stations.actions.place_station`, with its open issues; how many moved (:func:`told_of`)."""
    before = station.township_code
    placed = place_station(session, station.district_id, station.id, **where)
    if placed.township_code == before:
        return 0
    ids = _to_move(session, placed)
    note = f"“{placed.name}”划入另一个镇街，联络站、编号、代表和期限不变。"
    for issue_id in ids:
        _move(session, issue_id, placed, note, now)
    return told_of(session, placed.id)


def close_station(
    session: Session,
    station: Station,
    *,
    notice: str | None,
    superseded_by: str | None,
    as_seen: str,
    now: dt.datetime,
) -> Station:
    """Close a station in which nothing is left to do; whoever scans its codes is led to who receives instead.

    :raises Conflict: when it changed since ``as_seen``; while issues are open, reception days come, or stations hang under
        it: merging takes them along.
    """
    closed, place = StationState.CLOSED, (station.district_id, station.id)
    row = move_station(session, *place, closed, now=now, notice=notice, superseded_by=superseded_by, as_seen=as_seen)
    left = {
        "件未办结的事项": told_of(session, row.id),
        "次还没有办的接待日": len(receptions.upcoming(session, now=now, station_id=row.id, include_planned=True)),
        "个下级站点": branches(session, row.id),
    }
    rest = "、".join(f" {number} {what}" for what, number in left.items() if number)
    if rest:
        raise Conflict(f"这里还有{rest}，不能直接撤销。请用“并站”，把它们一起交给另一个联络站。")
    return row


def _move(session: Session, issue_id: str, to: Station, note: str, now: dt.datetime) -> None:
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    holders = {Role.STATION_HEAD.value: to.id, Role.TOWNSHIP.value: to.township_code}
    if issue.responsible_role in holders:
        issue.responsible_id = holders[issue.responsible_role]
    if case.decision is not None and case.decision.decider_role in holders:
        case.decision.decider_id = holders[case.decision.decider_role]
    issue.station_id, issue.township_code = to.id, to.township_code
    journal.apply(session, case, journal.Move(Action.HAND_OVER, case.state, journal.BY_SYSTEM, note=note, duty=False))
