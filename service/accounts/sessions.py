"""Signing in and out. Tokens are kept as digests; rows hold days, not moments, so that none joins a person to an act.

An anonymous resident's guest session and their issue would otherwise share the second they were made in (contract,
``receipt_only``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Account, AccountSession, GrantRow
from service.accounts.roles import IDLE_STEP
from service.calendar.workdays import SHANGHAI, local_date
from service.db import rows_changed
from service.errors import NotFound
from service.ids import new_id, new_token, token_digest

GUEST, MINIPROGRAM, OFFICIAL = "guest", "wechat_miniprogram", "wechat_official"
DESK_QR, PASSWORD = "desk_qr", "password"
DESK = frozenset({DESK_QR, PASSWORD})
"""Ways to sign in at a desk (工作台): a shared room and a big screen, hence the short life below."""

WECHAT = frozenset({MINIPROGRAM, OFFICIAL})
LIFE = dt.timedelta(days=30)
WORK_LIFE = dt.timedelta(days=7)
"""On the phone of somebody with a work role: who finds it unlocked finds other people's matters. Both ways to sign in with
WeChat are silent, so the same person notices nothing."""
DESK_LIFE = dt.timedelta(hours=12)
DESK_IDLE = dt.timedelta(minutes=30)
"""Constants, not parameters: security baseline of the rulebook (§7.3, session timeout), the same in every district.
One working day with overtime; half an hour is a visitor at the counter, and a screen left alone over lunch is closed."""

LABELS = {GUEST: "手机网页", OFFICIAL: "手机网页", MINIPROGRAM: "微信小程序", DESK_QR: "工作台", PASSWORD: "工作台"}
"""What kind of device, as its owner sees it. Nothing finer is known: no browser, no model, no address is kept."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The one moment at which a token is readable."""

    account_id: str
    token: str
    expires_at: dt.datetime


def expiry(now: dt.datetime, life: dt.timedelta = LIFE) -> dt.datetime:
    """``life`` from now, on to the following midnight in China: an exact expiry would tell the exact beginning."""
    midnight = dt.datetime.combine(local_date(now + life) + dt.timedelta(days=1), dt.time(), SHANGHAI)
    return midnight.astimezone(dt.UTC)


def create_guest(session: Session, *, now: dt.datetime) -> SignedIn:
    """A new account known by nothing but its token."""
    account = Account(id=new_id(), created_on=local_date(now))
    session.add(account)
    session.flush()
    return open_session(session, account.id, provider=GUEST, now=now)


def open_session(session: Session, account_id: str, *, provider: str, now: dt.datetime) -> SignedIn:
    """A session for an account whose owner was just recognised."""
    works = provider in WECHAT and session.scalar(_WORKS, {"account": account_id})
    return _open(session, account_id, provider, expiry(now, WORK_LIFE if works else LIFE), now=now)


_WORKS = sa.select(sa.exists().where(GrantRow.account_id == sa.bindparam("account"), GrantRow.revoked_at.is_(None)))


def shorten(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """A work role was given: devices already signed in with WeChat stay so as long as one that signs in now."""
    until = expiry(now, WORK_LIFE)
    statement = sa.update(AccountSession).where(
        AccountSession.account_id == account_id,
        AccountSession.provider.in_(WECHAT),
        AccountSession.expires_at > until,
    )
    session.execute(statement.values(expires_at=until).execution_options(synchronize_session=False))


def open_desk_session(session: Session, account_id: str, *, provider: str, now: dt.datetime) -> SignedIn:
    """A session at a desk: over after :data:`DESK_IDLE` without use, and after :data:`DESK_LIFE` in any case."""
    return _open(session, account_id, provider, now + DESK_LIFE, now=now, idle_until=now + DESK_IDLE)


def _open(
    session: Session,
    account_id: str,
    provider: str,
    expires_at: dt.datetime,
    *,
    now: dt.datetime,
    idle_until: dt.datetime | None = None,
) -> SignedIn:
    token = new_token()
    session.add(
        AccountSession(
            token_digest=token_digest(token),
            account_id=account_id,
            provider=provider,
            created_on=local_date(now),
            expires_at=expires_at,
            idle_until=idle_until,
        )
    )
    session.flush()
    return SignedIn(account_id, token, expires_at)


def keep_awake(session: Session, digest: str, *, now: dt.datetime) -> None:
    """A desk session is in use: its idle time begins anew. Asked for at most once a minute (``IDLE_STEP``)."""
    statement = sa.update(AccountSession).where(
        AccountSession.token_digest == digest, AccountSession.idle_until.between(now, now + DESK_IDLE - IDLE_STEP)
    )
    session.execute(statement.values(idle_until=now + DESK_IDLE).execution_options(synchronize_session=False))


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


def revoke_all(
    session: Session,
    account_id: str,
    *,
    providers: Collection[str] | None = None,
    but: str | None = None,
    now: dt.datetime,
) -> None:
    """Sign every device out, e.g. when a staff account is locked (rulebook §11, staff leaves).

    ``providers``: only those signed in that way. ``but``: the digest of the one session that stays.
    """
    statement = sa.update(AccountSession).where(
        AccountSession.account_id == account_id,
        AccountSession.revoked_at.is_(None),
        *([AccountSession.provider.in_(providers)] if providers is not None else []),
        *([AccountSession.token_digest != but] if but is not None else []),
    )
    session.execute(statement.values(revoked_at=_today(now)))


def revoke_work(session: Session, *, now: dt.datetime) -> int:
    """Sign out every device of everybody who holds a work role; how many devices."""
    workers = sa.select(GrantRow.account_id).where(GrantRow.revoked_at.is_(None))
    open_still = sa.update(AccountSession).where(
        AccountSession.account_id.in_(workers), AccountSession.revoked_at.is_(None)
    )
    ended = open_still.values(revoked_at=_today(now)).execution_options(synchronize_session=False)
    return rows_changed(session.execute(ended))


def _today(now: dt.datetime) -> dt.datetime:
    """The day, as a moment: a session row tells no exact times."""
    return dt.datetime.combine(local_date(now), dt.time(), SHANGHAI).astimezone(dt.UTC)
