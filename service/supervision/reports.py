"""The monthly report (月报): a month's figures as they stood when it was over, kept so that nobody's copy changes later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import NotFound
from service.supervision import queries
from service.supervision.measures import Value, values
from service.supervision.models import FactsRead, IssueFact, MonthlyReport
from service.supervision.queries import Group, Period, Scope

_UNIT_COLUMNS = {"issues": "事项", "returns": "退回", "extensions": "延期", "overdue": "超期未办结"}
SECTIONS = {"township": "分镇街", "category": "分类别", "unit": "分承办单位"}


def month_of(first: dt.date) -> Period:
    """The whole calendar month that begins on ``first``."""
    return Period(first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))


def last_month(now: dt.datetime) -> dt.date:
    """The first day of the month that was over last."""
    return (local_date(now).replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def make_due(session: Session, *, now: dt.datetime) -> int:
    """The report of last month for every district with facts that has none yet; how many were made.

    Running it twice makes none twice.
    """
    month = last_month(now)
    done = sa.select(MonthlyReport.district_id).where(MonthlyReport.month == month)
    due = session.scalars(sa.select(FactsRead.district_id).where(FactsRead.district_id.not_in(done)))
    made = 0
    for district_id in due.all():
        if _began(session, district_id, month):
            figures = figures_of(session, Scope(district_id), month_of(month), now=now)
            session.add(MonthlyReport(district_id=district_id, month=month, figures=figures, made_at=now))
            made += 1
    return made


def _began(session: Session, district_id: str, month: dt.date) -> bool:
    """Whether anything had come in before the month was over."""
    earlier = sa.select(IssueFact.issue_id).where(
        IssueFact.district_id == district_id, IssueFact.on_date <= month_of(month).until
    )
    return session.scalar(earlier.limit(1)) is not None


def figures_of(session: Session, scope: Scope, period: Period, *, now: dt.datetime) -> dict[str, Any]:
    """What the report says, as JSON: counters of the whole and of each group, units' work, hot topics."""
    groups = {by: queries.broken_down(session, scope, period, by, now=now) for by in SECTIONS}
    hot = queries.hot_topics(session, scope, days=31, now=now)
    return {
        "totals": queries.totals(session, scope, period, now=now),
        "groups": {by: [asdict(group) for group in found] for by, found in groups.items()},
        "units": [asdict(unit) for unit in queries.units(session, scope, period, now=now)],
        "hot": [{"number": one.number, "beginning": one.beginning, "people": one.people} for one in hot],
    }


def kept(session: Session, district_id: str) -> Sequence[MonthlyReport]:
    """A district's reports, newest first."""
    mine = sa.select(MonthlyReport).where(MonthlyReport.district_id == district_id)
    return session.scalars(mine.order_by(MonthlyReport.month.desc()).limit(120)).all()


def of_month(session: Session, district_id: str, month: dt.date) -> MonthlyReport:
    """:raises NotFound: when there is none."""
    found = session.get(MonthlyReport, (district_id, month))
    if found is None:
        raise NotFound("这个月还没有月报。月报在次月初自动生成。")
    return found


def tables(figures: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:
    """The report as titled tables of texts: (title, header, rows); for paper and for screens."""
    whole = values(figures["totals"])
    heads = [value.measure.title for value in whole]
    told = [("总体情况", ["指标", "数值", "样本", "口径"], [_explained(value) for value in whole])]
    for by, title in SECTIONS.items():
        groups = [Group(**group) for group in figures["groups"][by]]
        rows = [[group.title, *(_short(value) for value in values(group.counters))] for group in groups]
        told.append((title, [title.removeprefix("分"), *heads], rows))
    work = [[unit["name"], *(str(unit[name]) for name in _UNIT_COLUMNS)] for unit in figures["units"]]
    told.append(("承办单位退回与延期", ["单位", *_UNIT_COLUMNS.values()], work))
    hot = [[one["number"], one["beginning"], str(one["people"])] for one in figures["hot"]]
    told.append(("多人反映的事项", ["编号", "内容", "人数"], hot))
    return told


def _explained(value: Value) -> list[str]:
    return [value.measure.title, _short(value), value.sample, value.measure.method]


def shown(value: float | None, part: str | None) -> str:
    """A count as it is, a share in percent, “—” where the sample is too small."""
    if value is None:
        return "—"
    return f"{value:.1%}" if part else f"{value:.0f}"


def _short(value: Value) -> str:
    return shown(value.value, value.measure.part)
