"""Set what a district decides. Values are added, never edited: what held at a moment stays answerable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import CATEGORIES, CHOICES, DECLINE_PREFIX, PARAMETERS
from config.notices import NOTICE_PREFIX
from service.db import rows_changed
from service.errors import Conflict, Invalid
from service.ids import new_id
from service.parameters import catalogue, wording
from service.parameters.models import Category, HolidayYear, Parameter
from service.remembered import Remembered

LARGEST_NUMBER = 10_000
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Author:
    """Who decides: account and role, why, and the document (制度) it rests on; the edge checked that it is the district's."""

    account_id: str | None
    role: str
    reason: str
    policy_id: str | None = None


def set_parameter(
    session: Session,
    district_id: str,
    key: str,
    value: Any,
    *,
    valid_from: dt.datetime,
    now: dt.datetime,
    policy_ref: str | None = None,
    author: Author | None = None,
) -> Parameter:
    """Let ``value`` hold from ``valid_from`` on; ``policy_ref`` names the document behind it (rulebook §1 row 8).

    :raises Invalid: for an unknown key, a value of another shape than the default's, or a moment in the past.
    :raises Conflict: when another value already starts at that very moment.
    """
    check(key, value)
    if valid_from < now:
        raise Invalid("参数不能从过去的时间开始生效。", fields={"valid_from": "请选择现在或以后的时间。"})
    same_moment = sa.select(Parameter.id).where(
        Parameter.district_id == district_id,
        Parameter.key == key,
        Parameter.valid_from == valid_from,
        Parameter.withdrawn_at.is_(None),
    )
    if session.scalar(same_moment) is not None:
        raise Conflict("在同一时间已有另一个决定，请换一个生效日期，或者先撤回原来的。")
    row = Parameter(
        district_id=district_id, key=key, value=value, valid_from=valid_from, policy_ref=policy_ref, set_at=now
    )
    if author is not None:
        row.set_by, row.set_as, row.reason = author.account_id, author.role, author.reason
        row.policy_id = author.policy_id
    session.add(row)
    session.flush()
    Remembered.forget_all()
    return row


def check(key: str, value: Any) -> None:
    """:raises Invalid: for an unknown key, or a value that is not the default's shape, out of its bounds or too long."""
    if key not in PARAMETERS and not catalogue.is_use(key):
        raise Invalid(f"没有名为“{key}”的参数。", fields={"key": "没有这个参数。"})
    known = catalogue.known(key)
    said = f"参数“{known.title if known else key}”的值不合要求。"
    if not _same_shape(catalogue.default(key), value):
        raise Invalid(said, fields={"value": "请填写与默认值相同类型、且不小于零的值。"})
    choices = (catalogue.ON, catalogue.OFF) if catalogue.is_use(key) else CHOICES.get(key, (value,))
    if value not in choices:
        words = "、".join(choices)
        raise Invalid(said, fields={"value": f"请从这些值中选择：{words}。"})
    beyond = catalogue.out_of_bounds(key, value)
    if key.startswith(DECLINE_PREFIX):
        if value[catalogue.USED] not in catalogue.CHOICE_TITLES[catalogue.USED]:
            beyond = "请选择使用或者停用。"
        if len(value[catalogue.TEXT]) > 40 or len(value[catalogue.SAID]) > 200:
            beyond = "理由最多 40 个字，法定途径最多 200 个字。"
    if beyond:
        raise Invalid(said, fields={"value": beyond})
    if key.startswith(NOTICE_PREFIX):
        wording.check(key.removeprefix(NOTICE_PREFIX), value)


def withdraw(session: Session, row: Parameter, *, by: str | None, now: dt.datetime) -> None:
    """Take back a value that has not begun; it stays as a line of history.

    :raises Conflict: when it holds already, or somebody else took it back.
    """
    not_begun = sa.update(Parameter).where(
        Parameter.id == row.id, Parameter.valid_from > now, Parameter.withdrawn_at.is_(None)
    )
    taken = session.execute(not_begun.values(withdrawn_at=now, withdrawn_by=by))
    if not rows_changed(taken):
        raise Conflict("这次修改已经生效，或者已经有人撤回了，请看最新的情况。", code="stale_version")
    Remembered.forget_all()


def _same_shape(default: Any, value: Any) -> bool:
    """Whether ``value`` can stand where ``default`` stands: same types and keys all the way down, numbers in reason."""
    if isinstance(default, dict):
        return (
            isinstance(value, dict)
            and value.keys() == default.keys()
            and all(_same_shape(default[key], value[key]) for key in default)
        )
    if isinstance(default, list):
        return isinstance(value, list) and all(_same_shape(default[0], item) for item in value)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
    return isinstance(value, type(default)) and bool(value)


def install_defaults(session: Session, district_id: str) -> list[Category]:
    """Give a district the starter categories (rulebook §2.4); those it already has, by title, stay as they are."""
    known = set(session.scalars(sa.select(Category.title).where(Category.district_id == district_id)))
    rows = [
        Category(
            id=new_id(),
            district_id=district_id,
            title=default.title,
            position=position,
            keywords=list(default.keywords),
        )
        for position, default in enumerate(CATEGORIES, start=1)
        if default.title not in known
    ]
    session.add_all(rows)
    session.flush()
    Remembered.forget_all()
    return rows


def publish_holidays(
    session: Session, year: int, days: Mapping[dt.date, bool], *, source: str, now: dt.datetime
) -> HolidayYear:
    """Replace a year's table by what the State Council published: day → works (调休) or rests.

    :raises Invalid: when the table is empty or holds a day of another year.
    """
    strangers = sorted(day for day in days if day.year != year)
    if strangers:
        raise Invalid(f"{year} 年的放假安排里有其他年份的日期：{strangers[0].isoformat()}。")
    if not days:
        raise Invalid(f"{year} 年的放假安排是空的。")
    row = session.get(HolidayYear, year)
    table = {day.isoformat(): works for day, works in sorted(days.items())}
    if row is None:
        row = HolidayYear(year=year, days=table, source=source, imported_at=now)
        session.add(row)
    row.days, row.source, row.imported_at = table, source, now
    session.flush()
    Remembered.forget_all()
    return row
