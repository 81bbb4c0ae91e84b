"""A step was taken back: whoever had been told of it is told that, too, and what it means for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.issues.models import Issue, IssueAssignment, IssueHistory
from service.notifications import actions as notifications
from service.notifications.actions import Notice
from service.notifications.kinds import Kind

_TO_UNITS = ("交办已撤回", "交办单位刚刚撤回了这次交办，您单位不需要办理。")
_TO_RESIDENTS = ("交办有更正", "刚才的交办已撤回，期限不变；重新交办后会再告诉您。")


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
    for who, (title, body) in ((units, _TO_UNITS), (residents, _TO_RESIDENTS)):
        notices = [
            Notice(account, Kind.PROGRESS.value, title, f"事项 {issue.number}。{body}", issue.id, issue.number, None)
            for account in dict.fromkeys(who)
        ]
        notifications.write(session, notices, key=key, district_id=issue.district_id, now=now)
