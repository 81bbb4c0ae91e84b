"""Signing in and out. Tokens are kept as digests; rows hold days, not moments, so that none joins a person to an act.

An anonymous resident's guest session and their issue would otherwise share the second they were made in (contract,
``receipt_only``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import crypto
from service.accounts.models import Account, AccountSession, Identity
from service.calendar.workdays import SHANGHAI, local_date
from service.errors import Forbidden, NotFound
from service.ids import new_id, new_token, token_digest
from service.wechat import WeChatIdentity

GUEST, MINIPROGRAM, OFFICIAL = "guest", "wechat_miniprogram", "wechat_official"
LIFE = dt.timedelta(days=30)
LOCKED = "这个账号已停用。如有疑问，请联系所在的人大代表联络站。"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The one moment at which a token is readable."""

    account_id: str
    token: str
    expires_at: dt.datetime


def expiry(now: dt.datetime) -> dt.datetime:
    """Thirty days from now, on to the following midnight in China: an exact expiry would tell the exact beginning."""
    midnight = dt.datetime.combine(local_date(now + LIFE) + dt.timedelta(days=1), dt.time(), SHANGHAI)
    return midnight.astimezone(dt.UTC)


def create_guest(session: Session, *, now: dt.datetime) -> SignedIn:
    """A new account known by nothing but its token."""
    account = Account(id=new_id(), created_on=local_date(now))
    session.add(account)
    session.flush()
    return open_session(session, account.id, provider=GUEST, now=now)


def sign_in_wechat(
    session: Session, identity: WeChatIdentity, *, provider: str = MINIPROGRAM, now: dt.datetime
) -> SignedIn:
    """The account of this openid, made on first sight; safe when the first sight happens twice at once.

    ``identity`` comes from WeChat *before* the transaction: nothing may be held while the network is waited for.

    :raises Forbidden: when the account is locked.
    """
    index = crypto.ring().blind_index(identity.openid, f"identity.{provider}")
    account_id = _account_of(session, provider, index) or _first_sight(session, identity, provider, index, now)
    account = session.get_one(Account, account_id)
    if account.locked_at is not None or account.erased_at is not None:
        raise Forbidden(LOCKED, code="account_locked")
    return open_session(session, account_id, provider=provider, now=now)


def _account_of(session: Session, provider: str, index: str) -> str | None:
    return session.scalar(
        sa.select(Identity.account_id).where(Identity.provider == provider, Identity.subject_index == index)
    )


def _first_sight(session: Session, identity: WeChatIdentity, provider: str, index: str, now: dt.datetime) -> str:
    try:
        with session.begin_nested():
            account = Account(id=new_id(), created_on=local_date(now))
            session.add(account)
            session.flush()
            session.add(
                Identity(
                    account_id=account.id,
                    provider=provider,
                    subject=identity.openid,
                    subject_index=index,
                    unionid=identity.unionid,
                )
            )
        return account.id
    except IntegrityError:
        found = _account_of(session, provider, index)
        if found is None:
            raise
        return found


def open_session(session: Session, account_id: str, *, provider: str, now: dt.datetime) -> SignedIn:
    """A session for an account whose owner was just recognised."""
    token = new_token()
    expires_at = expiry(now)
    session.add(
        AccountSession(
            token_digest=token_digest(token),
            account_id=account_id,
            provider=provider,
            created_on=local_date(now),
            expires_at=expires_at,
        )
    )
    session.flush()
    return SignedIn(account_id, token, expires_at)


def revoke(session: Session, account_id: str, session_id: str, *, now: dt.datetime) -> None:
    """Sign one of the account's own devices out.

    :raises NotFound: when it is not one of theirs, or already signed out.
    """
    row = session.scalar(
        sa.select(AccountSession).where(
            AccountSession.id == session_id,
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
        )
    )
    if row is None:
        raise NotFound("没有找到这个登录设备，可能已经退出。")
    row.revoked_at = _today(now)


def revoke_all(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """Sign every device out, e.g. when a staff account is locked (rulebook §11, staff leaves)."""
    statement = sa.update(AccountSession).where(
        AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None)
    )
    session.execute(statement.values(revoked_at=_today(now)))


def _today(now: dt.datetime) -> dt.datetime:
    """The day, as a moment: a session row tells no exact times."""
    return dt.datetime.combine(local_date(now), dt.time(), SHANGHAI).astimezone(dt.UTC)
