"""Signing in at a desk by scanning a QR with a phone that is signed in (扫码登录): ticket, confirmation, one session.

Three secrets that never meet: the code in the QR opens the question on a phone, the ticket's id lets the browser ask how
it stands, and only the browser's own secret turns a confirmed ticket into a session. So a photo of the QR is worth
nothing to whoever took it; whoever it is sent to sees a check number and is asked whether their own screen shows it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import queries, sessions, trail
from service.accounts.desk_models import DeskTicket
from service.accounts.models import Account
from service.accounts.roles import Actor, Role
from service.accounts.sessions import SignedIn
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.ids import clean_code, crockford, new_id, new_token, token_digest

LIFE = dt.timedelta(minutes=2)
KEPT = dt.timedelta(days=1)
CODE_DIGITS = 16
OVER = "这个登录码已经使用或者过期，请在电脑上刷新后重新扫码。"
NO_WORK = "工作台供代表和工作人员使用。您还没有绑定工作身份，请先用邀请码绑定。"
OTHER_NUMBER = "核对数字与电脑上显示的不一致。如果不是您本人正在登录，请点“不是我”。"
NOT_READY = "还没有在手机上确认，或者登录码已经失效。请刷新后重新扫码。"


class TicketState(StrEnum):
    PENDING = "pending"  # 等待扫码确认
    CONFIRMED = "confirmed"  # 已在手机上确认
    REFUSED = "refused"  # 已在手机上拒绝
    EXPIRED = "expired"  # 已过期
    USED = "used"  # 已登录


@dataclass(frozen=True, slots=True)
class NewTicket:
    """The one moment at which code and secret are readable."""

    id: str
    code: str
    secret: str
    check_number: str
    expires_at: dt.datetime


def state_of(row: DeskTicket, now: dt.datetime) -> TicketState:
    if row.taken_at is not None:
        return TicketState.USED
    if row.refused_at is not None:
        return TicketState.REFUSED
    if row.expires_at <= now:
        return TicketState.EXPIRED
    return TicketState.PENDING if row.confirmed_at is None else TicketState.CONFIRMED


def issue(session: Session, *, now: dt.datetime) -> NewTicket:
    """A fresh ticket for a browser; those of yesterday go."""
    session.execute(sa.delete(DeskTicket).where(DeskTicket.expires_at < now - KEPT))
    ticket = NewTicket(
        id=new_id(),
        code=crockford(secrets.token_bytes(10), CODE_DIGITS),
        secret=new_token(),
        check_number=f"{secrets.randbelow(100):02d}",
        expires_at=now + LIFE,
    )
    session.add(
        DeskTicket(
            id=ticket.id,
            code_digest=token_digest(ticket.code),
            secret_digest=token_digest(ticket.secret),
            check_number=ticket.check_number,
            expires_at=ticket.expires_at,
        )
    )
    session.flush()
    return ticket


def by_id(session: Session, ticket_id: str) -> DeskTicket:
    """:raises NotFound: when there is no such ticket."""
    row = session.get(DeskTicket, ticket_id)
    if row is None:
        raise NotFound(OVER)
    return row


def scanned(session: Session, code: str, *, actor: Actor, now: dt.datetime, lock: bool = False) -> DeskTicket:
    """The ticket behind a scanned code, while it waits.

    :raises Forbidden: for who has no work role.  :raises NotFound: for one that is unknown, used or over.
    """
    if not actor.roles - {Role.RESIDENT}:
        raise Forbidden(NO_WORK, code="no_work_role")
    statement = sa.select(DeskTicket).where(DeskTicket.code_digest == token_digest(clean_code(code)))
    if lock:
        statement = statement.with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None or state_of(row, now) not in (TicketState.PENDING, TicketState.CONFIRMED):
        raise NotFound(OVER)
    if row.account_id not in (None, actor.account_id):
        raise NotFound(OVER)
    return row


def confirm(session: Session, code: str, *, check_number: str, actor: Actor, now: dt.datetime) -> None:
    """Yes, that is my screen. Twice by the same person is once.

    :raises Invalid: when the number is not the one on the screen; and as :func:`scanned`.
    """
    row = scanned(session, code, actor=actor, now=now, lock=True)
    if not hmac.compare_digest(row.check_number, check_number):
        raise Invalid(OTHER_NUMBER, code="other_number", fields={"check_number": OTHER_NUMBER})
    row.account_id = actor.account_id
    row.confirmed_at = row.confirmed_at or now


def refuse(session: Session, code: str, *, actor: Actor, now: dt.datetime) -> None:
    """No, that is not me: the ticket is dead. Also after confirming by mistake, as long as the browser has not used it.

    :raises NotFound: and :raises Forbidden: as :func:`scanned`.
    """
    row = scanned(session, code, actor=actor, now=now, lock=True)
    row.account_id, row.refused_at = actor.account_id, now


def take(session: Session, ticket_id: str, *, secret: str, now: dt.datetime) -> SignedIn:
    """The session for the browser that made the ticket, exactly once.

    :raises Invalid: for another secret, and while it is not confirmed.  :raises Conflict: the second time.
    :raises Forbidden: when the account holds no work role any more.
    """
    row = session.get(DeskTicket, ticket_id, with_for_update=True, populate_existing=True)
    if row is None or not hmac.compare_digest(row.secret_digest, token_digest(secret)):
        raise Invalid(NOT_READY, code="ticket_not_ready", fields={"ticket_id": NOT_READY})
    state = state_of(row, now)
    if state is TicketState.USED:
        raise Conflict(OVER, code="ticket_used")
    if state is not TicketState.CONFIRMED or row.account_id is None:
        raise Invalid(NOT_READY, code="ticket_not_ready", fields={"ticket_id": NOT_READY})
    account = session.get_one(Account, row.account_id)
    actor = queries.actor_for_account(session, account.id)
    if account.locked_at is not None or account.erased_at is not None or not actor.grants:
        raise Forbidden(NO_WORK, code="no_work_role")
    row.taken_at = now
    trail.record(
        session,
        trail.Access.DESK_QR,
        now=now,
        account_id=account.id,
        actor_id=account.id,
        district_id=actor.grants[0].district_id,
    )
    return sessions.open_desk_session(session, account.id, provider=sessions.DESK_QR, now=now)
