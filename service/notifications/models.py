"""A notification is a row in the inbox first; a push is a copy with a named end state."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, UtcDateTime
from service.ids import new_id

PENDING, SENDING = "pending", "sending"
"""Waiting (perhaps leased by a worker that has not begun it), and begun: whoever finds it begun knows not whether it left."""
SENT, DELIVERED, DIGESTED = "sent", "delivered", "digested"
REFUSED, INVALID, FAILED, UNKNOWN, NO_CONSENT, NO_CHANNEL = (
    "refused",
    "invalid",
    "failed",
    "unknown",
    "no_consent",
    "no_channel",
)
FINAL = (SENT, DELIVERED, DIGESTED, REFUSED, INVALID, FAILED, UNKNOWN, NO_CONSENT, NO_CHANNEL)
PARKED = (FAILED, REFUSED, INVALID, UNKNOWN)
"""What a person may look at and send again."""

GRANTED, RESERVED, SPENT, GIVEN_BACK, WITHDRAWN = "granted", "reserved", "spent", "given_back", "refused"
UNDONE = sa.text("push_state in ('pending', 'sending')")
WITH_MSGID = sa.text("msgid is not null")


class Notification(Base):
    """``title`` and ``body`` never hold the complaint's text or a name (lock-screen privacy, rulebook §12).

    ``channel`` and ``template_id``: how it is sent, or was; ``tried``: channels that refused it for good, by commas;
    ``carried_by``: the notification whose message (汇总) spoke of this one too.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "dedupe_key", name="uq_notifications_dedupe"),
        sa.Index("ix_notifications_inbox", "account_id", "created_at", "id"),
        sa.Index(
            "ix_notifications_due",
            "priority",
            "next_at",
            "id",
            postgresql_where=UNDONE,
            sqlite_where=UNDONE,
        ),
        sa.Index("ix_notifications_msgid", "msgid", postgresql_where=WITH_MSGID, sqlite_where=WITH_MSGID),
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
    priority: Mapped[int] = mapped_column(sa.SmallInteger, default=2)
    channel: Mapped[str | None] = mapped_column(sa.String(12))
    template_id: Mapped[str | None] = mapped_column(sa.String(64))
    msgid: Mapped[str | None] = mapped_column(sa.String(40))
    tried: Mapped[str] = mapped_column(sa.String(40), default="")
    carried_by: Mapped[str | None] = mapped_column(sa.String(26))


class SubscriptionCredit(Base):
    """How many more messages of a template an account has agreed to get (one tap = one message, rulebook §7.5).

    The running balance of :class:`ConsentEntry`: their changes added up.
    """

    __tablename__ = "subscription_credits"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    template_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    remaining: Mapped[int] = mapped_column(default=0)


class ConsentEntry(Base):
    """One line of the ledger of consents; only added to. ``change``: what it does to the balance.

    The day only, and a random id: people are asked when they submit, and an exact time, or an order, would join an account
    to what it submitted anonymously at that moment (ADR 0004).
    """

    __tablename__ = "consent_entries"
    __table_args__ = (sa.Index("ix_consent_entries_account", "account_id", "template_id", "on_day"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    template_id: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(10))
    change: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(10))
    notification_id: Mapped[str | None] = mapped_column(sa.String(26))
    on_day: Mapped[dt.date]


class ChannelPause(Base):
    """A channel that rests: its quota is used up, or our token is refused, or nobody answers. Staff see it in ``parked``."""

    __tablename__ = "channel_pauses"

    channel: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(200))
    failures: Mapped[int] = mapped_column(default=1)


class TextCount(Base):
    """Text messages (短信) of a day, of a district or of an account: they cost money and are limited."""

    __tablename__ = "text_counts"

    scope: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    sent: Mapped[int] = mapped_column(default=0)


def _table(model: type[Base]) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


NOTIFICATIONS, CREDITS, ENTRIES = _table(Notification), _table(SubscriptionCredit), _table(ConsentEntry)
"""For statements over many rows, which need no objects."""
