"""What waits for a content reviewer (内容审核): each text with why and what the machine said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.issues.case import rules_of
from service.issues.checks.states import CHECK_TITLES, CheckState, label_words
from service.issues.content_check import needs_review
from service.issues.lifecycle import Action, State
from service.issues.models import ContentCheck, Issue, IssueDecision, IssueHistory
from service.uploads.models import Upload

SHOWN = 50
_held = sa.exists().where(IssueHistory.issue_id == Issue.id, IssueHistory.action == Action.HOLD_FOR_REVIEW.value)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Another reviewer would reject it and waits for a second pair of eyes. ``mine``: it was oneself."""

    reason: str
    asked_at: dt.datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One text in the queue. ``words``: the doubtful ones found in it; ``machine``: WeChat's word on text and pictures."""

    issue: Issue
    why: str
    words: list[str]
    machine: list[str]
    pictures: list[Upload]
    proposed: Proposed | None


def queue(session: Session, actor: Actor, *, now: dt.datetime) -> list[Waiting]:
    """Those that need a person in the reviewer's districts, the first due first, at most :data:`SHOWN`. Four statements."""
    rows = _rows(session, actor)
    ids = [issue.id for issue, _ in rows]
    why, checks, pictures = _why(session, ids), _checks(session, ids), _pictures(session, rows)
    return [
        Waiting(
            issue=issue,
            why=why.get(issue.id, ""),
            words=needs_review(issue.content, rules_of(session, issue.district_id, now=now)),
            machine=[_said(check) for check in checks if _is_about(check, issue)],
            pictures=[one for one in pictures if one.issue_id == issue.id],
            proposed=_proposed(decision, actor),
        )
        for issue, decision in rows
    ]


def _rows(session: Session, actor: Actor) -> list[tuple[Issue, IssueDecision | None]]:
    districts = {grant.district_id for grant in actor.grants_of(Role.REVIEWER)}
    statement = (
        sa.select(Issue, IssueDecision)
        .outerjoin(IssueDecision, sa.and_(IssueDecision.issue_id == Issue.id, IssueDecision.outcome.is_(None)))
        .where(Issue.district_id.in_(districts), Issue.state == State.CONTENT_REVIEW.value, _held)
        .order_by(Issue.due_at, Issue.id)
        .limit(SHOWN)
    )
    return [(issue, decision) for issue, decision in session.execute(statement)]


def _why(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Issue → the reason of its last hold."""
    if not ids:
        return {}
    lines = session.scalars(
        sa.select(IssueHistory)
        .where(IssueHistory.issue_id.in_(ids), IssueHistory.action == Action.HOLD_FOR_REVIEW.value)
        .order_by(IssueHistory.seq)
    )
    return {line.issue_id: line.note or "" for line in lines}


def _checks(session: Session, ids: Sequence[str]) -> Sequence[ContentCheck]:
    if not ids:
        return []
    statement = sa.select(ContentCheck).where(ContentCheck.issue_id.in_(ids), ContentCheck.message_id.is_(None))
    return session.scalars(statement.order_by(ContentCheck.upload_id.is_not(None), ContentCheck.id)).all()


def _is_about(check: ContentCheck, issue: Issue) -> bool:
    """About the words as they stand now, not about those that were replaced."""
    return check.issue_id == issue.id and check.edition == issue.content_edits


def _said(check: ContentCheck) -> str:
    what = "照片" if check.upload_id else "文字"
    return f"{what}：{CHECK_TITLES[CheckState(check.state)]}{label_words(check.label)}"


def _pictures(session: Session, rows: Sequence[tuple[Issue, Any]]) -> Sequence[Upload]:
    """What came with the texts: whoever decides must see it."""
    ids = [issue.id for issue, _ in rows if issue.photo_count]
    if not ids:
        return []
    statement = sa.select(Upload).where(
        Upload.issue_id.in_(ids),
        Upload.message_id.is_(None),
        Upload.history_seq.is_(None),
        Upload.withheld_at.is_(None),
    )
    return session.scalars(statement.order_by(Upload.position, Upload.id)).all()


def _proposed(decision: IssueDecision | None, actor: Actor) -> Proposed | None:
    if decision is None:
        return None
    asked = decision.data or {}
    mine = asked.get("asked_by_account") == actor.account_id
    return Proposed(str(asked.get("note") or ""), decision.asked_at, mine)
