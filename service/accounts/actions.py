"""What an account's owner decides, and what the operator may do to it. None of these commits."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import leaving, queries, sessions, trail
from service.accounts.desk_models import BindingRequest, DeskTicket
from service.accounts.models import Account, AccountSession, GrantRow, Identity, Invitation, PolicyConsent
from service.calendar.workdays import SHANGHAI, local_date
from service.errors import Forbidden


def rename(session: Session, account: Account, display_name: str | None) -> None:
    """:raises Forbidden: for deputies and staff, whose name is the one they were invited with."""
    if queries.grants(session, account.id):
        raise Forbidden("工作身份的姓名由邀请单位登记，不能自行修改。")
    account.display_name = display_name


def record_consent(
    session: Session, account_id: str, *, document: str, version: str, accepted: bool, now: dt.datetime
) -> PolicyConsent:
    """Append a decision about a text; earlier ones stay as evidence (PIPL Art. 15, 17). Only the day is kept."""
    today = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    consent = PolicyConsent(account_id=account_id, document=document, version=version, accepted=accepted, at=today)
    session.add(consent)
    return consent


def lock(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """No sign-in any more, and every device signed out."""
    queries.account(session, account_id).locked_at = now
    sessions.revoke_all(session, account_id, now=now)


def unlock(session: Session, account_id: str) -> None:
    queries.account(session, account_id).locked_at = None


def erase(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """Erase who this was: identities, names, phones and sessions go, roles end; an empty account row stays.

    Rulebook §9.8 and §11: what the account submitted is kept without its author. That is done by the contexts that hold
    it, called by the edge in the same transaction (``miniprogram_api.me.ERASERS``). The same WeChat user who comes back
    afterwards is a new account.
    """
    account = queries.account(session, account_id)
    today = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    account.display_name = account.phone = account.phone_index = account.union_index = None
    account.erased_at = today
    for row in queries.grants(session, account_id):
        trail.record(
            session,
            trail.Access.ENDED,
            now=now,
            account_id=account_id,
            actor_id=account_id,
            district_id=row.district_id,
            data={"role": row.role, "reason": "注销账号"},
        )
    session.execute(sa.delete(Identity).where(Identity.account_id == account_id))
    session.execute(sa.delete(AccountSession).where(AccountSession.account_id == account_id))
    revoked = sa.update(GrantRow).where(GrantRow.account_id == account_id, GrantRow.revoked_at.is_(None))
    session.execute(revoked.values(revoked_at=today))
    leaving.drop_desk(session, account_id)
    for table in (DeskTicket, BindingRequest):
        session.execute(sa.delete(table).where(table.account_id == account_id))
    session.execute(
        sa.update(Invitation).where(Invitation.used_by == account_id).values(person_name="已注销", phone_index="")
    )
