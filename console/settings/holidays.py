"""Holidays (节假日): which years are known; a new year typed or pasted, what it moves, and putting it in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request, url_for

from console.pages import Done, Door, current_actor, only, page
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.administration import holidays, office
from service.bootstrap import core
from service.calendar import announcement
from service.calendar.workdays import local_date
from service.db import db
from service.issues.recounting import Moved

door = Door("holidays")
DECIDING = only(*office.EDITORS)


@page(door, "GET", "/settings/holidays", access=DECIDING)
def show() -> str:
    return _shown()


def _shown(typed: dict[str, Any] | None = None, moves: list[Moved] | None = None) -> str:
    """The page; after a look at a table with what was typed and what it would move."""
    session, now = db.session(), core().clock()
    known = holidays.years(session, now=now)
    wanted = next((one.year for one in known if not one.known), local_date(now).year + 1)
    year = Typed(typed or request.args).number("year", most=2100) or wanted
    row = next((one.row for one in known if one.year == year), None)
    kept = {dt.date.fromisoformat(day): bool(works) for day, works in row.days.items()} if row else {}
    return render(
        "console/holidays.html",
        district=district_for(*office.EDITORS),
        years=known,
        year=year,
        row=row,
        stamp=holidays.stamp(row),
        text=announcement.written(kept),
        typed=typed or {},
        moves=moves,
        choices=[(one, f"{one} 年") for one in range(local_date(now).year, local_date(now).year + 3)],
        missing_year=holidays.missing_year(session, now=now),
    )


def _table() -> tuple[Typed, int, dict[dt.date, bool]]:
    typed = Typed()
    year = typed.number("year", required=True, least=2000, most=2100)
    text = typed.text("days", required=True, most=6000)
    typed.check()
    return typed, year or 0, announcement.parse(text)


@page(door, "POST", "/settings/holidays/look", access=DECIDING, again=show, once=False, rings=None)
def look() -> str:
    """How many open deadlines the table would move; nothing is kept."""
    _, year, days = _table()
    found = holidays.preview(db.session(), year, days, now=core().clock())
    return _shown(request.form.to_dict(), found)


@page(door, "POST", "/settings/holidays", access=DECIDING, again=show, rings=None)
def publish() -> Done:
    typed, year, days = _table()
    moved = holidays.publish(
        db.session(),
        district_for(*office.EDITORS),
        year,
        days,
        source=typed.text("source", most=120),
        seen=typed.text("seen", most=40),
        actor=current_actor(),
        now=core().clock(),
    )
    said = f"{moved} 件办理中的事项，期限已经跟着移动。" if moved else "没有事项的期限需要移动。"
    return Done(url_for("console.holidays.show", year=year), f"{year} 年的放假安排已经生效，{said}")
