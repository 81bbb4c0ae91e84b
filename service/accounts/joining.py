"""Two accounts become one: what accounts themselves hold moves, the emptied one is closed. Never commits.

What other contexts hold is moved before by the edge, through its table of movers (``miniprogram_api/moving.py``).
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import leaving, trail
from service.accounts.desk_models import BindingRequest, DeskTicket
from service.accounts.models import Account, AccountSession, GrantRow, Identity, Invitation, PolicyConsent
from service.accounts.roles import SCOPE_FIELD
from service.calendar.workdays import SHANGHAI, local_date

_SAME_GRANT = ("role", "district_id", *sorted(set(SCOPE_FIELD.values())))


def absorb(session: Session, closed_id: str, *, into: str, now: dt.datetime) -> None:
    """Move identities, roles and consents of ``closed_id`` to ``into``; sign its devices out and close it."""
    closed, kept = session.get_one(Account, closed_id), session.get_one(Account, into)
    union = closed.union_index
    kept.display_name = kept.display_name or closed.display_name
    if kept.phone is None:
        kept.phone, kept.phone_index = closed.phone, closed.phone_index
    closed.display_name = closed.phone = closed.phone_index = closed.union_index = None
    closed.erased_at = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    session.flush()
    kept.union_index = kept.union_index or union
    for table in (Identity, PolicyConsent, BindingRequest, DeskTicket):
        session.execute(sa.update(table).where(table.account_id == closed_id).values(account_id=into))
    session.execute(sa.update(Invitation).where(Invitation.used_by == closed_id).values(used_by=into))
    session.execute(sa.delete(AccountSession).where(AccountSession.account_id == closed_id))
    _move_grants(session, closed_id, into, now)
    leaving.drop_desk(session, closed_id)
    session.flush()


def _move_grants(session: Session, closed_id: str, into: str, now: dt.datetime) -> None:
    """A role both held stays once; the other row ends, so that its history is kept."""
    active = sa.select(GrantRow).where(GrantRow.account_id.in_((closed_id, into)), GrantRow.revoked_at.is_(None))
    rows = session.scalars(active).all()
    held = {_key(row) for row in rows if row.account_id == into}
    for row in (row for row in rows if row.account_id == closed_id):
        if _key(row) in held:
            row.revoked_at = now
        trail.record(
            session,
            trail.Access.JOINED,
            now=now,
            account_id=into,
            actor_id=into,
            district_id=row.district_id,
            data={"role": row.role, "from": closed_id},
        )
    session.flush()
    session.execute(sa.update(GrantRow).where(GrantRow.account_id == closed_id).values(account_id=into))


def _key(row: GrantRow) -> tuple[str | None, ...]:
    return tuple(getattr(row, name) for name in _SAME_GRANT)
