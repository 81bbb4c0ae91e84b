"""Taking back a slip (撤销误操作): within some minutes, by whoever made it, as long as nobody went on from there.

Nothing is erased: the step back is a step of its own, with its line in the history. Three steps know one: an assignment
the unit has not acted on (``unassign``, with a recall to whoever was told), a merge (``unmerge``), a category (the former
one, or none).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.issues.case import LEAD, Case
from service.issues.lifecycle import Action, Party, State
from service.issues.models import IssueAssignment, IssueHistory

TOO_LATE = "已经过了撤回的时间，或这次交办不是您这里单独作出的。承办单位可以在期限内退回。"
REASON = "误操作，撤销"
UNSORTED = "none"
"""In place of a category's id: none again, as it was before."""
_OFFICES = {Role.STATION_HEAD: Party.HEAD, Role.TOWNSHIP: Party.TOWNSHIP, Role.DISTRICT: Party.DISTRICT}


@dataclass(frozen=True, slots=True)
class Slip:
    """The last step of an issue, which the viewer may still take back: by ``undo`` with ``values``, until ``until``."""

    action: Action
    undo: Action
    values: Mapping[str, Any]
    until: dt.datetime


def window(case: Case) -> dt.timedelta:
    return dt.timedelta(minutes=case.rules.number("slips.minutes"))


def may_unassign(case: Case, parties: frozenset[Party]) -> bool:
    """The office that assigned, by itself, minutes ago. That the unit did not act is the state's word."""
    lead = case.assignment(LEAD)
    if lead is None or case.issue.state_left is None or case.now > lead.assigned_at + window(case):
        return False
    return _OFFICES.get(Role(lead.assigned_by_role)) in parties


def of(session: Session, case: Case, actor: Actor, actions: frozenset[str]) -> Slip | None:
    """What ``actor``, to whom ``actions`` are open now, may take back; None: nothing. One statement."""
    line = _newest(session, case.issue.id)
    if line is None or actor.account_id is None or line.actor_account_id != actor.account_id:
        return None
    until = line.at + window(case)
    found = _back(line)
    if found is None or case.now > until or found[0].value not in actions:
        return None
    return Slip(Action(line.action), found[0], found[1], until)


def _back(line: IssueHistory) -> tuple[Action, dict[str, Any]] | None:
    data = line.data or {}
    if line.action == Action.ASSIGN:
        return Action.UNASSIGN, {"reason": REASON}
    if line.action == Action.MERGE and line.to_state == State.MERGED:
        return Action.UNMERGE, {"reason": REASON}
    if line.action == Action.SET_CATEGORY and "former" in data and line.note != REASON:
        return Action.SET_CATEGORY, {"category_id": data["former"] or UNSORTED, "reason": REASON}
    return None


def _newest(session: Session, issue_id: str) -> IssueHistory | None:
    lines = sa.select(IssueHistory).where(IssueHistory.issue_id == issue_id)
    return session.scalar(lines.order_by(IssueHistory.seq.desc()).limit(1))


def confirmed_at(
    session: Session, issue_id: str, category_id: str | None, *, reason: str | None, now: dt.datetime
) -> dt.datetime | None:
    """Since when a person stands behind the category chosen; None: nobody does. What only takes a slip back is no word
    of anybody's: as it was before the slip, a machine's guess among others."""
    if category_id is None:
        return None
    line = _newest(session, issue_id) if reason == REASON else None
    data = (line.data or {}) if line is not None and line.action == Action.SET_CATEGORY else {}
    if data.get("former") != category_id:
        return now
    return dt.datetime.fromisoformat(data["former_at"]) if data.get("former_at") else None


def assignments_before(session: Session, issue_id: str, moment: dt.datetime) -> list[IssueAssignment]:
    """What ended because of the assignment made at ``moment``."""
    mine = sa.select(IssueAssignment).where(IssueAssignment.issue_id == issue_id, IssueAssignment.ended_at == moment)
    return list(session.scalars(mine.where(IssueAssignment.assigned_at < moment)))


def unit_before(session: Session, issue_id: str, moment: dt.datetime) -> str | None:
    """The lead unit the issue named before ``moment``: of an earlier round, and not itself taken back."""
    mine = sa.select(IssueAssignment.unit_id).where(
        IssueAssignment.issue_id == issue_id,
        IssueAssignment.role == LEAD,
        IssueAssignment.assigned_at < moment,
        IssueAssignment.signed_at.is_not(None),
    )
    return session.scalar(mine.order_by(IssueAssignment.assigned_at.desc()).limit(1))
