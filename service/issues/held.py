"""Messages a doubtful word held back: a reviewer (K) releases or refuses each; none is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import Conflict, NotFound
from service.events import Event
from service.issues.models import Issue, IssueMessage
from service.outbox import actions as outbox


def waiting(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[tuple[IssueMessage, str]]:
    """Held messages of the reviewer's districts with their issue's number, oldest first."""
    districts = {grant.district_id for grant in actor.grants_of(Role.REVIEWER)}
    statement = sa.select(IssueMessage, Issue.number).join(Issue, Issue.id == IssueMessage.issue_id)
    statement = statement.where(IssueMessage.held.is_(True), IssueMessage.refused_at.is_(None))
    statement = (
        statement.where(Issue.district_id.in_(districts)).order_by(IssueMessage.at, IssueMessage.id).limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def decide(session: Session, message_id: str, *, actor: Actor, release: bool, now: dt.datetime) -> IssueMessage:
    """Release a message to those it was meant for, or refuse it; the writer keeps seeing it either way.

    :raises NotFound: when no such message waits in the reviewer's districts. :raises Conflict: when it was decided.
    """
    row = session.get(IssueMessage, message_id, with_for_update=True)
    issue = session.get(Issue, row.issue_id) if row else None
    districts = {grant.district_id for grant in actor.grants_of(Role.REVIEWER)}
    if row is None or issue is None or issue.district_id not in districts:
        raise NotFound("没有找到这条待审核的留言。")
    if not row.held or row.refused_at is not None:
        raise Conflict("这条留言已经审核过了。", code="already_decided")
    if not release:
        row.refused_at = now
        return row
    row.held = False
    payload = {
        "issue_id": issue.id,
        "message_id": row.id,
        "from_resident": row.author_role == Role.RESIDENT,
        "held": False,
    }
    outbox.record(session, Event.ISSUE_MESSAGE, payload, district_id=issue.district_id, now=now)
    return row
