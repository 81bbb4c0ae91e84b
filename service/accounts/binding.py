"""How one becomes deputy or staff: an invitation made out to a phone, and WeChat showing that phone (rulebook §9.8).

Never by self-claim. A second device needs nothing: the same openid signs in to the same account. Where WeChat cannot
show the phone, somebody who knows the person confirms instead (``confirming.py``).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service import crypto
from service.accounts import sessions, trail
from service.accounts.models import Account, GrantRow, Invitation
from service.accounts.roles import SCOPE_FIELD, Grant, Role
from service.errors import Conflict, Invalid, NotFound
from service.ids import clean_code, crockford, grouped, token_digest

CODE_DIGITS = 12
VALID_FOR = dt.timedelta(days=14)
MAX_FAILED_ATTEMPTS = 5
REFUSED = "邀请码不正确、已使用或已过期，请联系邀请您的单位重新获取。"
OTHER_PHONE = "这个手机号与邀请时登记的不一致，请使用登记的手机号，或联系邀请您的单位。"
TWO_PHONES = (
    "这个微信已经用另一个手机号绑定了工作身份。换了手机号，请先在“我的身份”中解除原来的身份，再绑定新的；"
    "一个人的几个身份请用同一个手机号登记，可以请邀请您的单位更正。"
)
PHONE_DIGITS = 11


def invite(
    session: Session,
    grant: Grant,
    *,
    person_name: str,
    phone: str,
    now: dt.datetime,
    valid_for: dt.timedelta = VALID_FOR,
) -> str:
    """Register a phone for ``grant``; the returned code is shown once and stored as a digest.

    :raises Invalid: when the role's scope is missing, or another one is given.
    """
    _check_scope(grant)
    code = crockford(secrets.token_bytes(8), CODE_DIGITS)
    session.add(
        Invitation(
            code_digest=token_digest(code),
            phone_index=phone_index(phone),
            person_name=person_name,
            role=grant.role.value,
            district_id=grant.district_id,
            township_code=grant.township_code,
            station_id=grant.station_id,
            unit_id=grant.unit_id,
            deputy_id=grant.deputy_id,
            expires_at=now + valid_for,
            failed_attempts=0,
        )
    )
    session.flush()
    return grouped(code)


def _check_scope(grant: Grant) -> None:
    """Exactly the field of :data:`SCOPE_FIELD` is set: a role with a wider scope than meant must not exist."""
    if grant.role is Role.RESIDENT:
        raise Invalid("居民不需要邀请。")
    wanted = SCOPE_FIELD.get(grant.role)
    given = {name for name in set(SCOPE_FIELD.values()) if getattr(grant, name) is not None}
    if given != ({wanted} if wanted else set()):
        raise Invalid("角色的管辖范围不完整或多余。", fields={wanted or "scope": "请填写这个角色对应的范围。"})


def clean_phone(phone: str) -> str:
    """:raises Invalid: for anything but a mainland mobile number of 11 digits."""
    digits = phone.strip().replace(" ", "").replace("-", "").removeprefix("+86")
    if not (digits.isascii() and digits.isdigit() and len(digits) == PHONE_DIGITS):
        raise Invalid(fields={"phone": "请填写 11 位手机号。"})
    return digits


def phone_index(phone: str) -> str:
    """What phones are compared by; the same index stands on deputies."""
    return crypto.ring().blind_index(clean_phone(phone), "phone")


def bind(session: Session, account: Account, *, invitation_code: str, phone: str, now: dt.datetime) -> GrantRow:
    """Give ``account`` the role it was invited to.

    A wrong phone is counted on the invitation, and after five the code is dead: the edge commits that count although
    the answer is no.

    :raises Invalid: for a code that is unknown, used, expired or worn out, and for another phone.
    """
    invitation = open_invitation(session, invitation_code, phone, field="phone_code", now=now)
    row = use(session, invitation, account, phone=phone, now=now)
    trail.record(
        session,
        trail.Access.BOUND,
        now=now,
        account_id=account.id,
        actor_id=account.id,
        district_id=row.district_id,
        data={"role": row.role},
    )
    return row


def open_invitation(session: Session, invitation_code: str, phone: str, *, field: str, now: dt.datetime) -> Invitation:
    """The invitation of that code, locked; ``field``: where the refusal of the phone is shown.

    :raises Invalid: as :func:`bind` does.
    """
    invitation = session.scalar(
        sa.select(Invitation)
        .where(Invitation.code_digest == token_digest(clean_code(invitation_code)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None or not _is_open(invitation, now):
        raise Invalid(REFUSED, code="invitation_refused", fields={"invitation_code": REFUSED})
    if invitation.phone_index != phone_index(phone):
        invitation.failed_attempts += 1
        refusal = Invalid(OTHER_PHONE, code="invitation_other_phone", fields={field: OTHER_PHONE})
        refusal.keep_changes = True
        raise refusal
    return invitation


def use(session: Session, invitation: Invitation, account: Account, *, phone: str, now: dt.datetime) -> GrantRow:
    """Spend ``invitation`` on ``account``.

    :raises Conflict: when the account holds exactly this role already, or works under another phone: the roles of a
        person are found by one, and one could not be ended by the other.
    """
    if account.phone_index not in (None, invitation.phone_index) and _works(session, account.id):
        raise Conflict(TWO_PHONES, code="another_work_phone")
    invitation.used_at, invitation.used_by = now, account.id
    account.phone, account.phone_index = clean_phone(phone), invitation.phone_index
    account.display_name = invitation.person_name
    return grant(session, account.id, _grant_of(invitation), now=now)


def _works(session: Session, account_id: str) -> bool:
    active = sa.select(GrantRow.id).where(GrantRow.account_id == account_id, GrantRow.revoked_at.is_(None))
    return session.scalar(active.limit(1)) is not None


def _is_open(invitation: Invitation, now: dt.datetime) -> bool:
    worn_out = invitation.failed_attempts >= MAX_FAILED_ATTEMPTS
    return invitation.used_at is None and invitation.expires_at > now and not worn_out


def _grant_of(invitation: Invitation) -> Grant:
    return Grant(
        Role(invitation.role),
        invitation.district_id,
        invitation.township_code,
        invitation.station_id,
        invitation.unit_id,
        invitation.deputy_id,
    )


def grant(session: Session, account_id: str, given: Grant, *, now: dt.datetime) -> GrantRow:
    """Add a role.

    :raises Conflict: when the account holds exactly this role already.
    """
    fields = {
        "role": given.role.value,
        "district_id": given.district_id,
        "township_code": given.township_code,
        "station_id": given.station_id,
        "unit_id": given.unit_id,
        "deputy_id": given.deputy_id,
    }
    statement = sa.select(GrantRow).filter_by(account_id=account_id, revoked_at=None, **fields)
    if session.scalar(statement) is not None:
        raise Conflict("这个账号已经有这个身份了，无需重复绑定。", code="already_bound")
    row = GrantRow(account_id=account_id, granted_at=now, **fields)
    session.add(row)
    session.flush()
    sessions.shorten(session, account_id, now=now)
    return row


def move_station(session: Session, closed_id: str, *, into: str, roles: Collection[Role], now: dt.datetime) -> None:
    """Who works at a station that merges works at ``into`` from now on, and whoever is invited will. A role held at both
    stays once: ended later, it must not live on in a second row."""
    mine = sa.select(GrantRow).where(
        GrantRow.station_id.in_((closed_id, into)), GrantRow.role.in_(roles), GrantRow.revoked_at.is_(None)
    )
    rows = session.scalars(mine.order_by(GrantRow.id).with_for_update()).all()
    held = {(row.account_id, row.role) for row in rows if row.station_id == into}
    for row in (row for row in rows if row.station_id == closed_id):
        if (row.account_id, row.role) in held:
            row.revoked_at = now
        else:
            row.station_id = into
    invited = sa.update(Invitation).where(Invitation.station_id == closed_id, Invitation.used_at.is_(None))
    session.execute(invited.values(station_id=into).execution_options(synchronize_session=False))
    session.flush()


def revoke_grant(session: Session, grant_id: str, *, now: dt.datetime) -> None:
    """Unbind: the role ends today, its history stays (rulebook §11, staff leaves: disabled the same day).

    :raises NotFound: when there is no such active grant.
    """
    row = session.get(GrantRow, grant_id)
    if row is None or row.revoked_at is not None:
        raise NotFound("没有找到这个身份，可能已经解除。")
    row.revoked_at = now
