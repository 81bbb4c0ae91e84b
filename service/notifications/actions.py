"""Write notices, mark them read, send a parked push again. What delivery does with pushes: ``claims.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import rows_changed
from service.errors import NotFound
from service.ids import new_id
from service.notifications.kinds import priority
from service.notifications.models import PARKED, PENDING, Notification
from service.rows import insert_new


@dataclass(frozen=True, slots=True)
class Notice:
    """One message for one account. ``title`` and ``body`` hold neither the complaint's text nor a name."""

    account_id: str
    kind: str
    title: str
    body: str
    issue_id: str | None = None
    reference: str | None = None
    due_at: dt.datetime | None = None


def write(session: Session, notices: Iterable[Notice], *, key: str, district_id: str | None, now: dt.datetime) -> int:
    """Put notices into inboxes; with the same ``key`` an account gets a notice once, however often this runs.

    One statement for all of them: this follows every event.
    """
    rows = [
        Notification(
            id=new_id(),
            district_id=district_id,
            account_id=notice.account_id,
            dedupe_key=f"{key}:{notice.kind}",
            kind=notice.kind,
            title=notice.title,
            body=notice.body,
            issue_id=notice.issue_id,
            reference=notice.reference,
            due_at=notice.due_at,
            created_at=now,
            push_state=PENDING,
            consent_taken=False,
            attempts=0,
            next_at=now,
            priority=priority(notice.kind),
            tried="",
        )
        for notice in notices
    ]
    insert_new(session, rows)
    return len(rows)


def mark_read(session: Session, account_id: str, notification_ids: Sequence[str] | None, *, now: dt.datetime) -> int:
    """Mark own notifications read, all of them when no ids are given; returns how many changed."""
    statement = sa.update(Notification).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    if notification_ids is not None:
        statement = statement.where(Notification.id.in_(notification_ids))
    result = session.execute(statement.values(read_at=now).execution_options(synchronize_session=False))
    return rows_changed(result)


def requeue(session: Session, notification_id: str, *, now: dt.datetime) -> Notification:
    """Send a push again that ended without being sent, by every channel anew.

    A push that is ``unknown`` may have arrived: whoever asks for it again accepts that it comes twice.

    :raises NotFound: when there is no such push.
    """
    row = session.get(Notification, notification_id)
    if row is None or row.push_state not in PARKED:
        raise NotFound(f"没有编号为 {notification_id} 的未送达推送。")
    _again(session, Notification.id == notification_id, now)
    session.refresh(row)
    return row


def requeue_all(session: Session, state: str, *, now: dt.datetime) -> int:
    """:func:`requeue` for every push in that parked state; how many.

    :raises NotFound: for a state that nobody can be called back from.
    """
    if state not in PARKED:
        raise NotFound(f"没有“{state}”这种未送达的状态，可用：{' '.join(PARKED)}。")
    return _again(session, Notification.push_state == state, now)


def _again(session: Session, which: sa.ColumnElement[bool], now: dt.datetime) -> int:
    values = {
        "push_state": PENDING,
        "attempts": 0,
        "next_at": now,
        "lease_until": None,
        "tried": "",
        "pushed_at": None,
        "consent_taken": False,
        "carried_by": None,
    }
    statement = sa.update(Notification).where(which, Notification.push_state.in_(PARKED))
    result = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return rows_changed(result)
