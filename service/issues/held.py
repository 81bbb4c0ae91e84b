"""Messages held back by a doubtful word or by WeChat's check: a reviewer (K) releases or refuses each; none is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import Conflict, NotFound
from service.events import Event
from service.issues import notices
from service.issues.checks.states import LATE, NEEDS_A_PERSON, OPEN, CheckState, why_a_person
from service.issues.lifecycle import ACTION_TITLES, Action
from service.issues.models import ContentCheck, Issue, IssueHistory, IssueMessage
from service.outbox import actions as outbox
from service.uploads.models import Upload

_BEING_CHECKED = sa.exists().where(
    ContentCheck.message_id == IssueMessage.id,
    ContentCheck.state.in_([state.value for state in OPEN]),
    ContentCheck.held.is_(False),
)
"""WeChat has not answered yet: no person need look."""
HELD_LOCALLY = "含有需要人工确认的词语，或按规定先由人工审核"


def waiting(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[tuple[IssueMessage, str]]:
    """Held messages of the reviewer's districts with their issue's number, oldest first."""
    districts = {grant.district_id for grant in actor.grants_of(Role.REVIEWER)}
    statement = sa.select(IssueMessage, Issue.number).join(Issue, Issue.id == IssueMessage.issue_id)
    statement = statement.where(IssueMessage.held.is_(True), IssueMessage.refused_at.is_(None), ~_BEING_CHECKED)
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
        refuse(session, row, issue, key=f"message:{row.id}", now=now)
        return row
    release_to_all(session, row, issue, now=now)
    return row


def refuse(session: Session, row: IssueMessage, issue: Issue, *, key: str, now: dt.datetime) -> None:
    """It stays as evidence and is shown to nobody but its writer, who is told."""
    row.refused_at = now
    writer = row.author_account_id or issue.account_id
    step = _step(session, row)
    name, facts = ("message_refused", {}) if step is None else ("words_refused", {"step": step})
    notices.tell(session, issue, [writer] if writer else [], name, key=key, now=now, **facts)


def _step(session: Session, row: IssueMessage) -> str | None:
    """The title of the step the words came with."""
    if row.history_seq is None:
        return None
    line = sa.select(IssueHistory.action).where(
        IssueHistory.issue_id == row.issue_id, IssueHistory.seq == row.history_seq
    )
    return ACTION_TITLES[Action(session.scalars(line).one())]


def release_to_all(session: Session, row: IssueMessage, issue: Issue, *, now: dt.datetime) -> None:
    """Those it was meant for see it and are told."""
    row.held = False
    payload = {
        "issue_id": issue.id,
        "message_id": row.id,
        "from_resident": row.author_role == Role.RESIDENT,
        "held": False,
        "step": row.history_seq is not None,
    }
    outbox.record(session, Event.ISSUE_MESSAGE, payload, district_id=issue.district_id, now=now)


def reasons(session: Session, message_ids: Sequence[str]) -> dict[str, str]:
    """Message → why it waits for a person."""
    rows = session.scalars(
        sa.select(ContentCheck).where(ContentCheck.message_id.in_(message_ids)).order_by(ContentCheck.id)
    ).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        state, picture = CheckState(row.state), row.upload_id is not None
        if state in NEEDS_A_PERSON:
            words = why_a_person(state, picture=picture, label=row.label, error=row.last_error)
        elif state in OPEN:
            words = LATE
        else:
            continue
        found.setdefault(str(row.message_id), []).append(words)
    return {key: "；".join(dict.fromkeys(found.get(key, [HELD_LOCALLY]))) for key in message_ids}


def pictures(session: Session, message_ids: Sequence[str]) -> Sequence[Upload]:
    """Those sent with held messages: whoever decides must see them."""
    return session.scalars(
        sa.select(Upload).where(Upload.message_id.in_(message_ids)).order_by(Upload.position, Upload.id)
    ).all()
