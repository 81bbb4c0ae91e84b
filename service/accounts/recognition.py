"""Whose account a WeChat identity opens: by openid, else by unionid, else a new one; and which accounts turn out to be one.

One person is one account: ``accounts.union_index`` is unique, so two first sights at once cannot make two. Who is
recognised may come as a guest, and what the guest owns then goes along.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import crypto
from service.accounts.models import Account, GrantRow, Identity
from service.calendar.workdays import local_date
from service.errors import Forbidden
from service.ids import new_id
from service.wechat import WeChatIdentity

ATTEMPTS = 4
LOCKED = "这个账号已停用。如有疑问，请联系所在的人大代表联络站。"


@dataclass(frozen=True, slots=True)
class Recognised:
    """``absorbs``: accounts that are this person's too; the edge moves what they own, then closes them."""

    account_id: str
    absorbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """An identity as it is looked up: blind indexes of openid and unionid."""

    identity: WeChatIdentity
    provider: str
    index: str
    union: str | None


class _Overtaken(Exception):
    """The accounts were joined by somebody else while this request waited for them: look again."""


def recognise(
    session: Session, identity: WeChatIdentity, *, provider: str, guest_id: str | None = None, now: dt.datetime
) -> Recognised:
    """The account of this person, made on first sight; safe when the first sight happens twice at once.

    ``identity`` comes from WeChat *before* the transaction: nothing may be held while the network is waited for.
    ``guest_id``: the account of the guest's session that came along; anything but a guest is left alone.

    :raises Forbidden: when an account of this person is locked.
    """
    ring = crypto.ring()
    union = ring.blind_index(identity.unionid, "account.union") if identity.unionid else None
    seen = _Seen(identity, provider, ring.blind_index(identity.openid, f"identity.{provider}"), union)
    guest = _guest(session, guest_id)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with session.begin_nested():
                found = _find(session, seen, guest, now)
            break
        except (IntegrityError, _Overtaken):
            if attempt == ATTEMPTS:
                raise
    _refuse_locked(session, (found.account_id, *found.absorbs))
    return found


def _guest(session: Session, account_id: str | None) -> str | None:
    """The account if it is a guest's, locked: no identity, no role, not closed. Two at once wait for each other here."""
    if account_id is None:
        return None
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.erased_at is not None or account.locked_at is not None:
        return None
    bound = sa.select(Identity.id).where(Identity.account_id == account_id).limit(1)
    worked = sa.select(GrantRow.id).where(GrantRow.account_id == account_id).limit(1)
    return None if session.scalar(bound) or session.scalar(worked) else account_id


def _find(session: Session, seen: _Seen, guest: str | None, now: dt.datetime) -> Recognised:
    """:raises IntegrityError: and :class:`_Overtaken` when somebody else was quicker; looking again finds their work."""
    row = session.scalar(
        sa.select(Identity)
        .where(Identity.provider == seen.provider, Identity.subject_index == seen.index)
        .execution_options(populate_existing=True)
    )
    person = session.scalar(sa.select(Account.id).where(Account.union_index == seen.union)) if seen.union else None
    if row is None and person is None:
        return Recognised(_first_sight(session, seen, guest, now))
    if row is None:
        session.add(_new_identity(str(person), seen))
        session.flush()
        return _with_guest(str(person), (), guest)
    if person is None or person == row.account_id:
        _remember_union(session, row, seen)
        return _with_guest(row.account_id, (), guest)
    kept, closed = _survivor(session, row.account_id, person)
    return _with_guest(kept, (closed,), guest)


def _with_guest(account_id: str, absorbs: tuple[str, ...], guest: str | None) -> Recognised:
    known = {account_id, *absorbs, None}
    return Recognised(account_id, absorbs if guest in known else (*absorbs, str(guest)))


def _first_sight(session: Session, seen: _Seen, guest: str | None, now: dt.datetime) -> str:
    """A guest's account becomes this person's; without one, a new account."""
    if guest is None:
        account = Account(id=new_id(), created_on=local_date(now))
        session.add(account)
    else:
        account = session.get_one(Account, guest)
    account.union_index = seen.union
    session.flush()
    session.add(_new_identity(account.id, seen))
    session.flush()
    return account.id


def _new_identity(account_id: str, seen: _Seen) -> Identity:
    return Identity(
        account_id=account_id,
        provider=seen.provider,
        subject=seen.identity.openid,
        subject_index=seen.index,
        unionid=seen.identity.unionid,
    )


def _remember_union(session: Session, row: Identity, seen: _Seen) -> None:
    """WeChat tells the unionid only once the applications are bound together, or the user agreed."""
    if seen.union is None:
        return
    if row.unionid != seen.identity.unionid:
        row.unionid = seen.identity.unionid
    account = session.get_one(Account, row.account_id)
    if account.union_index is None:
        account.union_index = seen.union
    session.flush()


def _survivor(session: Session, one: str, other: str) -> tuple[str, str]:
    """(kept, closed) of two accounts of one person: who holds a role stays, else the older one, else the smaller id.

    Both rows are locked in order of their ids, so that two who find this out at once do it one after the other.
    """
    statement = sa.select(Account).where(Account.id.in_((one, other))).order_by(Account.id)
    rows = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
    if any(row.erased_at is not None for row in rows):
        raise _Overtaken
    works = set(
        session.scalars(
            sa.select(GrantRow.account_id).where(GrantRow.account_id.in_((one, other)), GrantRow.revoked_at.is_(None))
        )
    )
    kept, closed = sorted(rows, key=lambda row: (row.id not in works, row.created_on, row.id))
    return kept.id, closed.id


def _refuse_locked(session: Session, account_ids: tuple[str, ...]) -> None:
    """A locked person is not let in by their other account."""
    for account in session.scalars(sa.select(Account).where(Account.id.in_(account_ids))):
        if account.locked_at is not None or account.erased_at is not None:
            raise Forbidden(LOCKED, code="account_locked")
