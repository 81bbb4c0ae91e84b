"""Who may decide for a district, one after the other; each decision stands in the trail and in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts import trail
from service.accounts.roles import Actor, Role
from service.calendar.workdays import SHANGHAI, local_date
from service.errors import Conflict, Forbidden, Invalid
from service.territory import queries as territory

EDITORS = (Role.DISTRICT, Role.ADMIN)
LEAST_REASON, LONGEST_REASON = 2, 200
FASTER = "刚刚有人改过，请先看最新的情况，再决定要不要改。"


def role_in(actor: Actor, district_id: str, *roles: Role) -> Role:
    """In which of ``roles`` the actor decides there.

    :raises Forbidden: when in none.
    """
    found = [grant.role for grant in actor.grants_of(*roles) if grant.district_id == district_id]
    if not found:
        raise Forbidden("您没有修改本区设置的权限。")
    return found[0]


def one_at_a_time(session: Session, district_id: str) -> None:
    """Whoever decides for the district next waits until this transaction ends; residents do not wait.

    :raises Unavailable: while an import holds the district.
    """
    territory.lock_district_soon(session, district_id)


def not_overtaken(seen: str, stamp: str) -> None:
    """:raises Conflict: when what was looked at is no longer what holds."""
    if seen != stamp:
        raise Conflict(FASTER, code="stale_version")


def why(reason: str) -> str:
    """:raises Invalid: without a reason of a few words."""
    said = reason.strip()
    if not LEAST_REASON <= len(said) <= LONGEST_REASON:
        raise Invalid(fields={"reason": f"请写明为什么修改（{LEAST_REASON} 至 {LONGEST_REASON} 个字）。"})
    return said


def begins(day: dt.date, now: dt.datetime) -> dt.datetime:
    """From when a decision holds: today means at once, a later day from its first minute in China.

    :raises Invalid: for a day gone by, or more than five years ahead.
    """
    today = local_date(now)
    if day < today:
        raise Invalid(fields={"valid_from": "不能从过去的日期开始生效，请选择今天或以后。"})
    if (day - today).days > 5 * 366:
        raise Invalid(fields={"valid_from": "生效日期最多在五年之内。"})
    return now if day == today else dt.datetime.combine(day, dt.time(), SHANGHAI)


def note(
    session: Session, kind: trail.Access, *, actor: Actor, district_id: str, now: dt.datetime, data: Mapping[str, Any]
) -> None:
    """A line of the trail. ``data``: what was decided, never about a resident."""
    trail.record(
        session,
        kind,
        now=now,
        account_id=actor.account_id,
        actor_id=actor.account_id,
        district_id=district_id,
        data=data,
    )
