"""What holds in a district at a moment: values, workdays, categories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import PARAMETERS
from service.calendar.workdays import WorkCalendar
from service.errors import Invalid, NotFound
from service.parameters.models import Category, HolidayYear, Parameter

UNKNOWN_CATEGORY = "没有这个类别，请从列表中重新选择。"


def load(session: Session, district_id: str, *, at: dt.datetime) -> Mapping[str, Any]:
    """Every parameter as it stood at ``at``: the newest value per key, the defaults underneath. One statement."""
    statement = sa.select(Parameter.key, Parameter.value).where(
        Parameter.district_id == district_id, Parameter.valid_from <= at
    )
    rows = session.execute(statement.order_by(Parameter.valid_from)).all()
    return {**PARAMETERS, **dict(rows)}


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar with every year imported so far; a deadline is recomputed by asking again (rulebook §11)."""
    years = session.execute(sa.select(HolidayYear.year, HolidayYear.days))
    return WorkCalendar(
        {year: {dt.date.fromisoformat(day): bool(works) for day, works in days.items()} for year, days in years}
    )


def categories(session: Session, district_id: str, *, include_retired: bool = False) -> Sequence[Category]:
    """The district's categories in their order, first level and second level alike."""
    statement = sa.select(Category).where(Category.district_id == district_id)
    if not include_retired:
        statement = statement.where(Category.retired_on.is_(None))
    return session.scalars(statement.order_by(Category.position, Category.id)).all()


def category(session: Session, district_id: str, ref: str) -> Category:
    """A category of the district by id or exact title.

    :raises Invalid: when the reference is empty, or the category is retired and cannot be chosen any more.
    :raises NotFound: when the district has no such category.
    """
    if not ref.strip():
        raise Invalid("请选择类别。", fields={"category": "请选择类别。"})
    named = sa.or_(Category.id == ref, Category.title == ref.strip())
    found = session.scalar(sa.select(Category).where(Category.district_id == district_id, named))
    if found is None:
        raise NotFound(UNKNOWN_CATEGORY)
    if found.retired_on is not None:
        raise Invalid("这个类别已停用，请选择其他类别。", fields={"category": "这个类别已停用，请选择其他类别。"})
    return found


def lineage(session: Session, category_id: str) -> frozenset[str]:
    """The category and its parent: a group that knows 道路交通 knows its sub-categories too."""
    parent_id = session.scalar(sa.select(Category.parent_id).where(Category.id == category_id))
    return frozenset({category_id, parent_id} - {None})  # type: ignore[arg-type]
