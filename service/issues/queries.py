"""Look-ups of an issue and what hangs on it, for screens; lists are in ``service/issues/lists.py``."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.issues.models import Issue, IssueFollower, IssueHistory, IssueMessage, IssueRating
from service.issues.submitting import receipt_digest


def owned(session: Session, account_id: str) -> Sequence[Issue]:
    """Everything submitted by an account, newest first."""
    return session.scalars(
        sa.select(Issue).where(Issue.account_id == account_id).order_by(Issue.created_at.desc())
    ).all()


def by_receipt(session: Session, code: str) -> Issue:
    """:raises NotFound: with the same sentence for a wrong code and for none."""
    issue = session.scalar(sa.select(Issue).where(Issue.receipt_digest == receipt_digest(code)))
    if issue is None:
        raise NotFound("没有找到这个查询码，请核对回执上的每一位；忘记查询码可以到联络站咨询。")
    return issue


def history(session: Session, issue_id: str) -> Sequence[IssueHistory]:
    return session.scalars(
        sa.select(IssueHistory).where(IssueHistory.issue_id == issue_id).order_by(IssueHistory.seq)
    ).all()


def messages(session: Session, issue_id: str) -> Sequence[IssueMessage]:
    statement = sa.select(IssueMessage).where(IssueMessage.issue_id == issue_id)
    return session.scalars(statement.order_by(IssueMessage.at, IssueMessage.id)).all()


def rating(session: Session, issue_id: str) -> IssueRating | None:
    """The rating of the latest round rated."""
    statement = sa.select(IssueRating).where(IssueRating.issue_id == issue_id)
    return session.scalar(statement.order_by(IssueRating.round.desc()).limit(1))


def follower(session: Session, issue_id: str, account_id: str | None) -> IssueFollower | None:
    if account_id is None:
        return None
    return session.scalar(
        sa.select(IssueFollower).where(IssueFollower.issue_id == issue_id, IssueFollower.account_id == account_id)
    )
