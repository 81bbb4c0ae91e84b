"""A work identity ends (解除身份): the same day, on every device, and written down (rulebook §11, staff leaves)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import sessions, trail
from service.accounts.binding import phone_index, revoke_grant
from service.accounts.desk_models import DeskCredential, DeskSetup, RecoveryCode
from service.accounts.models import Account, GrantRow
from service.accounts.roles import Role
from service.errors import Conflict, NotFound

LAST_HEAD = "您是这个联络站唯一的站长。解除后，待办事项由镇街人大安排接手。确认解除，请再点一次“仍要解除”。"


def end_grant(
    session: Session, grant_id: str, *, actor_id: str | None, reason: str | None = None, now: dt.datetime
) -> GrantRow:
    """End one role. With an account's last role, every device of it is signed out and its desk password is gone.

    ``actor_id``: who ends it; None for the operator's command.

    :raises NotFound: when there is no such active grant.
    """
    row = session.get(GrantRow, grant_id, with_for_update=True, populate_existing=True)
    revoke_grant(session, grant_id, now=now)
    if row is None:
        raise NotFound
    session.flush()
    left = session.scalar(
        sa.select(GrantRow.id).where(GrantRow.account_id == row.account_id, GrantRow.revoked_at.is_(None)).limit(1)
    )
    if left is None:
        sessions.revoke_all(session, row.account_id, now=now)
        drop_desk(session, row.account_id)
    trail.record(
        session,
        trail.Access.ENDED,
        now=now,
        account_id=row.account_id,
        actor_id=actor_id,
        district_id=row.district_id,
        data={"role": row.role, "reason": reason},
    )
    return row


def is_last_head(session: Session, row: GrantRow) -> bool:
    """Whether nobody else is head (站长) of that station."""
    if row.role != Role.STATION_HEAD.value:
        return False
    others = (
        sa.select(GrantRow.id)
        .join(Account, Account.id == GrantRow.account_id)
        .where(
            GrantRow.role == row.role,
            GrantRow.station_id == row.station_id,
            GrantRow.revoked_at.is_(None),
            GrantRow.account_id != row.account_id,
            Account.locked_at.is_(None),
            Account.erased_at.is_(None),
        )
    )
    return session.scalar(others.limit(1)) is None


def own_or_twin(session: Session, account_id: str, grant_id: str) -> GrantRow:
    """A role of the account, or of the same person's other WeChat (same registered phone, role and place).

    :raises NotFound: for anybody else's.
    """
    found = next((row for row in held_by_person(session, account_id) if row.id == grant_id), None)
    if found is None:
        raise NotFound("没有找到这个身份，可能已经解除。")
    return found


def held_by_person(session: Session, account_id: str) -> list[GrantRow]:
    """Active roles of the account and, for each, the same role on another account with the same registered phone."""
    index = session.scalar(sa.select(Account.phone_index).where(Account.id == account_id))
    own = sa.select(GrantRow).where(GrantRow.account_id == account_id, GrantRow.revoked_at.is_(None))
    mine = list(session.scalars(own.order_by(GrantRow.granted_at, GrantRow.id)))
    if index is None or not mine:
        return mine
    return mine + [twin for row in mine for twin in twins(session, row, index)]


def twins(session: Session, row: GrantRow, index: str) -> list[GrantRow]:
    """The same role in the same place on other accounts of the person with that registered phone."""
    statement = (
        sa.select(GrantRow)
        .join(Account, Account.id == GrantRow.account_id)
        .where(
            Account.phone_index == index,
            GrantRow.account_id != row.account_id,
            GrantRow.revoked_at.is_(None),
            GrantRow.role == row.role,
            GrantRow.district_id == row.district_id,
            *(
                getattr(GrantRow, name).is_not_distinct_from(getattr(row, name))
                for name in ("township_code", "station_id", "unit_id", "deputy_id")
            ),
        )
    )
    return list(session.scalars(statement))


def grants_by_phone(session: Session, phone: str) -> list[GrantRow]:
    """Every active role bound with that registered phone, on whichever account."""
    statement = (
        sa.select(GrantRow)
        .join(Account, Account.id == GrantRow.account_id)
        .where(Account.phone_index == phone_index(phone), GrantRow.revoked_at.is_(None))
    )
    return list(session.scalars(statement.order_by(GrantRow.granted_at, GrantRow.id)))


def warn_last_head(session: Session, row: GrantRow, *, confirmed: bool) -> None:
    """:raises Conflict: the first time, when the station would be without a head; allowed once confirmed."""
    if not confirmed and is_last_head(session, row):
        raise Conflict(LAST_HEAD, code="last_station_head")


def drop_desk(session: Session, account_id: str) -> None:
    """No password sign-in any more: login, password, one-time secret, recovery and set-up codes go."""
    for table in (RecoveryCode, DeskSetup, DeskCredential):
        session.execute(sa.delete(table).where(table.account_id == account_id))
