"""Look-ups of an issue and what hangs on it, for screens; lists are in ``service/issues/lists.py``."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.issues.models import Issue, IssueFollower, IssueHistory, IssueMessage, IssueRating


def owned(session: Session, account_id: str) -> Sequence[Issue]:
    """Everything submitted by an account, newest first."""
    return session.scalars(
        sa.select(Issue).where(Issue.account_id == account_id).order_by(Issue.created_at.desc())
    ).all()


_HISTORY = sa.select(IssueHistory).where(IssueHistory.issue_id == sa.bindparam("issue")).order_by(IssueHistory.seq)
_MESSAGES = (
    sa.select(IssueMessage)
    .where(IssueMessage.issue_id == sa.bindparam("issue"))
    .order_by(IssueMessage.at, IssueMessage.id)
)


def history(session: Session, issue_id: str) -> Sequence[IssueHistory]:
    return session.scalars(_HISTORY, {"issue": issue_id}).all()


def messages(session: Session, issue_id: str) -> Sequence[IssueMessage]:
    return session.scalars(_MESSAGES, {"issue": issue_id}).all()


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


def followers_who_rated(session: Session, issue_id: str) -> Sequence[IssueFollower]:
    """The latest first."""
    rated = sa.select(IssueFollower).where(IssueFollower.issue_id == issue_id, IssueFollower.rating.is_not(None))
    return session.scalars(rated.order_by(IssueFollower.rated_at.desc(), IssueFollower.id)).all()


def followed(session: Session, account_id: str) -> Sequence[tuple[str, IssueFollower]]:
    """Every issue's number the account joined (我也遇到), with what it thought of the feedback."""
    statement = sa.select(Issue.number, IssueFollower).join(Issue, Issue.id == IssueFollower.issue_id)
    rows = session.execute(statement.where(IssueFollower.account_id == account_id).order_by(IssueFollower.joined_at))
    return [(row[0], row[1]) for row in rows]
