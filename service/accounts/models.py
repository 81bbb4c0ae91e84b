"""Accounts, how they sign in, what they may do, and what they agreed to. Desk work: ``desk_models.py``."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base, UtcDateTime
from service.ids import new_id


class Account(Base):
    """A person signed in, guest or bound. Dates only: an exact time would join an account to what it did anonymously.

    ``union_index``: blind index of the WeChat unionid. Unique, so that the database itself keeps one person one account.
    """

    __tablename__ = "accounts"
    __table_args__ = (sa.Index("uq_accounts_union_index", "union_index", unique=True),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    display_name: Mapped[str | None] = mapped_column(EncryptedText("account.display_name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("account.phone"))
    phone_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    union_index: Mapped[str | None] = mapped_column(sa.String(64))
    created_on: Mapped[dt.date]
    locked_at: Mapped[dt.datetime | None]
    erased_at: Mapped[dt.datetime | None]


class Identity(Base):
    """A way to sign in. The openid is needed for pushes, hence encrypted, with a blind index for look-up."""

    __tablename__ = "identities"
    __table_args__ = (sa.UniqueConstraint("provider", "subject_index", name="uq_identities_subject"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    provider: Mapped[str] = mapped_column(sa.String(30))
    subject: Mapped[str] = mapped_column(EncryptedText("identity.subject"))
    subject_index: Mapped[str] = mapped_column(sa.String(64))
    unionid: Mapped[str | None] = mapped_column(EncryptedText("identity.unionid"))


class AccountSession(Base):
    """A signed-in device. The bearer token is stored only as a digest; dates, not times (see :class:`Account`).

    Only desk sessions, which end within the day, have times: ``idle_until`` moves on while they are used.
    """

    __tablename__ = "account_sessions"

    token_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(26), unique=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    provider: Mapped[str] = mapped_column(sa.String(30))
    created_on: Mapped[dt.date]
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    idle_until: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class GrantRow(Base):
    """One role in one place, from a day to a day; the scope column of ``roles.SCOPE_FIELD`` is filled."""

    __tablename__ = "grants"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    district_id: Mapped[str] = mapped_column(sa.String(12), index=True)
    township_code: Mapped[str | None] = mapped_column(sa.String(12), index=True)
    station_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    unit_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    deputy_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    granted_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Invitation(Base):
    """A registered phone that may bind to a role: the code (as digest) and that phone, never self-claim (rulebook §9.8)."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    code_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    phone_index: Mapped[str] = mapped_column(sa.String(64))
    person_name: Mapped[str] = mapped_column(EncryptedText("invitation.person_name"))
    role: Mapped[str] = mapped_column(sa.String(20))
    district_id: Mapped[str] = mapped_column(sa.String(12))
    township_code: Mapped[str | None] = mapped_column(sa.String(12))
    station_id: Mapped[str | None] = mapped_column(sa.String(26))
    unit_id: Mapped[str | None] = mapped_column(sa.String(26))
    deputy_id: Mapped[str | None] = mapped_column(sa.String(26))
    expires_at: Mapped[dt.datetime]
    failed_attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[str | None] = mapped_column(sa.String(26))


class PolicyConsent(Base):
    """A version of a text (privacy policy) an account accepted or withdrew."""

    __tablename__ = "policy_consents"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    document: Mapped[str] = mapped_column(sa.String(30))
    version: Mapped[str] = mapped_column(sa.String(20))
    accepted: Mapped[bool]
    at: Mapped[dt.datetime]
