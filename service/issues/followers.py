"""Those who joined (我也遇到): each gets the feedback and may rate it for themselves; their rating moves no state."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.issues import queries
from service.issues.lifecycle import State
from service.issues.models import Issue, IssueFollower
from service.issues.words import Rating

_RATEABLE = frozenset({State.FEEDBACK_GIVEN, State.CLOSED})


def rate(
    session: Session,
    issue_id: str,
    *,
    account_id: str | None,
    result: Rating,
    reason: str | None,
    now: dt.datetime,
) -> IssueFollower:
    """A follower's own rating, changeable while the issue stands with its feedback.

    :raises NotFound: who did not join. :raises Conflict: before there is feedback. :raises Invalid: dissatisfied without reason.
    """
    row = queries.follower(session, issue_id, account_id)
    issue = session.get(Issue, issue_id)
    if row is None or issue is None:
        raise NotFound()
    if State(issue.state) not in _RATEABLE:
        raise Conflict("还没有收到反馈，收到后再来评价。", code="illegal_move")
    if result is Rating.DISSATISFIED and not (reason or "").strip():
        raise Invalid(fields={"reason": "请说说哪里不满意。"})
    row.rating, row.reason, row.rated_at = result.value, reason, now
    return row
