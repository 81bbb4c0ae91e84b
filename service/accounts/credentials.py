"""Signing in at a desk with login, password and one-time code (密码加动态码), for whoever cannot scan.

Hashing takes a tenth of a second: it happens before the transaction, in the edge. What is right and what is wrong is
decided here, under lock, and written down either way. A login that does not exist is answered like a wrong password.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service import crypto
from service.accounts import attempts, one_time, queries, sessions, trail
from service.accounts.desk_models import DeskCredential, RecoveryCode
from service.accounts.models import Account
from service.accounts.roles import Grant
from service.accounts.sessions import SignedIn
from service.db import rows_changed
from service.errors import Forbidden, Invalid, NotFound
from service.ids import clean_code, token_digest

REFUSED = "登录名、密码或者动态码不正确。"
WRONG_PASSWORD = "现在的密码不正确。"
NO_PASSWORD = "您还没有设置密码登录，请联系管理员领取设置码。"
NO_ROLE = "您的工作身份已经解除，不能登录工作台。"
_NOBODYS_SECRET = one_time.new_secret()


@dataclass(frozen=True, slots=True)
class Found:
    """What a login leads to; empty when there is no such login."""

    account_id: str | None = None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed, and whether the password fits what was found. ``address``: where from, for counting."""

    login: str
    address: str | None
    found: Found
    password_fits: bool
    otp: str = ""


def login_index(login: str) -> str:
    return crypto.ring().blind_index(clean_login(login), "desk.login")


def clean_login(login: str) -> str:
    return login.strip().lower()


def look_up(session: Session, login: str, *, address: str | None, now: dt.datetime) -> Found:
    """:raises TooMany: while the login or the address has to wait."""
    attempts.refuse_blocked(session, attempts.counters(clean_login(login), address), now=now)
    row = session.scalar(sa.select(DeskCredential).where(DeskCredential.login_index == login_index(login)))
    return Found() if row is None else Found(row.account_id, row.password_hash)


def sign_in(session: Session, attempt: Attempt, *, now: dt.datetime) -> SignedIn:
    """A desk session, when password and one-time code are right.

    :raises Invalid: when anything is wrong, always in the same words; the failure is counted (``keep_changes``).
    :raises TooMany: while the login or the address has to wait.  :raises Forbidden: locked, or no work role any more.
    """
    counted = attempts.counters(clean_login(attempt.login), attempt.address)
    attempts.refuse_blocked(session, counted, now=now, lock=True)
    row = _credential(session, attempt.found)
    second = _second_factor(session, row, attempt.otp, believe=attempt.password_fits, now=now)
    if row is None or not attempt.password_fits or not second:
        _failed(session, attempt, counted, now)
        raise _refusal(REFUSED, "password")
    attempts.succeed(session, clean_login(attempt.login))
    grants = _work(session, row.account_id)
    trail.record(
        session,
        trail.Access.DESK_PASSWORD,
        now=now,
        account_id=row.account_id,
        actor_id=row.account_id,
        district_id=grants[0].district_id,
        data={"recovery": second == RECOVERY},
    )
    return sessions.open_desk_session(session, row.account_id, provider=sessions.PASSWORD, now=now)


TOTP, RECOVERY = "totp", "recovery"


def _credential(session: Session, found: Found) -> DeskCredential | None:
    """Locked; None as well when the password was changed since it was looked up."""
    row = session.scalar(
        sa.select(DeskCredential)
        .where(DeskCredential.account_id == (found.account_id or ""))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row if row is not None and row.password_hash == found.password_hash else None


def _second_factor(
    session: Session, row: DeskCredential | None, otp: str, *, believe: bool, now: dt.datetime
) -> str | None:
    """How ``otp`` proved itself, used up; nothing is used up where the password was wrong (``believe``)."""
    digits = otp.strip().replace(" ", "")
    if len(digits) == one_time.DIGITS and digits.isascii() and digits.isdigit():
        secret, last = (row.totp_secret, row.totp_last_step) if row else (_NOBODYS_SECRET, 0)
        step = one_time.step_of(secret, digits, now=now, after=last)
        if row is None or step is None or not believe:
            return None
        row.totp_last_step = step
        return TOTP
    return RECOVERY if row is not None and believe and _use_recovery(session, row.account_id, otp, now) else None


def _use_recovery(session: Session, account_id: str, code: str, now: dt.datetime) -> bool:
    mine = sa.update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_digest == token_digest(clean_code(code)),
        RecoveryCode.used_at.is_(None),
    )
    done = session.execute(mine.values(used_at=now).execution_options(synchronize_session=False))
    return rows_changed(done) > 0


def _failed(session: Session, attempt: Attempt, counted: list[attempts.Counter], now: dt.datetime) -> None:
    attempts.fail(session, counted, now=now)
    trail.record(
        session,
        trail.Access.DESK_FAILED,
        now=now,
        account_id=attempt.found.account_id,
        actor_id=None,
        district_id=None,
    )


def _refusal(sentence: str, field: str) -> Invalid:
    refusal = Invalid(sentence, code="sign_in_refused", fields={field: sentence})
    refusal.keep_changes = True
    return refusal


def _work(session: Session, account_id: str) -> tuple[Grant, ...]:
    """The roles of the account.

    :raises Forbidden: when it is locked, or holds none any more.
    """
    account = session.get_one(Account, account_id)
    grants = queries.actor_for_account(session, account_id).grants
    if account.locked_at is not None or account.erased_at is not None or not grants:
        raise Forbidden(NO_ROLE, code="no_work_role")
    return grants


def own(session: Session, account_id: str) -> tuple[str, Found]:
    """The account's own login, and what it leads to, for changing the password.

    :raises NotFound: when it has no password.
    """
    row = session.get(DeskCredential, account_id)
    if row is None:
        raise NotFound(NO_PASSWORD)
    return row.login, Found(row.account_id, row.password_hash)


def change_password(
    session: Session, attempt: Attempt, *, new_hash: str, keep_session: str | None, now: dt.datetime
) -> None:
    """Another password; every other desk session ends.

    :raises Invalid: when the present one is wrong; counted like a failed sign-in.  :raises TooMany: as :func:`sign_in`.
    """
    counted = attempts.counters(clean_login(attempt.login), attempt.address)
    attempts.refuse_blocked(session, counted, now=now, lock=True)
    row = _credential(session, attempt.found)
    if row is None or not attempt.password_fits:
        _failed(session, attempt, counted, now)
        raise _refusal(WRONG_PASSWORD, "current_password")
    attempts.succeed(session, clean_login(attempt.login))
    row.password_hash, row.changed_at = new_hash, now
    sessions.revoke_all(session, row.account_id, providers=sessions.DESK, but=keep_session, now=now)
    trail.record(
        session,
        trail.Access.PASSWORD_CHANGED,
        now=now,
        account_id=row.account_id,
        actor_id=row.account_id,
        district_id=_work(session, row.account_id)[0].district_id,
    )
