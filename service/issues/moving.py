"""Two accounts become one: issues, what their resident said in them, and what is followed.

``receipt_only`` issues have no account: nothing leads to them, so nothing moves, and the code opens them as before. What
was done in office (history of staff, looks, reveals) stays under the account it was done with: it is a record.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.issues.models import Issue, IssueFollower, IssueHistory, IssueMessage


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """The ledger commits to roles and labels, not to accounts: it fits as before (ADR 0005).

    Messages and lines are found through the issues they belong to: neither table has an index by account.
    """
    mine = sa.select(Issue.id).where(Issue.account_id == closed_id)
    followed = sa.select(IssueFollower.issue_id).where(IssueFollower.account_id == closed_id)
    issue_ids = list(session.scalars(mine.union(followed)))
    options = {"synchronize_session": False}
    if issue_ids:
        said = sa.update(IssueMessage).where(
            IssueMessage.issue_id.in_(issue_ids), IssueMessage.author_account_id == closed_id
        )
        session.execute(said.values(author_account_id=into).execution_options(**options))
        done = sa.update(IssueHistory).where(
            IssueHistory.issue_id.in_(issue_ids), IssueHistory.actor_account_id == closed_id
        )
        session.execute(done.values(actor_account_id=into).execution_options(**options))
    owned = sa.update(Issue).where(Issue.account_id == closed_id).values(account_id=into)
    session.execute(owned.execution_options(**options))
    _move_follows(session, closed_id, into)


def _move_follows(session: Session, closed_id: str, into: str) -> None:
    """Who followed twice is one follower: the count goes down, a rating already given is kept."""
    rows = session.scalars(sa.select(IssueFollower).where(IssueFollower.account_id.in_((closed_id, into)))).all()
    there = {row.issue_id: row for row in rows if row.account_id == into}
    for row in (row for row in rows if row.account_id == closed_id):
        twin = there.get(row.issue_id)
        if twin is None:
            row.account_id = into
            continue
        if twin.rating is None and row.rating is not None:
            twin.rating, twin.reason, twin.rated_at = row.rating, row.reason, row.rated_at
        session.delete(row)
        fewer = sa.update(Issue).where(Issue.id == row.issue_id, Issue.follower_count > 0)
        counted = fewer.values(follower_count=Issue.follower_count - 1)
        session.execute(counted.execution_options(synchronize_session=False))
    session.flush()
