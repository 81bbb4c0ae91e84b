"""Tables of the outbox and of answered requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedJson
from service.db import Base, BigId, UtcDateTime

PENDING, DONE, PARKED = "pending", "done", "parked"


class OutboxRow(Base):
    """One event. Neither an actor nor an exact time is needed, so that a secret ballot can use it too."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_due",
            "next_at",
            "id",
            postgresql_where=sa.text("state = 'pending'"),
            sqlite_where=sa.text("state = 'pending'"),
        ),
        sa.CheckConstraint("state in ('pending', 'done', 'parked')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    district_id: Mapped[str | None] = mapped_column(sa.String(12))
    event: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(sa.String(10), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    handled_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)


class AnsweredRequest(Base):
    """The answer to a request with an Idempotency-Key. Digests are keyed: a dump joins no request to an account."""

    __tablename__ = "answered_requests"

    key_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    body_digest: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int | None]
    answer: Mapped[Any | None] = mapped_column(EncryptedJson("answered_request.answer"))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
