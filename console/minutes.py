"""The sheet of a reception day's minutes (接待记录), to print and sign, on paper or as a file; unwritten it is a blank one."""

from __future__ import annotations

from typing import Any

from flask import Response

import qr
from console import receptions
from console.pages import Door, current_actor, only, page
from console.papers import PDF_LIMIT, ROOM_TO_SIGN, note_taking, sent
from console.showing import day_in_words, in_words, on_paper, render
from service.accounts.trail import Access
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI, local_date
from service.db import db
from service.stations import keeping, queries
from service.stations.keeping import STAFF
from service.stations.models import ReceptionDay

door = Door("minutes")
ROOM_TO_WRITE = "　\n" * 14
"""Where nothing is written yet, by hand."""


def _sheet(row: ReceptionDay) -> dict[str, Any]:
    """Nobody who booked stands on it: neither name nor phone."""
    on_paper()
    told = receptions.recorded(row)
    planned_by = [name for one, name in told["people"] if one in row.deputy_ids]
    return {
        "day": row,
        "station": queries.station(db.session(), row.district_id, row.station_id),
        "deputies": "、".join(told["held_by"] if told["minutes"] else planned_by) or "—",
        **told,
    }


@page(door, "GET", "/receptions/<id>/print", access=only(*STAFF))
def print_out(id: str) -> str:
    """On A4, by the browser's own printing."""
    return render("console/minutes_print.html", **_sheet(keeping.own_reception(db.session(), current_actor(), id)))


@page(door, "GET", "/receptions/<id>/minutes.pdf", access=only(*STAFF), limit=PDF_LIMIT)
def pdf(id: str) -> Response:
    """The same as a file. What was noted may name people: who took which day's is in the trail, each time."""
    row = keeping.own_reception(db.session(), current_actor(), id)
    sheet, day, district_id = _sheet(row), local_date(row.starts_at), row.district_id
    made = qr.report_pdf(
        "人大代表接待群众记录",
        [f"{sheet['station'].name}　　{day_in_words(row.starts_at)}"],
        [
            qr.ReportTable("接待", ("项目", "内容"), _lines(sheet), (1.0, 5.0)),
            qr.ReportTable("签字", ("接待代表", "记录人", "日期"), [(ROOM_TO_SIGN, "", "")], (1.0, 1.0, 1.0)),
        ],
    )
    note_taking(Access.MINUTES_TAKEN, district_id, {"day": str(day)})
    return sent(made, f"接待记录-{day}.pdf")


def _lines(sheet: dict[str, Any]) -> list[tuple[str, str]]:
    day, minutes = sheet["day"], sheet["minutes"]
    starts, ends = (one.astimezone(SHANGHAI) for one in (day.starts_at, day.ends_at))
    written = f"；记录时间 {in_words(minutes.written_at)}" if minutes else ""
    return [
        ("时间", f"{starts:%H:%M} 至 {ends:%H:%M}"),
        ("地点", day.place),
        ("主题", day.theme or "—"),
        ("接待代表" if minutes else "安排接待的代表", sheet["deputies"]),
        ("来访人数", f"{minutes.visitors} 人" if minutes else ""),
        ("登记的事项", ("、".join(sheet["numbers"].values()) or "—") if minutes else ""),
        ("记录", (minutes.notes or "—") if minutes else ROOM_TO_WRITE),
        ("说明", f"不写住址和电话；要求保密的不写。出表时间 {in_words(core().clock())}{written}。"),
    ]
