"""Who opened one issue, and who looked behind its mask (查看轨迹): asked when a resident was exposed (rulebook §0.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Account
from service.errors import NotFound
from service.issues.models import IdentityReveal, Issue, IssueView

MOST = 500
UNKNOWN = "没有这个编号的事项，或者不在您的区。请核对完整的编号。"


class Seen(NamedTuple):
    """``at``: of the first opening of a day, or of the look; ``reason``: why somebody looked at the name, None: only opened."""

    at: dt.datetime | None
    person_name: str | None
    role: str
    reason: str | None


def of_issue(session: Session, districts: Collection[str], number: str) -> list[Seen]:
    """Newest first, at most :data:`MOST` of each; two statements and the issue's own. Nothing of what it says.

    :raises NotFound: for a number of nobody's, and for another district's: the two sound the same.
    """
    wanted = sa.select(Issue.id).where(Issue.number == number, Issue.district_id.in_(districts))
    issue_id = session.scalar(wanted)
    if issue_id is None:
        raise NotFound(UNKNOWN)
    found = [
        Seen(row[0], row[3], row[1], row[2])
        for model, reason in ((IssueView, sa.null()), (IdentityReveal, IdentityReveal.reason))
        for row in session.execute(
            sa.select(model.at, model.role, reason, Account.display_name)
            .outerjoin(Account, Account.id == model.account_id)
            .where(model.issue_id == issue_id)
            .order_by(model.at.desc())
            .limit(MOST)
        )
    ]
    return sorted(found, key=lambda one: one.at or dt.datetime.min.replace(tzinfo=dt.UTC), reverse=True)
