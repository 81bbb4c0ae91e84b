"""What waits for a content reviewer (内容审核): each text with why and what the machine said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.issues.case import rules_of
from service.issues.checks.states import CHECK_TITLES, CheckState, label_words
from service.issues.content_check import found_words
from service.issues.lifecycle import Action
from service.issues.models import ContentCheck, Issue, IssueDecision, IssueHistory
from service.issues.models.issue import HELD
from service.uploads.models import Upload

SHOWN = 15
"""Whole texts, pictures and what the machine said about each: as many as a person decides about before looking up."""


class Text(NamedTuple):
    """What a reviewer reads of an issue; names are those of :class:`service.issues.models.Issue`, none is encrypted."""

    id: str
    number: str
    version: int
    district_id: str
    content: str
    redacted: str
    content_edits: int
    channel: str
    confined_to: str | None
    consent_publish: bool
    photo_count: int
    created_at: dt.datetime
    due_at: dt.datetime


class Key(NamedTuple):
    """Where a page ended: deadline and id of the last text on it."""

    due_at: dt.datetime
    issue_id: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Another reviewer would reject it and waits for a second pair of eyes. ``mine``: it was oneself."""

    reason: str
    asked_at: dt.datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One text in the queue. ``words``: the doubtful ones found in it; ``machine``: WeChat's word on text and pictures."""

    issue: Text
    why: str
    words: list[str]
    machine: list[str]
    pictures: list[Upload]
    proposed: Proposed | None


def queue(
    session: Session, actor: Actor, *, now: dt.datetime, after: Key | None = None
) -> tuple[list[Waiting], Key | None]:
    """Those behind ``after`` that need a person in the reviewer's districts, the first due first, at most :data:`SHOWN`;
    and where the next page begins, None at the end. Four statements, from an index of what is held alone."""
    found = _rows(session, actor, after, SHOWN + 1)
    rows = found[:SHOWN]
    ids = [issue.id for issue, _ in rows]
    why, checks, pictures = _why(session, ids), _checks(session, ids), _pictures(session, rows)
    doubtful = {one: _doubtful(session, one, now) for one in {issue.district_id for issue, _ in rows}}
    waiting = [
        Waiting(
            issue=issue,
            why=why.get(issue.id, ""),
            words=found_words(issue.content, doubtful[issue.district_id]),
            machine=[_said(check) for check in checks.get((issue.id, issue.content_edits), ())],
            pictures=[one for one in pictures if one.issue_id == issue.id],
            proposed=proposed,
        )
        for issue, proposed in rows
    ]
    return waiting, Key(rows[-1][0].due_at, ids[-1]) if len(found) > SHOWN else None


def _rows(session: Session, actor: Actor, after: Key | None, limit: int) -> list[tuple[Text, Proposed | None]]:
    districts = {grant.district_id for grant in actor.grants_of(Role.REVIEWER)}
    statement = (
        sa.select(*(getattr(Issue, name) for name in Text._fields), IssueDecision.asked_at, IssueDecision.data)
        .outerjoin(IssueDecision, sa.and_(IssueDecision.issue_id == Issue.id, IssueDecision.outcome.is_(None)))
        .where(Issue.district_id.in_(districts), sa.text(HELD))
    )
    if after is not None:
        last = sa.tuple_(sa.literal(after.due_at, Issue.due_at.type), sa.literal(after.issue_id))
        statement = statement.where(sa.tuple_(Issue.due_at, Issue.id) > last)
    rows = session.execute(statement.order_by(Issue.due_at, Issue.id).limit(limit))
    return [(Text._make(row[:-2]), _proposed(row[-2], row[-1], actor)) for row in rows]


def _doubtful(session: Session, district_id: str, now: dt.datetime) -> list[str]:
    words: list[str] = rules_of(session, district_id, now=now).values["content.review_words"]
    return words


def _why(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Issue → the reason of its last hold."""
    if not ids:
        return {}
    lines = session.execute(
        sa.select(IssueHistory.issue_id, IssueHistory.note)
        .where(IssueHistory.issue_id.in_(ids), IssueHistory.action == Action.HOLD_FOR_REVIEW.value)
        .order_by(IssueHistory.seq)
    )
    return {issue_id: note or "" for issue_id, note in lines}


Checks = dict[tuple[str, int], list[Any]]


def _checks(session: Session, ids: Sequence[str]) -> Checks:
    """By issue and edition: about the words as they stood then, not about those that replaced them."""
    found: Checks = {}
    if not ids:
        return found
    columns = (
        ContentCheck.issue_id,
        ContentCheck.edition,
        ContentCheck.upload_id,
        ContentCheck.state,
        ContentCheck.label,
    )
    statement = sa.select(*columns).where(ContentCheck.issue_id.in_(ids), ContentCheck.message_id.is_(None))
    for row in session.execute(statement.order_by(ContentCheck.upload_id.is_not(None), ContentCheck.id)):
        found.setdefault((row.issue_id, row.edition), []).append(row)
    return found


def _said(check: Any) -> str:
    what = "照片" if check.upload_id else "文字"
    return f"{what}：{CHECK_TITLES[CheckState(check.state)]}{label_words(check.label)}"


def _pictures(session: Session, rows: Sequence[tuple[Text, Any]]) -> Sequence[Upload]:
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


def _proposed(asked_at: dt.datetime | None, asked: Any, actor: Actor) -> Proposed | None:
    if asked_at is None:
        return None
    mine = (asked or {}).get("asked_by_account") == actor.account_id
    return Proposed(str((asked or {}).get("note") or ""), asked_at, mine)
