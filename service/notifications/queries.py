"""Questions about the inbox and about pushes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.notifications.models import PARKED, PENDING, Notification

Cursor = tuple[dt.datetime, str]


def inbox(session: Session, account_id: str, *, after: Cursor | None, limit: int) -> Sequence[Notification]:
    """Own notifications, newest first; ``after`` is (created_at, id) of the last one seen."""
    statement = sa.select(Notification).where(Notification.account_id == account_id)
    if after is not None:
        older = sa.tuple_(Notification.created_at, Notification.id) < sa.tuple_(
            sa.literal(after[0], Notification.created_at.type), sa.literal(after[1])
        )
        statement = statement.where(older)
    statement = statement.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)
    return session.scalars(statement).all()


def unread(session: Session, account_id: str) -> int:
    statement = sa.select(sa.func.count()).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    return session.scalar(statement) or 0


def parked(session: Session, limit: int = 100) -> Sequence[Notification]:
    """Pushes that ended otherwise than sent and that a person may requeue."""
    statement = sa.select(Notification).where(Notification.push_state.in_(PARKED))
    return session.scalars(statement.order_by(Notification.created_at.desc()).limit(limit)).all()


def parked_counts(session: Session) -> dict[str, int]:
    """State → how many pushes ended there and wait for a person."""
    statement = sa.select(Notification.push_state, sa.func.count()).where(Notification.push_state.in_(PARKED))
    return {row[0]: row[1] for row in session.execute(statement.group_by(Notification.push_state))}


def held(session: Session, *, now: dt.datetime) -> int:
    """Pushes that wait for a channel, or for the end of the night."""
    statement = sa.select(sa.func.count()).where(Notification.push_state == PENDING, Notification.next_at > now)
    return session.scalar(statement) or 0


def of_issue(session: Session, issue_id: str) -> Sequence[Notification]:
    """Every notice about an issue, newest first."""
    statement = sa.select(Notification).where(Notification.issue_id == issue_id)
    return session.scalars(statement.order_by(Notification.created_at.desc(), Notification.id.desc())).all()


def last_district(session: Session, account_id: str) -> str | None:
    """The district that last wrote to the account."""
    statement = sa.select(Notification.district_id).where(Notification.account_id == account_id)
    return session.scalar(statement.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(1))
