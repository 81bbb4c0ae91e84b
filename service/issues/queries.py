"""Lists and look-ups of issues for screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.issues import scopes
from service.issues.models import Issue, IssueFollower, IssueHistory, IssueMessage, IssueRating

Key = tuple[dt.datetime | None, str]
FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    state: str | None = None
    category_id: str | None = None
    overdue: bool | None = None
    text: str | None = None


def page(
    session: Session,
    actor: Actor,
    box: scopes.Box,
    filters: Filters,
    *,
    by_due: bool,
    after: Key | None,
    limit: int,
    now: dt.datetime,
) -> Sequence[Issue]:
    """One page of a box, newest first or by what is due; keyset: ``after`` is the sort key and id of the last row seen."""
    statement = sa.select(Issue).where(
        scopes.clause(actor, box), *_conditions(filters, now, scopes.searchable(actor, box))
    )
    if by_due:
        column: sa.ColumnElement[dt.datetime] = sa.func.coalesce(Issue.due_at, sa.literal(FAR, Issue.due_at.type))
    else:
        column = Issue.created_at.expression
    if after is not None:
        here = sa.tuple_(column, Issue.id)
        last = sa.tuple_(sa.literal(after[0] or FAR, Issue.created_at.type), sa.literal(after[1]))
        statement = statement.where(here > last if by_due else here < last)
    order = (column.asc(), Issue.id.asc()) if by_due else (column.desc(), Issue.id.desc())
    return session.scalars(statement.order_by(*order).limit(limit)).all()


def sort_key(issue: Issue, *, by_due: bool) -> Key:
    return (issue.due_at or FAR, issue.id) if by_due else (issue.created_at, issue.id)


def _conditions(filters: Filters, now: dt.datetime, words_in: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.state:
        found.append(Issue.state == filters.state)
    if filters.category_id:
        found.append(Issue.category_id == filters.category_id)
    if filters.overdue is not None:
        late = sa.and_(Issue.due_at.is_not(None), Issue.due_at < now)
        found.append(late if filters.overdue else sa.not_(sa.func.coalesce(late, sa.false())))
    if filters.text:
        words = filters.text.strip()
        found.append(sa.or_(words_in.contains(words, autoescape=True), Issue.number == words.upper()))
    return found


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
