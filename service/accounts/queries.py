"""Who is asking, and who holds a role somewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Account, AccountSession, GrantRow, Identity, PolicyConsent
from service.accounts.roles import Actor, Grant, Role
from service.errors import NotFound
from service.ids import token_digest

MAX_TOKEN = 100
MINIPROGRAM_PROVIDER = "wechat_miniprogram"
_GRANT = (
    GrantRow.role,
    GrantRow.district_id,
    GrantRow.township_code,
    GrantRow.station_id,
    GrantRow.unit_id,
    GrantRow.deputy_id,
)


_BY_TOKEN = (
    sa.select(AccountSession.account_id, AccountSession.idle_until, *_GRANT)
    .join(Account, Account.id == AccountSession.account_id)
    .outerjoin(GrantRow, sa.and_(GrantRow.account_id == Account.id, GrantRow.revoked_at.is_(None)))
    .where(
        AccountSession.token_digest == sa.bindparam("digest"),
        AccountSession.revoked_at.is_(None),
        AccountSession.expires_at > sa.bindparam("now"),
        sa.or_(AccountSession.idle_until.is_(None), AccountSession.idle_until > sa.bindparam("now")),
        Account.locked_at.is_(None),
        Account.erased_at.is_(None),
    )
)
"""Built once, like every statement that a request always asks: building it costs twice what asking it does."""


def actor_for_token(session: Session, token: str, *, now: dt.datetime) -> Actor | None:
    """The person behind a bearer token with all roles, in one statement; None when it is unknown, expired or revoked.

    A locked or erased account is nobody, also on devices that were signed in before.
    """
    if not token.isascii() or len(token) > MAX_TOKEN:
        return None
    digest = token_digest(token)
    rows = session.connection().execute(_BY_TOKEN, {"digest": digest, "now": now}).all()
    if not rows:
        return None
    grants = tuple(_grant(row[2:]) for row in rows if row[2] is not None)
    return Actor(rows[0][0], grants, digest, idle_until=rows[0][1])


def actor_for_account(session: Session, account_id: str) -> Actor:
    """The same person without a device, for workers and commands."""
    statement = sa.select(*_GRANT).where(GrantRow.account_id == account_id, GrantRow.revoked_at.is_(None))
    return Actor(account_id, tuple(_grant(row) for row in session.execute(statement)))


def _grant(row: Sequence[str | None]) -> Grant:
    role, district_id, *scope = row
    return Grant(Role(str(role)), str(district_id), *scope)


def account(session: Session, account_id: str) -> Account:
    """:raises NotFound: when there is none, or it was erased."""
    found = session.get(Account, account_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    return found


def grants(session: Session, account_id: str) -> Sequence[GrantRow]:
    """Active grants, oldest first."""
    statement = sa.select(GrantRow).where(GrantRow.account_id == account_id, GrantRow.revoked_at.is_(None))
    return session.scalars(statement.order_by(GrantRow.granted_at, GrantRow.id)).all()


def open_sessions(session: Session, account_id: str, *, now: dt.datetime) -> Sequence[AccountSession]:
    """Signed-in devices, newest first."""
    statement = sa.select(AccountSession).where(
        AccountSession.account_id == account_id,
        AccountSession.revoked_at.is_(None),
        AccountSession.expires_at > now,
        sa.or_(AccountSession.idle_until.is_(None), AccountSession.idle_until > now),
    )
    return session.scalars(statement.order_by(AccountSession.expires_at.desc(), AccountSession.id)).all()


def ends_at(session: Session, digest: str) -> dt.datetime | None:
    """When that session ends, however much it is used; None when it is not there."""
    return session.scalar(sa.select(AccountSession.expires_at).where(AccountSession.token_digest == digest))


def consents(session: Session, account_id: str) -> Sequence[PolicyConsent]:
    """Everything ever accepted or withdrawn, in order of document and day."""
    statement = sa.select(PolicyConsent).where(PolicyConsent.account_id == account_id)
    return session.scalars(statement.order_by(PolicyConsent.document, PolicyConsent.at, PolicyConsent.version)).all()


def accounts_with(
    session: Session,
    role: Role,
    *,
    district_id: str,
    township_code: str | None = None,
    station_id: str | None = None,
    unit_id: str | None = None,
    deputy_id: str | None = None,
) -> list[str]:
    """Accounts that hold ``role`` there now: whom to notify. Locked and erased accounts are left out.

    Give the scope field the role is bound to (:data:`service.accounts.roles.SCOPE_FIELD`), none for district roles.
    """
    scope = {
        "township_code": township_code,
        "station_id": station_id,
        "unit_id": unit_id,
        "deputy_id": deputy_id,
    }
    given = {name: value for name, value in scope.items() if value is not None}
    return list(session.scalars(_holders(tuple(given)), {"role": role.value, "district_id": district_id, **given}))


@lru_cache(maxsize=16)
def _holders(scope: tuple[str, ...]) -> sa.Select[str]:
    return (
        sa.select(GrantRow.account_id)
        .join(Account, Account.id == GrantRow.account_id)
        .where(
            *(getattr(GrantRow, name) == sa.bindparam(name) for name in ("role", "district_id", *scope)),
            GrantRow.revoked_at.is_(None),
            Account.locked_at.is_(None),
            Account.erased_at.is_(None),
        )
        .distinct()
        .order_by(GrantRow.account_id)
    )


def openids(session: Session, account_ids: Collection[str]) -> dict[str, str]:
    """Account → mini-program openid, for pushes; accounts without one are missing."""
    statement = sa.select(Identity).where(
        Identity.account_id.in_(account_ids), Identity.provider == MINIPROGRAM_PROVIDER
    )
    return {row.account_id: row.subject for row in session.scalars(statement)}


def subject_indexes(session: Session, account_id: str) -> Sequence[str]:
    """Blind indexes of everything the account signs in with."""
    return session.scalars(sa.select(Identity.subject_index).where(Identity.account_id == account_id)).all()
