"""Figures and issues taken along as files: tables as CSV or XLSX, a monthly report as PDF. Each table taken is logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, send_file

import qr
from console.overview.asking import LOOKING, asked
from console.overview.pages import REPORTING, district_id, first_of, show
from console.pages import Door, current_actor, only, page
from console.papers import sent
from console.typed import Typed
from service.accounts.trail import Access
from service.administration import office
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.sheets.writing import Sheet, in_a_file
from service.supervision import exports, reports
from service.supervision.queries import Period

door = Door("taking")
CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
TITLE = "群众意见"


@page(door, "POST", "/overview/issues", access=only(*LOOKING), again=show, once=False, rings=None)
def take_issues() -> Response:
    """The period's issues without names, one row each. Who took how many days of which place is in the trail."""
    session = db.session()
    typed = Typed()
    ending = typed.choice("format", TYPES, required=True) or CSV
    since, until = typed.day("since", required=True), typed.day("until", required=True)
    reason = typed.text("reason", required=True, most=200)
    if since and until and since > until:
        typed.faults["until"] = "截止日期不能早于开始日期。"
    typed.check()
    of = asked(session)
    if since and until:
        of = replace(of, period=Period(since, until))
    rows = exports.rows(session, of.scope, of.period, now=core().clock())
    file = in_a_file(f".{ending}", [Sheet(TITLE, exports.HEADER, rows)])
    data = {"of": of.key, "since": str(of.period.since), "until": str(of.period.until), "reason": reason}
    district, now = of.scope.district_id, core().clock()
    office.note(session, Access.ISSUES_TAKEN, actor=current_actor(), district_id=district, now=now, data=data)
    name = f"{TITLE}-{of.title}-{of.period.since}-{of.period.until}.{ending}"
    return send_file(file, TYPES[ending], as_attachment=True, download_name=name)


@page(door, "GET", "/reports/<month>/pdf", access=only(*REPORTING))
def report_pdf(month: str) -> Response:
    """The kept report on paper."""
    found = reports.of_month(db.session(), district_id(), first_of(month))
    title = f"{found.month.year}年{found.month.month}月 群众意见办理月报"
    made_on = f"生成于 {local_date(found.made_at)}，此后不再变动。"
    return _paper(title, reports.month_of(found.month), made_on, found.figures, f"月报-{month}.pdf")


@page(door, "GET", "/overview/report.pdf", access=only(*LOOKING))
def place_pdf() -> Response:
    """A place's figures of a period on paper, as they stand now: a station's own monthly report."""
    of, now = asked(db.session()), core().clock()
    figures = reports.figures_of(db.session(), of.scope, of.period, now=now)
    name = f"统计-{of.title}-{of.period.since}-{of.period.until}.pdf"
    made_on = f"打印于 {local_date(now)}，数字以后还会随办理变动。"
    return _paper(f"{of.title} 群众意见办理情况", of.period, made_on, figures, name)


def _paper(title: str, period: Period, made_on: str, figures: dict[str, Any], name: str) -> Response:
    lines = [
        f"统计期间：{period.since} 至 {period.until}；{made_on}",
        "比例只按已处理、已评价的计算，样本少于 5 的不显示；不对个人排名。",
    ]
    tables = [qr.ReportTable(part, header, rows, _widths(header)) for part, header, rows in reports.tables(figures)]
    return sent(qr.report_pdf(title, lines, tables), name)


def _widths(header: list[str]) -> list[float]:
    """The long words need the room: the method, the name, what was said."""
    wide = {"口径": 6.0, "内容": 4.0, "指标": 1.6}
    return [wide.get(title, 2.2 if place == 0 else 1.2) for place, title in enumerate(header)]
