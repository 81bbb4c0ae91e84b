"""How a desk password begins (设置密码登录): a one-time set-up code, a login and password, and the first one-time code."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import leaving, one_time, queries, sessions, trail
from service.accounts.binding import phone_index
from service.accounts.credentials import clean_login, login_index
from service.accounts.desk_models import DeskCredential, DeskSetup, RecoveryCode
from service.accounts.models import Account, GrantRow
from service.errors import Invalid, NotFound
from service.ids import clean_code, crockford, grouped, token_digest

VALID_FOR = dt.timedelta(days=3)
CODE_DIGITS = 16
RECOVERY_CODES = 10
MAX_FAILED_ATTEMPTS = 5
REFUSED = "设置码不正确、已使用或者已过期，请联系管理员重新领取。"
TAKEN = "这个登录名已经有人使用，请换一个。"
WRONG_CODE = "动态码不正确。请确认手机时间准确，输入当前显示的 6 位数字。"
NOT_BEGUN = "请先设置登录名和密码。"
NO_STAFF = "没有找到用这个手机号绑定了工作身份的账号。"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the authenticator needs; shown once."""

    login: str
    secret: str
    address: str


def account_by_phone(session: Session, phone: str) -> str:
    """The bound account of that registered phone, for the operator's commands; of several the one bound last.

    :raises NotFound: when nobody with a work role registered it.
    """
    statement = (
        sa.select(Account.id)
        .join(GrantRow, sa.and_(GrantRow.account_id == Account.id, GrantRow.revoked_at.is_(None)))
        .where(Account.phone_index == phone_index(phone), Account.erased_at.is_(None))
        .order_by(GrantRow.granted_at.desc(), GrantRow.id)
        .limit(1)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound(NO_STAFF)
    return found


def issue_setup(
    session: Session, account_id: str, *, reset: bool = False, actor_id: str | None = None, now: dt.datetime
) -> str:
    """A set-up code, shown once; an earlier one is worthless then. ``reset``: what was set is gone at once.

    :raises NotFound: when the account holds no work role.
    """
    grants = queries.actor_for_account(session, account_id).grants
    if not grants:
        raise NotFound(NO_STAFF)
    if reset:
        leaving.drop_desk(session, account_id)
        sessions.revoke_all(session, account_id, providers=sessions.DESK, now=now)
        _note(session, trail.Access.CREDENTIALS_DROPPED, account_id, actor_id, now)
    session.execute(sa.delete(DeskSetup).where(DeskSetup.account_id == account_id))
    code = crockford(secrets.token_bytes(10), CODE_DIGITS)
    session.add(DeskSetup(code_digest=token_digest(code), account_id=account_id, expires_at=now + VALID_FOR))
    session.flush()
    _note(session, trail.Access.SETUP_ISSUED, account_id, actor_id, now)
    return grouped(code)


def begin(session: Session, code: str, *, login: str, password_hash: str, now: dt.datetime) -> Begun:
    """Choose login and password; may be done again with the same code until the first one-time code is right.

    :raises Invalid: for a code that is not open, and a login somebody else has.
    """
    row = _open(session, code, now)
    login = clean_login(login)
    taken = session.scalar(
        sa.select(DeskCredential.account_id).where(
            DeskCredential.login_index == login_index(login), DeskCredential.account_id != row.account_id
        )
    )
    if taken is not None:
        raise Invalid(TAKEN, code="login_taken", fields={"login": TAKEN})
    row.login, row.password_hash, row.totp_secret = login, password_hash, one_time.new_secret()
    session.flush()
    return Begun(login, row.totp_secret, one_time.address(row.totp_secret, login))


def finish(session: Session, code: str, *, otp: str, now: dt.datetime) -> list[str]:
    """The phone shows the right numbers: from now on password and one-time code sign in. Ten recovery codes, shown once.

    :raises Invalid: for a wrong one-time code (counted: after five the set-up code is dead), and a code that is not open.
    """
    row = _open(session, code, now)
    if row.login is None or row.password_hash is None or row.totp_secret is None:
        raise Invalid(NOT_BEGUN, code="setup_not_begun", fields={"setup_code": NOT_BEGUN})
    step = one_time.step_of(row.totp_secret, otp, now=now)
    if step is None:
        row.failed_attempts += 1
        refusal = Invalid(WRONG_CODE, code="wrong_one_time_code", fields={"otp": WRONG_CODE})
        refusal.keep_changes = True
        raise refusal
    account_id = row.account_id
    credential = DeskCredential(
        account_id=account_id,
        login=row.login,
        login_index=login_index(row.login),
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        totp_last_step=step,
        changed_at=now,
    )
    leaving.drop_desk(session, account_id)
    session.add(credential)
    sessions.revoke_all(session, account_id, providers=sessions.DESK, now=now)
    _note(session, trail.Access.CREDENTIALS_SET, account_id, account_id, now)
    return _recovery_codes(session, account_id)


def _recovery_codes(session: Session, account_id: str) -> list[str]:
    codes = [crockford(secrets.token_bytes(10), CODE_DIGITS) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_digest=token_digest(code), account_id=account_id) for code in codes)
    session.flush()
    return [grouped(code) for code in codes]


def _open(session: Session, code: str, now: dt.datetime) -> DeskSetup:
    row = session.scalar(
        sa.select(DeskSetup)
        .where(DeskSetup.code_digest == token_digest(clean_code(code)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    worn_out = row is None or row.failed_attempts >= MAX_FAILED_ATTEMPTS
    if row is None or worn_out or row.expires_at <= now:
        raise Invalid(REFUSED, code="setup_refused", fields={"setup_code": REFUSED})
    if not queries.actor_for_account(session, row.account_id).grants:
        raise Invalid(REFUSED, code="setup_refused", fields={"setup_code": REFUSED})
    return row


def _note(session: Session, kind: trail.Access, account_id: str, actor_id: str | None, now: dt.datetime) -> None:
    grants = queries.actor_for_account(session, account_id).grants
    district_id = grants[0].district_id if grants else None
    trail.record(session, kind, now=now, account_id=account_id, actor_id=actor_id, district_id=district_id)
