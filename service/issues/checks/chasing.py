"""Results that do not come: pictures are asked about once more, then a person decides. Pushed results; what is in trouble."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.issues.checks import queue
from service.issues.checks.states import OF_SUGGESTION, OPEN, TROUBLED, CheckState
from service.issues.lifecycle import State
from service.issues.models import ContentCheck, Issue, IssueMessage
from service.parameters import queries as parameters
from service.wechat import Suggestion

MOST_ASKINGS = 2
GIVE_UP = dt.timedelta(hours=24)
"""So long an answer may still release what waits for a person; afterwards only the person decides."""
_OPEN = [state.value for state in OPEN]


def chase(session: Session, *, now: dt.datetime, limit: int = 200) -> int:
    """Look after every check whose time is over; how many there were."""
    due = (
        sa.select(ContentCheck, Issue.district_id)
        .join(Issue, Issue.id == ContentCheck.issue_id)
        .where(ContentCheck.state.in_(_OPEN), ContentCheck.due_at <= now)
        .order_by(ContentCheck.due_at, ContentCheck.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ContentCheck)
    )
    rows = session.execute(due).all()
    districts = {check.id: district_id for check, district_id in rows}
    changed = [check for check, district_id in rows if _overdue(session, check, district_id, now)]
    queue.tell(session, changed, districts, now=now)
    return len(rows)


def _overdue(session: Session, check: ContentCheck, district_id: str, now: dt.datetime) -> bool:
    """Whether somebody must hear of it."""
    asked = check.state == CheckState.ASKED
    if asked and check.askings < MOST_ASKINGS:
        _again(session, check, district_id, now)
        return False
    if asked or check.late:
        _end(check, CheckState.UNANSWERED, now)
        return True
    check.late, check.due_at = True, now + GIVE_UP
    return True


def _again(session: Session, check: ContentCheck, district_id: str, now: dt.datetime) -> None:
    minutes = int(parameters.load(session, district_id, at=now)["content.wait_minutes"])
    check.state, check.next_at, check.lease_until = CheckState.PENDING.value, now, None
    check.due_at = now + dt.timedelta(minutes=minutes)


def _end(check: ContentCheck, state: CheckState, now: dt.datetime) -> None:
    check.state, check.ended_at, check.due_at, check.lease_until = state.value, now, None, None


def settle_picture(
    session: Session, trace_id: str, suggestion: Suggestion | None, label: int | None, *, now: dt.datetime
) -> bool:
    """A result WeChat pushed; ``suggestion`` None: it could not look. False when no picture waits under this name (yet).

    A result for what has ended changes nothing: a second push, or one that comes too late.
    """
    mine = sa.select(ContentCheck).where(ContentCheck.trace_id == trace_id, ContentCheck.upload_id.is_not(None))
    check = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if check is None:
        return False
    if check.state not in OPEN:
        return True
    district_id = session.scalar(sa.select(Issue.district_id).where(Issue.id == check.issue_id)) or ""
    if suggestion is None and check.askings < MOST_ASKINGS:
        _again(session, check, district_id, now)
        return True
    check.label = label
    _end(check, OF_SUGGESTION[suggestion] if suggestion else CheckState.FAILED, now)
    queue.tell(session, [check], {check.id: district_id}, now=now)
    return True


_WAITED_FOR = sa.or_(
    sa.and_(
        ContentCheck.message_id.is_(None),
        Issue.state == State.CONTENT_REVIEW.value,
        Issue.content_edits == ContentCheck.edition,
    ),
    sa.and_(IssueMessage.held.is_(True), IssueMessage.refused_at.is_(None)),
)
_TROUBLED = (
    sa.select(ContentCheck, Issue.number)
    .join(Issue, Issue.id == ContentCheck.issue_id)
    .outerjoin(IssueMessage, IssueMessage.id == ContentCheck.message_id)
    .where(ContentCheck.state.in_([state.value for state in TROUBLED]), _WAITED_FOR)
)


def troubled(session: Session, limit: int = 100) -> Sequence[tuple[ContentCheck, str]]:
    """Checks without an answer while somebody still waits for a person's word, with the issue's number."""
    rows = session.execute(_TROUBLED.order_by(ContentCheck.ended_at).limit(limit))
    return [(row[0], row[1]) for row in rows]


def requeue(session: Session, check_id: str, *, now: dt.datetime) -> ContentCheck:
    """Ask again about one that ended without an answer, while nobody has decided.

    :raises NotFound: when there is no such check.
    """
    found = session.execute(_TROUBLED.where(ContentCheck.id == check_id)).first()
    if found is None:
        raise NotFound(f"没有编号为 {check_id} 的、仍在等待的内容检查。")
    check: ContentCheck = found[0]
    district_id = session.scalar(sa.select(Issue.district_id).where(Issue.id == check.issue_id)) or ""
    _again(session, check, district_id, now)
    check.ended_at, check.askings = None, 0
    return check
