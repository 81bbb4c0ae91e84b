"""The trail of work identities (身份与登录记录): bound, confirmed, ended, signed in at a desk, refused.

Residents never stand in it: their signing in leaves days only (ADR 0004).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.desk_models import AccessEvent
from service.ids import new_id
from service.ledger import actions as ledger


class Access(StrEnum):
    """What happened to a work identity."""

    BOUND = "bound"  # 绑定
    REQUESTED = "binding_requested"  # 申请绑定，等待确认
    CONFIRMED = "binding_confirmed"  # 确认绑定
    REFUSED = "binding_refused"  # 拒绝绑定
    ENDED = "grant_ended"  # 解除身份
    JOINED = "joined"  # 两个账号是同一个人，合并
    DESK_QR = "desk_qr"  # 扫码登录工作台
    DESK_PASSWORD = "desk_password"  # 密码登录工作台
    DESK_FAILED = "desk_failed"  # 密码登录失败
    SETUP_ISSUED = "setup_issued"  # 发放设置码
    CREDENTIALS_SET = "credentials_set"  # 设置密码和动态码
    PASSWORD_CHANGED = "password_changed"  # 修改密码
    CREDENTIALS_DROPPED = "credentials_dropped"  # 停用密码登录
    ISSUES_TAKEN = "issues_taken"  # 导出事项


def record(
    session: Session,
    kind: Access,
    *,
    now: dt.datetime,
    account_id: str | None,
    actor_id: str | None,
    district_id: str | None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a line and, where a district is known, its ledger entry. ``data``: JSON values, no secret among them."""
    event_id = new_id()
    fields = {"account": account_id, "actor": actor_id, "data": dict(data) if data else None}
    session.add(
        AccessEvent(
            id=event_id,
            at=now,
            kind=kind.value,
            district_id=district_id,
            account_id=account_id,
            actor_id=actor_id,
            data=fields["data"],
        )
    )
    if district_id is not None:
        session.add(
            ledger.next_entry(None, district_id=district_id, chain=event_id, kind=kind.value, fields=fields, at=now)
        )


def read_fields(session: Session, wanted: list[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """What the ledger committed to, as it stands now (see :mod:`service.ledger.verify`)."""
    rows = session.scalars(sa.select(AccessEvent).where(AccessEvent.id.in_({chain for chain, _ in wanted})))
    return {(row.id, 1): {"account": row.account_id, "actor": row.actor_id, "data": row.data} for row in rows}
