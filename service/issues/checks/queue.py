"""Checks waiting to be asked: claimed, turned into questions, their answers written. The row is the queue. None commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import openids
from service.events import Event
from service.issues.checks import opening
from service.issues.checks.asking import QUOTA_WAIT, Question, Reply
from service.issues.checks.states import FINAL, CheckState
from service.issues.lifecycle import State
from service.issues.models import ContentCheck, Issue, IssueMessage
from service.outbox import actions as outbox
from service.parameters import queries as parameters
from service.rows import insert_together
from service.uploads.links import link
from service.uploads.models import Upload, UploadState

LEASE = dt.timedelta(seconds=60)
LONGEST_WAIT = 600
NOT_READY = dt.timedelta(seconds=10)
NO_OPENID = "没有微信身份"
_DUE = (
    ContentCheck.state == CheckState.PENDING.value,
    ContentCheck.next_at <= sa.bindparam("now", type_=ContentCheck.next_at.type),
    sa.or_(
        ContentCheck.lease_until.is_(None),
        ContentCheck.lease_until < sa.bindparam("now", type_=ContentCheck.next_at.type),
    ),
)
_HAS_DUE = sa.select(ContentCheck.id).where(*_DUE).limit(1)


def has_due(session: Session, *, now: dt.datetime) -> bool:
    return session.scalar(_HAS_DUE, {"now": now}) is not None


def claim(session: Session, *, now: dt.datetime, limit: int = 100) -> Sequence[ContentCheck]:
    """Lease due checks and count the attempt, those tried least first; a dead worker's are taken again after a minute."""
    due = sa.select(ContentCheck.id).where(*_DUE).order_by(ContentCheck.attempts, ContentCheck.next_at, ContentCheck.id)
    claimed = (
        sa.update(ContentCheck)
        .where(ContentCheck.id.in_(due.limit(limit).with_for_update(skip_locked=True).scalar_subquery()))
        .values(lease_until=now + LEASE, attempts=ContentCheck.attempts + 1)
        .returning(ContentCheck)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return session.scalars(claimed, {"now": now}).all()


@dataclass
class Batch:
    """Claimed checks, what to ask about them, and replies to those that need not be asked."""

    rows: dict[str, ContentCheck]
    districts: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)


def prepare(session: Session, rows: Sequence[ContentCheck], *, base_url: str, now: dt.datetime) -> Batch:
    """Four statements at most, however many: issues, messages, pictures, openids (read now, and kept nowhere)."""
    issues = {row.id: row for row in _issues(session, {row.issue_id for row in rows})}
    messages = _by_id(session, IssueMessage, {row.message_id for row in rows if row.message_id})
    uploads = _by_id(session, Upload, {row.upload_id for row in rows if row.upload_id})
    writers = {row.id: _writer(issues[row.issue_id], messages.get(row.message_id or "")) for row in rows}
    ids = openids(session, {one for one in writers.values() if one})
    batch = Batch({row.id: row for row in rows})
    for row in rows:
        issue, message = issues[row.issue_id], messages.get(row.message_id or "")
        batch.districts[row.id] = issue.district_id
        if not _waited_for(row, issue, message):
            batch.replies.append(Reply(row.id, CheckState.MOOT))
            continue
        openid = ids.get(writers[row.id] or "")
        if openid is None:
            batch.replies.append(Reply(row.id, CheckState.FAILED, error=NO_OPENID))
        elif row.upload_id is None:
            batch.questions.append(Question(row.id, openid, text=message.text if message else opening.words(issue)))
        else:
            _ask_picture(batch, row, uploads.get(row.upload_id), openid, base_url, now)
    return batch


def _writer(issue: Any, message: IssueMessage | None) -> str | None:
    """Whose words it is about: somebody who joined writes in the issue of another."""
    written_by = message.author_account_id if message else None
    return written_by or issue.account_id


def _ask_picture(
    batch: Batch, row: ContentCheck, upload: Upload | None, openid: str, base_url: str, now: dt.datetime
) -> None:
    """Only the copy without metadata is shown to WeChat; until it is made, the check waits."""
    state = UploadState(upload.state) if upload else UploadState.REFUSED
    if upload is None or state is UploadState.REFUSED:
        batch.replies.append(Reply(row.id, CheckState.MOOT))  # nobody will ever see it
    elif state is UploadState.READY:
        batch.questions.append(Question(row.id, openid, url=base_url + link(upload.id, "photo", now=now)))
    else:
        batch.replies.append(Reply(row.id, None, error="picture not ready"))


def _issues(session: Session, ids: set[str]) -> Sequence[Any]:
    columns = (
        Issue.id,
        Issue.state,
        Issue.content,
        Issue.place,
        Issue.content_edits,
        Issue.account_id,
        Issue.district_id,
    )
    return session.execute(sa.select(*columns).where(Issue.id.in_(ids))).all()


def _by_id(session: Session, table: Any, ids: set[str]) -> Mapping[str, Any]:
    if not ids:
        return {}
    fresh = sa.select(table).where(table.id.in_(ids)).execution_options(populate_existing=True)
    return {row.id: row for row in session.scalars(fresh)}


def _waited_for(row: ContentCheck, issue: Any, message: IssueMessage | None) -> bool:
    if message is not None:
        return message.held and message.refused_at is None
    return bool(issue.state == State.CONTENT_REVIEW and issue.content_edits == row.edition)


_WRITE = (
    sa.update(ContentCheck)
    .where(ContentCheck.id == sa.bindparam("check"), ContentCheck.state == CheckState.PENDING.value)
    .values(
        {
            name: sa.bindparam(f"new_{name}", type_=ContentCheck.__table__.c[name].type)
            for name in ("state", "trace_id", "label", "askings", "next_at", "due_at", "ended_at", "last_error")
        }
        | {"lease_until": None}
    )
)


def write(session: Session, batch: Batch, replies: Sequence[Reply], *, now: dt.datetime) -> None:
    """What came back, in one statement, and an event for each issue or message about which something is known now."""
    known = _known_traces(session, [reply for reply in replies if reply.state is CheckState.ASKED])
    values = []
    for reply in replies:
        row = batch.rows[reply.check_id]
        if reply.state is CheckState.ASKED and reply.trace_id in known:
            reply = Reply(reply.check_id, None, error="trace_id used before")
        elif reply.state is CheckState.ASKED:
            known.add(str(reply.trace_id))
        values.append(_values(session, row, reply, batch.districts[row.id], now))
    if values:
        session.connection().execute(_WRITE, values)
    tell(session, [batch.rows[one.check_id] for one in replies if one.state in FINAL], batch.districts, now=now)


def _known_traces(session: Session, asked: Sequence[Reply]) -> set[str]:
    """A trace_id that does not tell two pictures apart is no answer."""
    if not asked:
        return set()
    given = {reply.trace_id for reply in asked}
    statement = sa.select(ContentCheck.trace_id).where(
        ContentCheck.trace_id.in_(given), ContentCheck.upload_id.is_not(None)
    )
    return {str(trace) for trace in session.scalars(statement)}


def _values(session: Session, row: ContentCheck, reply: Reply, district_id: str, now: dt.datetime) -> dict[str, Any]:
    state = reply.state or CheckState.PENDING
    due_at = None if state in FINAL else row.due_at
    if state is CheckState.ASKED:
        minutes = int(parameters.load(session, district_id, at=now)["content.media_minutes"])
        due_at = now + dt.timedelta(minutes=minutes)
    return {
        "check": row.id,
        "new_state": state.value,
        "new_trace_id": reply.trace_id or row.trace_id,
        "new_label": reply.label,
        "new_askings": row.askings + (state is CheckState.ASKED),
        "new_next_at": now + _wait(row, reply),
        "new_due_at": due_at,
        "new_ended_at": now if state in FINAL else None,
        "new_last_error": reply.error,
    }


def _wait(row: ContentCheck, reply: Reply) -> dt.timedelta:
    """4, 8, 16 … seconds, at most ten minutes; longer at once where WeChat takes no more."""
    if reply.stop:
        return QUOTA_WAIT
    if reply.error == "picture not ready":
        return NOT_READY
    return dt.timedelta(seconds=min(2 ** min(row.attempts + 1, 12), LONGEST_WAIT))


def tell(session: Session, rows: Sequence[ContentCheck], districts: Mapping[str, str], *, now: dt.datetime) -> None:
    """One event per issue or message: what follows is decided by another transaction."""
    pairs = {(row.issue_id, row.message_id): districts[row.id] for row in rows}
    events = [
        outbox.event_row(
            Event.CONTENT_CHECKED, {"issue_id": issue_id, "message_id": message_id}, district_id=district_id, now=now
        )
        for (issue_id, message_id), district_id in pairs.items()
    ]
    if events:
        insert_together(session, *events)
