"""The leader's queue of a handling unit (负责人签发): each result as it was reported, with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.issues.case import LEAD
from service.issues.lifecycle import Action, State
from service.issues.models import Issue, IssueAssignment, IssueHistory
from service.uploads.models import Upload

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ToSign:
    """A result that waits for its leader. ``text``: of the issue, as a unit may read it."""

    issue: Issue
    text: str
    result: str
    result_at: dt.datetime | None
    done_on: dt.date | None
    person: str
    pictures: list[Upload]


def to_sign(session: Session, actor: Actor) -> list[ToSign]:
    """Of the leader's units, the first due first, at most :data:`SHOWN`. Two statements, one more for pictures."""
    units = {grant.unit_id for grant in actor.grants_of(Role.UNIT_LEADER)}
    if not units:
        return []
    statement = (
        sa.select(Issue, IssueAssignment)
        .join(IssueAssignment, sa.and_(IssueAssignment.issue_id == Issue.id, IssueAssignment.unit_id == Issue.unit_id))
        .where(
            Issue.responsible_role == Role.UNIT_LEADER.value,
            Issue.responsible_id.in_(units),
            Issue.state == State.UNIT_DONE.value,
            IssueAssignment.role == LEAD,
            IssueAssignment.ended_at.is_(None),
        )
        .order_by(Issue.due_at, Issue.id)
        .limit(SHOWN)
    )
    rows = session.execute(statement).all()
    pictures = _evidence(session, [issue.id for issue, _ in rows if issue.photo_count])
    return [_to_sign(issue, lead, [one for one in pictures if one.issue_id == issue.id]) for issue, lead in rows]


def _to_sign(issue: Issue, lead: IssueAssignment, pictures: list[Upload]) -> ToSign:
    evidence = lead.evidence or {}
    return ToSign(
        issue=issue,
        text=issue.content if issue.consent_pass_on else issue.redacted,
        result=lead.result or "",
        result_at=lead.result_at,
        done_on=dt.date.fromisoformat(evidence["done_on"]) if "done_on" in evidence else None,
        person=evidence.get("person") or "",
        pictures=pictures,
    )


def _evidence(session: Session, ids: Sequence[str]) -> Sequence[Upload]:
    """Pictures sent with results, and none of the resident's."""
    if not ids:
        return []
    of_result = sa.and_(IssueHistory.issue_id == Upload.issue_id, IssueHistory.seq == Upload.history_seq)
    statement = (
        sa.select(Upload)
        .join(IssueHistory, of_result)
        .where(
            Upload.issue_id.in_(ids),
            IssueHistory.action == Action.SUBMIT_RESULT.value,
            Upload.withheld_at.is_(None),
        )
    )
    return session.scalars(statement.order_by(Upload.position, Upload.id)).all()
