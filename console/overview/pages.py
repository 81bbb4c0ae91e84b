"""The pages of figures: the whole, by place, category × place, units, and the monthly reports."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import request, url_for

from console.issue_query import address
from console.overview.asking import LOOKING, PRESETS, Asked, asked
from console.pages import Door, current_actor, grants_of, only, page
from console.showing import render
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.issues import overdue
from service.issues.lists import Sort
from service.issues.scopes import Box
from service.issues.states import STATE_TITLES
from service.supervision import queries, reports
from service.supervision.current_tree import by_current_tree
from service.supervision.measures import MEASURES, Value, values
from service.supervision.reports import shown

door = Door("overview")
BY_TITLES = {
    "month": "月份",
    "township": "镇街",
    "station": "联络站",
    "village": "村（社区）",
    "category": "类别",
    "unit": "承办单位",
}
TRENDS = ("finish", "reply", "resolution", "satisfaction")
"""What the lines over the months show."""
LEVELS = 5
"""Shades of a cell of the heat table; the number stands in it, the shade only helps the eye."""
REPORTING = (Role.DISTRICT, Role.COMMITTEE)


@page(door, "GET", "/overview", access=only(*LOOKING))
def show() -> str:
    """The whole of a place over a period: measures with sample and method, months, what many speak of."""
    session, now = db.session(), core().clock()
    of = asked(session)
    totals = queries.totals(session, of.scope, of.period, now=now)
    months = queries.months(session, of.scope, of.period)
    days = 7 if request.args.get("hot") == "7" else 30
    return _render(
        "overview",
        of,
        values=values(totals),
        months=months,
        chart=_chart(months),
        hot=queries.hot_topics(session, of.scope, days=days, now=now),
        hot_days=days,
        as_of=queries.as_of(session, of.scope.district_id),
        late=[(one, STATE_TITLES[one.state], _by_whom(one), _list_of(of, state=one.state.value)) for one in _late(of)],
    )


def _late(of: Asked) -> list[overdue.Late]:
    """Now, whatever the period: as many as the list behind each number shows."""
    return overdue.chain(db.session(), current_actor(), _box(of), now=core().clock())


def _box(of: Asked) -> Box:
    return Box.DISTRICT if of.scope.station_id is None else Box.STATION


def _by_whom(late: overdue.Late) -> str:
    return "、".join(f"{ROLE_TITLES[role] if role else '—'} {issues} 件" for role, issues in late.owed.most_common())


def _list_of(of: Asked, **filters: str) -> str:
    """The list of what is overdue there, the longest first."""
    return address(url_for("console.queue.show"), _box(of), Sort.DUE, {**filters, "overdue": True})


@page(door, "GET", "/overview/by/<by>", access=only(*LOOKING))
def broken_down(by: str) -> str:
    """The same measures by place, category or unit: most submitted first, no order of merit."""
    if by not in BY_TITLES:
        raise NotFound
    session = db.session()
    of = asked(session)
    if by == "month":
        return _trend(of)
    groups = queries.broken_down(session, of.scope, of.period, by, now=core().clock())
    today = by == "station" and request.args.get("tree") == "today"
    if today:
        groups = by_current_tree(session, of.scope.district_id, groups)
    rows = [(group.title, values(group.counters)) for group in groups]
    return _render("overview_by", of, by=by, by_title=BY_TITLES[by], rows=rows, measures=MEASURES, today=today)


def _trend(of: Asked) -> str:
    """Month by month, as lines and as a table; a rate on fewer than five is a gap, not a zero."""
    groups = queries.month_by_month(db.session(), of.scope, of.period, now=core().clock())
    rows = [(group.title, values(group.counters)) for group in groups]
    lines = [
        {"title": measure.title, "values": [None if one.value is None else round(100 * one.value, 1) for one in found]}
        for measure, found in zip(MEASURES, zip(*(found for _, found in rows), strict=True), strict=True)
        if measure.name in TRENDS
    ]
    chart = {"kind": "line", "labels": [group.key for group in groups], "series": lines}
    drawn = json.dumps(chart, ensure_ascii=False)
    return _render("overview_by", of, by="month", by_title="月份", rows=rows, measures=MEASURES, chart=drawn)


@page(door, "GET", "/overview/heat", access=only(*LOOKING))
def heat() -> str:
    """Category × place: where people speak of what."""
    session = db.session()
    of = asked(session)
    by = "township" if of.scope.township_code is None and of.scope.station_id is None else "village"
    cells = queries.heat(session, of.scope, of.period, by)
    places, categories = (sorted({getattr(cell, name) for cell in cells}) for name in ("place", "category"))
    numbers = {(cell.place, cell.category): cell.issues for cell in cells}
    most = max(numbers.values(), default=1)
    levels = {key: -(-number * LEVELS // most) for key, number in numbers.items()}
    return _render(
        "overview_heat",
        of,
        places=places,
        categories=categories,
        numbers=numbers,
        levels=levels,
        by_title=BY_TITLES[by],
    )


@page(door, "GET", "/overview/units", access=only(*LOOKING))
def units() -> str:
    """What units were given, sent back, asked more time for, and still owe."""
    session = db.session()
    of = asked(session)
    found = queries.units(session, of.scope, of.period, now=core().clock())
    return _render("overview_units", of, units=[(unit, _list_of(of, unit=unit.unit_id)) for unit in found])


@page(door, "GET", "/reports", access=only(*REPORTING))
def reports_kept() -> str:
    session = db.session()
    kept = reports.kept(session, district_id())
    return render("console/reports.html", reports=kept)


@page(door, "GET", "/reports/<month>", access=only(*REPORTING))
def report(month: str) -> str:
    """One month's report as it was kept; printable."""
    found = reports.of_month(db.session(), district_id(), first_of(month))
    return render("console/report.html", report=found, tables=reports.tables(found.figures), month=month)


def first_of(month: str) -> dt.date:
    """``2026-03`` → its first day.

    :raises NotFound: for anything else.
    """
    try:
        return dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound from None


def district_id() -> str:
    return grants_of(*REPORTING)[0].district_id


def _render(template: str, of: Asked, **context: Any) -> str:
    return render(f"console/{template}.html", of=of, presets=PRESETS, titles=BY_TITLES, tell=tell, **context)


def tell(value: Value) -> str:
    """A value as people read it."""
    return shown(value.value, value.measure.part)


def _chart(months: list[queries.Month]) -> str:
    """What the script draws; the table beside it says the same."""
    return json.dumps(
        {
            "labels": [f"{month.first:%Y-%m}" for month in months],
            "series": [
                {"title": "收到", "values": [month.submitted for month in months]},
                {"title": "已反馈", "values": [month.finished for month in months]},
            ],
        },
        ensure_ascii=False,
    )
