"""Questions about waiting and parked events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.outbox.models import PARKED, PENDING, OutboxRow


def parked(session: Session, limit: int = 100) -> Sequence[OutboxRow]:
    return session.scalars(
        sa.select(OutboxRow).where(OutboxRow.state == PARKED).order_by(OutboxRow.id).limit(limit)
    ).all()


def has_due(session: Session, *, now: dt.datetime) -> bool:
    due = sa.select(OutboxRow.id).where(OutboxRow.state == PENDING, OutboxRow.next_at <= now)
    return session.scalar(due.limit(1)) is not None


def oldest_age(session: Session, *, now: dt.datetime) -> float:
    """Seconds the oldest due event has been waiting; 0 when none is."""
    oldest = session.scalar(sa.select(sa.func.min(OutboxRow.next_at)).where(OutboxRow.state == PENDING))
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
