"""A notification is a row in the inbox first; a push is a copy with a named end state."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, UtcDateTime
from service.ids import new_id

PENDING, SENDING = "pending", "sending"
SENT, REFUSED, FAILED, UNKNOWN, NO_CONSENT, NO_CHANNEL = (
    "sent",
    "refused",
    "failed",
    "unknown",
    "no_consent",
    "no_channel",
)
FINAL = (SENT, REFUSED, FAILED, UNKNOWN, NO_CONSENT, NO_CHANNEL)


class Notification(Base):
    """``title`` and ``body`` never hold the complaint's text or a name (lock-screen privacy, rulebook §12)."""

    __tablename__ = "notifications"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "dedupe_key", name="uq_notifications_dedupe"),
        sa.Index("ix_notifications_inbox", "account_id", "created_at", "id"),
        sa.Index(
            "ix_notifications_due",
            "next_at",
            postgresql_where=sa.text("push_state in ('pending', 'sending')"),
            sqlite_where=sa.text("push_state in ('pending', 'sending')"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str | None] = mapped_column(sa.String(12))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    dedupe_key: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(30))
    title: Mapped[str] = mapped_column(sa.String(80))
    body: Mapped[str] = mapped_column(sa.String(300))
    issue_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    reference: Mapped[str | None] = mapped_column(sa.String(24))
    due_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    push_state: Mapped[str] = mapped_column(sa.String(12), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.String(200))
    pushed_at: Mapped[dt.datetime | None]
    consent_taken: Mapped[bool] = mapped_column(default=False)


class SubscriptionCredit(Base):
    """How many more messages of a template an account has agreed to get (one tap = one message, rulebook §7.5)."""

    __tablename__ = "subscription_credits"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    template_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    remaining: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
