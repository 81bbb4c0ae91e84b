"""What holds in a district at a moment: values, workdays, categories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import PARAMETERS
from service.calendar.workdays import WorkCalendar
from service.errors import Invalid, NotFound
from service.parameters import catalogue
from service.parameters.models import Category, HolidayYear, Parameter
from service.remembered import Remembered

UNKNOWN_CATEGORY = "没有这个类别，请从列表中重新选择。"
NOT_OFFERED = "这个类别现在不使用，请选择其他类别。"


class KnownCategory(NamedTuple):
    id: str
    district_id: str
    parent_id: str | None
    title: str
    keywords: tuple[str, ...]


_values: Remembered[tuple[tuple[str, Any, dt.datetime], ...]] = Remembered()
_calendar: Remembered[WorkCalendar] = Remembered()
_categories: Remembered[tuple[KnownCategory, ...]] = Remembered()


def load(session: Session, district_id: str, *, at: dt.datetime) -> Mapping[str, Any]:
    """Every parameter as it stood at ``at``: the newest value per key, the defaults underneath."""
    known = _values.get(session, district_id, lambda: _all_values(session, district_id))
    return {**PARAMETERS, **{key: value for key, value, valid_from in known if valid_from <= at}}


def _all_values(session: Session, district_id: str) -> tuple[tuple[str, Any, dt.datetime], ...]:
    statement = sa.select(Parameter.key, Parameter.value, Parameter.valid_from)
    statement = statement.where(Parameter.district_id == district_id, Parameter.withdrawn_at.is_(None))
    rows = session.execute(statement.order_by(Parameter.valid_from))
    return tuple((key, value, valid_from) for key, value, valid_from in rows)


def history(session: Session, district_id: str, key: str | None = None) -> Sequence[Parameter]:
    """Every value that was set, of one key or all, the last to begin first; those withdrawn as well."""
    statement = sa.select(Parameter).where(Parameter.district_id == district_id)
    if key is not None:
        statement = statement.where(Parameter.key == key)
    return session.scalars(statement.order_by(Parameter.valid_from.desc(), Parameter.id)).all()


def holiday_years(session: Session) -> Sequence[HolidayYear]:
    return session.scalars(sa.select(HolidayYear).order_by(HolidayYear.year)).all()


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar with every year imported so far; a deadline is recomputed by asking again (rulebook §11)."""
    return _calendar.get(session, "calendar", lambda: published_calendar(session))


def published_calendar(session: Session) -> WorkCalendar:
    """The same, asked for now: for who changes it."""
    years = session.execute(sa.select(HolidayYear.year, HolidayYear.days))
    return WorkCalendar(
        {year: {dt.date.fromisoformat(day): bool(works) for day, works in days.items()} for year, days in years}
    )


def category_titles(session: Session, district_id: str) -> dict[str, str]:
    """Id → title of every category the district has or had, for screens."""
    return {one.id: one.title for one in known_categories(session, district_id)}


def usable_categories(session: Session, district_id: str, *, at: dt.datetime) -> list[KnownCategory]:
    """What may be chosen and suggested at ``at``: begun and not ended, in the district's order; as of seconds ago."""
    values = load(session, district_id, at=at)
    known = known_categories(session, district_id)
    return [one for one in known if catalogue.offered(values, catalogue.CATEGORY_USE, one.id)]


def known_categories(session: Session, district_id: str) -> tuple[KnownCategory, ...]:
    """Every category the district has, had or will have, in its order; as of seconds ago."""

    def ask() -> tuple[KnownCategory, ...]:
        wanted = sa.select(
            Category.id, Category.district_id, Category.parent_id, Category.title, Category.keywords
        ).where(Category.district_id == district_id)
        rows = session.execute(wanted.order_by(Category.position, Category.id))
        return tuple(KnownCategory(*row[:4], tuple(row[4])) for row in rows)

    return _categories.get(session, district_id, ask)


def categories(session: Session, district_id: str) -> Sequence[Category]:
    """The district's categories in their order, first level and second level, those not offered today as well."""
    statement = sa.select(Category).where(Category.district_id == district_id)
    return session.scalars(statement.order_by(Category.position, Category.id)).all()


def category_id(session: Session, district_id: str, ref: str, *, at: dt.datetime) -> str:
    """The id of a category of the district, by id or exact title.

    :raises Invalid: when the reference is empty, or the category is not offered at ``at``: ended, or not begun.
    :raises NotFound: when the district has no such category.
    """
    wanted = ref.strip()
    if not wanted:
        raise Invalid("请选择类别。", fields={"category": "请选择类别。"})
    found = [one for one in known_categories(session, district_id) if wanted in (one.id, one.title)]
    if not found:
        raise NotFound(UNKNOWN_CATEGORY)
    if not catalogue.offered(load(session, district_id, at=at), catalogue.CATEGORY_USE, found[0].id):
        raise Invalid(NOT_OFFERED, fields={"category": NOT_OFFERED})
    return found[0].id


def lineage(session: Session, category_id: str) -> frozenset[str]:
    """The category and its parent: a group that knows 道路交通 knows its sub-categories too."""
    parent_id = session.scalar(sa.select(Category.parent_id).where(Category.id == category_id))
    return frozenset({category_id, parent_id} - {None})  # type: ignore[arg-type]
