"""The trail of work identities (身份与登录记录): bound, confirmed, ended, signed in at a desk, refused.

Residents never stand in it: their signing in leaves days only (ADR 0004).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from service.accounts.desk_models import AccessEvent
from service.accounts.models import Account
from service.ids import new_id
from service.ledger import actions as ledger

MOST_AT_ONCE = 500


class Access(StrEnum):
    """What happened to a work identity."""

    INVITED = "invited"  # 邀请
    UNINVITED = "uninvited"  # 取消邀请
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
    SHEET_TAKEN = "sheet_taken"  # 下载一件事项的处理单
    MINUTES_TAKEN = "minutes_taken"  # 下载一次接待的记录
    LOG_TAKEN = "log_taken"  # 导出日志
    ROSTER_TAKEN = "roster_taken"  # 下载现任名单
    PARAMETER_SET = "parameter_set"  # 修改参数
    PARAMETER_WITHDRAWN = "parameter_withdrawn"  # 撤回参数修改
    POLICY_CHANGED = "policy_changed"  # 登记、废止制度
    CATEGORY_CHANGED = "category_changed"  # 修改类别
    TEXT_CHANGED = "text_changed"  # 修改标准用语
    HOLIDAYS_PUBLISHED = "holidays_published"  # 录入放假安排
    DEPUTY_CORRECTED = "deputy_corrected"  # 更正代表资料


TITLES: Mapping[Access, str] = {
    Access.INVITED: "邀请绑定",
    Access.UNINVITED: "取消邀请",
    Access.BOUND: "绑定工作身份",
    Access.REQUESTED: "申请确认工作身份",
    Access.CONFIRMED: "工作身份已确认",
    Access.REFUSED: "工作身份申请被拒绝",
    Access.ENDED: "工作身份已解除",
    Access.JOINED: "两个账号合并",
    Access.DESK_QR: "扫码登录工作台",
    Access.DESK_PASSWORD: "密码登录工作台",
    Access.DESK_FAILED: "工作台登录失败",
    Access.SETUP_ISSUED: "发放设置码",
    Access.CREDENTIALS_SET: "设置登录密码",
    Access.PASSWORD_CHANGED: "修改登录密码",
    Access.CREDENTIALS_DROPPED: "停用密码登录",
    Access.SHEET_TAKEN: "下载处理单",
    Access.ISSUES_TAKEN: "导出事项",
    Access.MINUTES_TAKEN: "下载接待记录",
    Access.LOG_TAKEN: "导出日志",
    Access.ROSTER_TAKEN: "下载现任名单",
    Access.PARAMETER_SET: "修改参数",
    Access.PARAMETER_WITHDRAWN: "撤回参数修改",
    Access.POLICY_CHANGED: "修改制度文件",
    Access.CATEGORY_CHANGED: "修改类别",
    Access.TEXT_CHANGED: "修改标准用语",
    Access.HOLIDAYS_PUBLISHED: "录入放假安排",
    Access.DEPUTY_CORRECTED: "更正代表资料",
}
"""As people read it."""


@dataclass(frozen=True, slots=True)
class Of:
    """Whose lines: of one account, or of districts."""

    account_id: str | None = None
    districts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Only:
    """Which of them: kinds (none: all), from a moment on, and until before another."""

    kinds: frozenset[Access] = frozenset()
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        if self.kinds:
            yield AccessEvent.kind.in_(sorted(self.kinds))
        if self.since is not None:
            yield AccessEvent.at >= self.since
        if self.until is not None:
            yield AccessEvent.at < self.until


class Line(NamedTuple):
    """``person_name``: of the account it happened to, ``actor_name``: of who did it, as registered; None once it is gone."""

    event: AccessEvent
    person_name: str | None
    actor_name: str | None


EVERYTHING = Only()
_actor = aliased(Account)


def newest(session: Session, of: Of, *, before: str | None, limit: int, only: Only = EVERYTHING) -> list[Line]:
    """Lines, newest first, those behind the one with the id ``before``."""
    if of.account_id is not None:
        mine: sa.ColumnElement[bool] = AccessEvent.account_id == of.account_id
    else:
        mine = AccessEvent.district_id.in_(of.districts)
    statement = (
        sa.select(AccessEvent, Account.display_name, _actor.display_name)
        .outerjoin(Account, Account.id == AccessEvent.account_id)
        .outerjoin(_actor, _actor.id == AccessEvent.actor_id)
        .where(*only.conditions())
    )
    if before is not None:
        moment = sa.select(AccessEvent.at).where(AccessEvent.id == before).scalar_subquery()
        statement = statement.where(
            sa.or_(AccessEvent.at < moment, sa.and_(AccessEvent.at == moment, AccessEvent.id < before))
        )
    ordered = statement.where(mine).order_by(AccessEvent.at.desc(), AccessEvent.id.desc()).limit(limit)
    return [Line(row[0], row[1], row[2]) for row in session.execute(ordered)]


def forget_old(session: Session, district_id: str | None, *, before: dt.datetime) -> int:
    """Lines whose time is over: who it was goes, the ledger's hash of it stays; what no ledger knows goes whole.

    ``district_id`` None: of no district (wrong passwords of unknown logins). How many.
    """
    old = [AccessEvent.at < before, AccessEvent.district_id.is_not_distinct_from(district_id)]
    if district_id is None:
        gone = sa.select(AccessEvent.id).where(*old).limit(MOST_AT_ONCE)
        ids = list(session.scalars(gone))
        session.execute(sa.delete(AccessEvent).where(AccessEvent.id.in_(ids)))
        return len(ids)
    known = sa.or_(AccessEvent.account_id.is_not(None), AccessEvent.actor_id.is_not(None))
    rows = session.scalars(sa.select(AccessEvent).where(*old, known).limit(MOST_AT_ONCE)).all()
    for row in rows:
        ledger.erase(session, row.id, ("account", "actor", "data"))
        row.account_id = row.actor_id = row.data = None
    return len(rows)


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
