"""What stands in the live tables for each ledger entry of an issue, and erasing a person without breaking the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import trail
from service.accounts.roles import Role
from service.db import UtcDateTime
from service.issues.lifecycle import Action
from service.issues.models import Issue, IssueFollower, IssueHistory, IssueMessage, IssueNote
from service.issues.submitting import said
from service.ledger import actions as ledger
from service.ledger.models import LedgerEntry

IDENTITY_FIELDS = ("contact_name", "contact_phone", "place")
ERASED = "（本人已注销，文字已删除）"
_TELLS = frozenset({Action.SUBMIT.value, Action.EDIT_RESEND.value})


def read_fields(session: Session, wanted: list[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """Values the ledger committed to, as they stand now in history.

    What also stands on the issue itself (its words and identity since they were last told, its state since the last
    step) is read from there: an issue edited past its history shows as edited. Entries about work identities are
    read from their trail.
    """
    chains = {chain for chain, _ in wanted}
    rows = session.scalars(sa.select(IssueHistory).where(IssueHistory.issue_id.in_(chains))).all()
    issues = {issue.id: issue for issue in session.scalars(sa.select(Issue).where(Issue.id.in_(chains)))}
    last_step = {row.issue_id: row.seq for row in sorted(rows, key=lambda row: row.seq)}
    last_told = {row.issue_id: row.seq for row in sorted(rows, key=lambda row: row.seq) if row.action in _TELLS}
    found: dict[tuple[str, int], Mapping[str, Any]] = dict(trail.read_fields(session, wanted))
    for row in rows:
        fields = {
            "action": row.action,
            "actor": f"{row.actor_role}:{row.actor_label}",
            "to": row.to_state,
            **(row.data or {}),
        }
        fields["note"] = row.note
        issue = issues.get(row.issue_id)
        if issue is not None and last_told.get(row.issue_id) == row.seq:
            fields |= said(issue)
        if issue is not None and last_step[row.issue_id] == row.seq:
            fields["to"] = issue.state
        found[(row.issue_id, row.seq)] = fields
    return found


def unwitnessed(session: Session, limit: int = 100) -> list[str]:
    """Numbers of issues no ledger entry speaks of: they were slipped into the table."""
    first = sa.select(LedgerEntry.id).where(LedgerEntry.chain == Issue.id, LedgerEntry.seq == 1)
    return list(session.scalars(sa.select(Issue.number).where(~first.exists()).order_by(Issue.number).limit(limit)))


def forget_account(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """A resident's account goes: their issues stay, anonymous; identity leaves issues, history and ledger salts.

    So do the words with which they rated another's matter: they joined it for themselves.
    Rulebook §11: identity erased, item kept. Open issues go on and can be followed with the receipt code.
    """
    _forget_ratings_of_others(session, account_id, now)
    for issue in session.scalars(sa.select(Issue).where(Issue.account_id == account_id)):
        erase_identity(session, issue)
        issue.account_id = None
        issue.updated_at = now
    own = sa.update(IssueMessage).where(IssueMessage.author_account_id == account_id)
    session.execute(own.values(author_account_id=None).execution_options(synchronize_session=False))
    lines = sa.update(IssueHistory).where(
        IssueHistory.actor_account_id == account_id, IssueHistory.actor_role == "resident"
    )
    session.execute(lines.values(actor_account_id=None).execution_options(synchronize_session=False))


def _forget_ratings_of_others(session: Session, account_id: str, now: dt.datetime) -> None:
    """The reason of each rating as a follower; where it still waits for a check, nobody need look any more."""
    theirs = sa.select(Issue.id).where(Issue.account_id == account_id)
    joined_to = sa.select(IssueFollower.issue_id).where(IssueFollower.account_id == account_id)
    words = sa.update(IssueMessage).where(
        IssueMessage.author_account_id == account_id,
        IssueMessage.author_role == Role.RESIDENT.value,
        IssueMessage.issue_id.in_(joined_to),
        IssueMessage.issue_id.not_in(theirs),
    )
    ended = sa.case((IssueMessage.held, sa.literal(now, UtcDateTime())), else_=IssueMessage.refused_at)
    gone = {"text": ERASED, "refused_at": ended}
    session.execute(words.values(gone).execution_options(synchronize_session=False))
    joined = sa.update(IssueFollower).where(IssueFollower.account_id == account_id)
    session.execute(joined.values(reason=None).execution_options(synchronize_session=False))


def erase_identity(session: Session, issue: Issue) -> None:
    """Name, phone and exact place go for good, everywhere; the chain still verifies. Internal notes may repeat any of
    them in words no machine finds: their text goes whole."""
    issue.contact_name = issue.contact_phone = issue.place = None
    for row in session.scalars(sa.select(IssueHistory).where(IssueHistory.issue_id == issue.id)):
        if row.data and any(row.data.get(name) for name in IDENTITY_FIELDS):
            row.data = {name: None if name in IDENTITY_FIELDS else value for name, value in row.data.items()}
    notes = sa.update(IssueNote).where(IssueNote.issue_id == issue.id)
    session.execute(notes.values(text=None).execution_options(synchronize_session=False))
    ledger.erase(session, issue.id, IDENTITY_FIELDS)
