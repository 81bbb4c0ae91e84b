"""Binding without WeChat's phone number (H5): whoever was invited asks, somebody who knows them confirms (rulebook §9.8).

Who that is depends on places and stands in ``service/stations/offices.py``; here is only what happens.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import binding, queries, trail
from service.accounts.desk_models import BindingRequest
from service.accounts.models import Account, GrantRow, Invitation
from service.errors import Conflict, Forbidden, Invalid, NotFound

VALID_FOR = dt.timedelta(days=7)
CONFIRMED, REFUSED, EXPIRED = "confirmed", "refused", "expired"
GONE = "没有找到这个绑定申请，可能已经处理或者过期。"
YOURSELF = "不能确认自己的申请，请由其他工作人员确认。"


def request_binding(
    session: Session, account: Account, *, invitation_code: str, phone: str, now: dt.datetime
) -> BindingRequest:
    """Ask to be confirmed; asked again by the same account, it is the same request.

    ``phone``: typed, so it proves nothing by itself; it must be the registered one, and wrong ones wear the code out.

    :raises Invalid: as :func:`service.accounts.binding.bind`, also when another account's request is waiting.
    """
    invitation = binding.open_invitation(session, invitation_code, phone, field="phone", now=now)
    waiting = session.scalar(
        sa.select(BindingRequest).where(BindingRequest.invitation_id == invitation.id, BindingRequest.outcome.is_(None))
    )
    if waiting is not None and waiting.expires_at <= now:
        waiting.outcome, waiting.decided_at = EXPIRED, now
        session.flush()
        waiting = None
    if waiting is not None:
        if waiting.account_id == account.id:
            return waiting
        raise Invalid(binding.REFUSED, code="invitation_refused", fields={"invitation_code": binding.REFUSED})
    row = BindingRequest(
        invitation_id=invitation.id,
        account_id=account.id,
        district_id=invitation.district_id,
        phone=binding.clean_phone(phone),
        requested_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(row)
    session.flush()
    _note(session, trail.Access.REQUESTED, row, invitation, actor_id=account.id, now=now)
    return row


def open_requests(*, now: dt.datetime) -> sa.Select[BindingRequest, Invitation]:
    """Waiting requests with their invitations; the caller narrows them down to what may be seen."""
    return (
        sa.select(BindingRequest, Invitation)
        .join(Invitation, Invitation.id == BindingRequest.invitation_id)
        .where(BindingRequest.outcome.is_(None), BindingRequest.expires_at > now)
        .order_by(BindingRequest.requested_at, BindingRequest.id)
    )


def confirm(session: Session, request_id: str, *, actor_id: str, now: dt.datetime) -> GrantRow:
    """The person is who was invited: the role is theirs.

    :raises NotFound: when nothing waits.  :raises Forbidden: for one's own.  :raises Conflict: already bound.
    """
    row, invitation = _waiting(session, request_id, actor_id, now)
    if invitation.used_at is not None:
        raise Conflict("这个邀请已经使用过了。", code="invitation_used")
    account = queries.account(session, row.account_id)
    row.outcome, row.decided_at, row.decided_by = CONFIRMED, now, actor_id
    granted = binding.use(session, invitation, account, phone=row.phone, now=now)
    _note(session, trail.Access.CONFIRMED, row, invitation, actor_id=actor_id, now=now)
    return granted


def refuse(session: Session, request_id: str, *, actor_id: str, reason: str, now: dt.datetime) -> str:
    """It is somebody else: the invitation is dead as well. Returns the account that asked.

    :raises NotFound: when nothing waits.  :raises Forbidden: for one's own.
    """
    row, invitation = _waiting(session, request_id, actor_id, now)
    row.outcome, row.decided_at, row.decided_by = REFUSED, now, actor_id
    invitation.failed_attempts = binding.MAX_FAILED_ATTEMPTS
    session.flush()
    _note(session, trail.Access.REFUSED, row, invitation, actor_id=actor_id, now=now, reason=reason)
    return row.account_id


def _waiting(session: Session, request_id: str, actor_id: str, now: dt.datetime) -> tuple[BindingRequest, Invitation]:
    row = session.get(BindingRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.outcome is not None or row.expires_at <= now:
        raise NotFound(GONE)
    if row.account_id == actor_id:
        raise Forbidden(YOURSELF)
    invitation = session.get_one(Invitation, row.invitation_id, with_for_update=True, populate_existing=True)
    return row, invitation


def _note(
    session: Session,
    kind: trail.Access,
    row: BindingRequest,
    invitation: Invitation,
    *,
    actor_id: str,
    now: dt.datetime,
    reason: str | None = None,
) -> None:
    trail.record(
        session,
        kind,
        now=now,
        account_id=row.account_id,
        actor_id=actor_id,
        district_id=row.district_id,
        data={"role": invitation.role, "request": row.id, "reason": reason},
    )
