"""A step was taken back: whoever had been told of it is told that, too, and what it means for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.notices import NOTICES
from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.issues.models import Issue, IssueAssignment, IssueHistory
from service.notifications import actions as notifications
from service.notifications import said
from service.notifications.actions import Notice


def about_unassigned(
    session: Session, issue: Issue, line: IssueHistory, residents: Iterable[str], *, key: str, now: dt.datetime
) -> None:
    """Units, lead and helping, whose assignment ended with this step; and the resident."""
    ended = sa.select(IssueAssignment.unit_id).where(
        IssueAssignment.issue_id == issue.id,
        IssueAssignment.ended_at == line.at,
        IssueAssignment.signed_at.is_(None),
    )
    units = [
        account
        for unit_id in session.scalars(ended)
        for account in accounts_with(session, Role.UNIT_CLERK, district_id=issue.district_id, unit_id=unit_id)
    ]
    for who, name in ((units, "recalled"), (residents, "unassigned")):
        title, body = said.worded(session, issue.district_id, name, now=now)
        notices = [
            Notice(account, NOTICES[name].kind, title, f"事项 {issue.number}。{body}", issue.id, issue.number, None)
            for account in dict.fromkeys(who)
        ]
        notifications.write(session, notices, key=key, district_id=issue.district_id, now=now)
