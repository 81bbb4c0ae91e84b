"""Lists as somebody likes to see them (常用筛选): kept per account, up to twenty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.errors import Invalid, NotFound
from service.ids import new_id
from service.issues.models import SavedView

MOST = 20


def views_of(session: Session, account_id: str) -> Sequence[SavedView]:
    statement = sa.select(SavedView).where(SavedView.account_id == account_id)
    return session.scalars(statement.order_by(SavedView.position, SavedView.name)).all()


@dataclass(frozen=True, slots=True)
class View:
    """``filters``: JSON values by name, as in the address of the list."""

    name: str
    box: str
    sort: str
    filters: Mapping[str, Any]
    position: int


def save(session: Session, account_id: str, view: View, *, now: dt.datetime) -> None:
    """Keep a view under its name, in place of an earlier one of that name.

    :raises Invalid: when there are :data:`MOST` others already.
    """
    others = sa.select(sa.func.count()).where(SavedView.account_id == account_id, SavedView.name != view.name)
    if (session.scalar(others) or 0) >= MOST:
        raise Invalid(fields={"name": f"最多保存 {MOST} 个常用筛选，请先删除不用的。"})
    values = {
        "box": view.box,
        "sort": view.sort,
        "filters": dict(view.filters),
        "position": view.position,
        "updated_at": now,
    }
    insert = (sqlite_insert if is_sqlite(session) else pg_insert)(SavedView)
    insert = insert.values(id=new_id(), account_id=account_id, name=view.name, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["account_id", "name"], set_=values))


def drop(session: Session, account_id: str, name: str) -> None:
    """:raises NotFound: when there is none of that name."""
    row = session.scalar(sa.select(SavedView).where(SavedView.account_id == account_id, SavedView.name == name))
    if row is None:
        raise NotFound("没有找到这个常用筛选，可能已经删除。")
    session.delete(row)
    session.flush()


def forget_account(session: Session, account_id: str) -> None:
    session.execute(sa.delete(SavedView).where(SavedView.account_id == account_id))


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """Two accounts become one: of two views of one name the one that was there stays."""
    kept = sa.select(SavedView.name).where(SavedView.account_id == into)
    session.execute(sa.delete(SavedView).where(SavedView.account_id == closed_id, SavedView.name.in_(kept)))
    session.execute(sa.update(SavedView).where(SavedView.account_id == closed_id).values(account_id=into))
