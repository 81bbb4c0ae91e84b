"""What desk work adds to accounts: confirmed bindings, tickets, passwords, and the trail of all of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedJson, EncryptedText
from service.db import Base, UtcDateTime
from service.ids import new_id


class BindingRequest(Base):
    """Somebody with an invitation whose phone WeChat cannot show (H5): waits for a person who knows them (绑定申请)."""

    __tablename__ = "binding_requests"
    __table_args__ = (
        sa.Index(
            "uq_binding_requests_open",
            "invitation_id",
            unique=True,
            postgresql_where=sa.text("outcome is null"),
            sqlite_where=sa.text("outcome is null"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    invitation_id: Mapped[str] = mapped_column(sa.ForeignKey("invitations.id"))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    district_id: Mapped[str] = mapped_column(sa.String(12), index=True)
    phone: Mapped[str] = mapped_column(EncryptedText("binding_request.phone"))
    requested_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(26))


class DeskTicket(Base):
    """A QR on a desk's screen (登录码): made by a browser, confirmed on a phone, used once within two minutes."""

    __tablename__ = "desk_tickets"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    code_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    secret_digest: Mapped[str] = mapped_column(sa.String(64))
    check_number: Mapped[str] = mapped_column(sa.String(2))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    confirmed_at: Mapped[dt.datetime | None]
    refused_at: Mapped[dt.datetime | None]
    taken_at: Mapped[dt.datetime | None]


class DeskCredential(Base):
    """Login, password and one-time-code secret of an account that works at a desk."""

    __tablename__ = "desk_credentials"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    login: Mapped[str] = mapped_column(EncryptedText("desk_credential.login"))
    login_index: Mapped[str] = mapped_column(sa.String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    totp_secret: Mapped[str] = mapped_column(EncryptedText("desk_credential.totp_secret"))
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger)
    changed_at: Mapped[dt.datetime]


class DeskSetup(Base):
    """A one-time set-up code (设置码), and what was chosen with it until the first one-time code proves the phone works."""

    __tablename__ = "desk_setups"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    code_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    expires_at: Mapped[dt.datetime]
    failed_attempts: Mapped[int] = mapped_column(default=0)
    login: Mapped[str | None] = mapped_column(EncryptedText("desk_setup.login"))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("desk_setup.totp_secret"))


class RecoveryCode(Base):
    """One of ten codes (恢复码) for whoever lost the phone with the one-time codes; each works once."""

    __tablename__ = "desk_recovery_codes"

    code_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    used_at: Mapped[dt.datetime | None]


class SignInFailures(Base):
    """Failed password sign-ins of one login or one address, both as keyed digests; gone a day after the last one."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[dt.datetime | None]
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class AccessEvent(Base):
    """One line of the trail of work identities (身份与登录记录). Never a resident's; never a password, code or token.

    Each is a ledger chain of its own of one entry (``chain`` = ``id``) where a district is known; the district's chain
    orders them. ``actor_id``: who did it, None for the operator's commands and for unknown logins.
    """

    __tablename__ = "access_events"
    __table_args__ = (sa.Index("ix_access_events_account", "account_id", "at"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(sa.String(30))
    district_id: Mapped[str | None] = mapped_column(sa.String(12))
    account_id: Mapped[str | None] = mapped_column(sa.String(26))
    actor_id: Mapped[str | None] = mapped_column(sa.String(26))
    data: Mapped[Any | None] = mapped_column(EncryptedJson("access_event.data"))
