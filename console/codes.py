"""Printed codes (编码) of a station: where each hangs, how often it is scanned, its poster; a new one, and revoking one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, request, url_for

import qr
from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.typed import Typed
from service import jobs
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.errors import Invalid
from service.stations import codes, keeping, mini_codes, queries
from service.stations.actions import issue_code, plan_campaign, revoke_code
from service.stations.keeping import KEEPERS
from service.stations.kinds import GONE, CodeTarget, StationState
from service.stations.models import MiniCode, ScanCode, Station
from web import posters
from web.cursors import decode_cursor, encode_cursor

LIMIT = 30
DAYS_SHOWN = 30
DRAWING = "60 per minute"
TARGETS = {
    CodeTarget.STATION: "本站",
    CodeTarget.DEPUTY: "一位驻站代表",
    CodeTarget.GRID: "一个网格",
    CodeTarget.CAMPAIGN: "一次活动",
}
"""What a new code is bound to."""

door = Door("codes")


@page(door, "GET", "/stations/<id>/codes", access=only(*KEEPERS))
def show(id: str) -> str:
    """Newest first, revoked ones too."""
    session, today, purpose = db.session(), local_date(core().clock()), f"console.codes:{id}"
    station = keeping.own_station(session, current_actor(), id)
    place = decode_cursor(purpose, request.args.get("cursor") or None)
    after = (dt.datetime.fromisoformat(place[0]), str(place[1])) if place else None
    rows = list(codes.codes_of(session, station.id, limit=LIMIT + 1, after=after))
    shown = rows[:LIMIT]
    last = [shown[-1].created_at.isoformat(), shown[-1].code] if len(rows) > LIMIT else None
    cursor = encode_cursor(purpose, last)
    return render(
        "console/codes.html",
        station=station,
        gone=StationState(station.state) in GONE,
        rows=_lines(shown, today),
        options=_options(station, today),
        targets=[(target.value, title) for target, title in TARGETS.items()],
        next_url=url_for("console.codes.show", id=id, cursor=cursor) if cursor else None,
    )


def _lines(rows: list[ScanCode], today: dt.date) -> list[dict[str, Any]]:
    session = db.session()
    bound = codes.subjects(session, rows)
    since = today - dt.timedelta(days=DAYS_SHOWN - 1)
    scans = codes.scans_of(session, [row.code for row in rows], since=since)
    minis = mini_codes.of_codes(session, [row.code for row in rows], version=core().settings.miniprogram_state)
    none = codes.Scans()
    return [
        {
            "code": row,
            "subject": bound.get(row.code),
            "mini": _mini(minis.get(row.code)),
            "mini_ready": row.code in minis and minis[row.code].state == mini_codes.MiniState.READY,
            "total": scans.get(row.code, none).total,
            "days": scans.get(row.code, none).days,
            "recent": sum(count for _, count in scans.get(row.code, none).days),
            "today": dict(scans.get(row.code, none).days).get(today, 0),
        }
        for row in rows
    ]


def _mini(row: MiniCode | None) -> str | None:
    """How far the mini-program code (小程序码) is, in words; None when nobody asked for one."""
    if row is None:
        return None
    state = mini_codes.MiniState(row.state)
    by_hand = state is mini_codes.MiniState.READY and row.reading != qr.Reading.READ
    return mini_codes.SCAN_BY_HAND if by_hand else mini_codes.SENTENCES[state]


def _options(station: Station, today: dt.date) -> dict[str, list[tuple[str, str]]]:
    session = db.session()
    here = queries.roster(session, station.id, on=today)
    names = deputies.names(session, station.district_id, here)
    grids = queries.grids_of_station(session, station.id, on=today)
    return {
        "deputy": [(deputy_id, names.get(deputy_id, "")) for deputy_id in here],
        "grid": [(grid.id, grid.name) for grid in grids],
        "campaign": [(row.id, row.title) for row in codes.running(session, station.id, on=today)],
    }


@page(door, "POST", "/stations/<id>/codes", access=only(*KEEPERS), again=show, rings=None)
def make(id: str) -> Done:
    """One per placement, so that a stolen or defaced poster can be revoked alone."""
    session = db.session()
    station = keeping.own_station(session, current_actor(), id)
    typed = Typed()
    placement = typed.text("placement", required=True, most=80)
    target = typed.choice("target_type", [one.value for one in TARGETS], required=True)
    deputy_id, grid_id = typed.text("deputy_id", most=26) or None, typed.text("grid_id", most=26) or None
    campaign_id = _campaign(typed, station) if target == CodeTarget.CAMPAIGN else None
    typed.check()
    wanted = CodeTarget(target or CodeTarget.STATION)
    issue_code(
        session,
        district_id=station.district_id,
        station_id=station.id,
        target_type=wanted,
        deputy_id=deputy_id if wanted is CodeTarget.DEPUTY else None,
        grid_id=grid_id if wanted is CodeTarget.GRID else None,
        campaign_id=campaign_id,
        placement=placement,
        now=core().clock(),
    )
    return Done(url_for("console.codes.show", id=station.id), "新编码已生成，可以下载海报打印张贴。")


def _campaign(typed: Typed, station: Station) -> str | None:
    """The one chosen, else a new one as typed; None where something is missing."""
    chosen = typed.choice("campaign_id", [row.id for row in codes.running(db.session(), station.id, on=_today())])
    if chosen:
        return chosen
    title = typed.text("campaign", required=True, most=60)
    first, last = typed.day("campaign_from", required=True), typed.day("campaign_to", required=True)
    typed.check()
    if first is None or last is None:
        return None
    try:
        row = plan_campaign(db.session(), station=station, title=title, from_on=first, to_on=last, now=core().clock())
    except Invalid as fault:
        raise Invalid(fields={"campaign_to": next(iter(fault.fields.values()))}) from None
    return row.id


def _today() -> dt.date:
    return local_date(core().clock())


@page(
    door,
    "POST",
    "/stations/<id>/codes/<code>/revoke",
    access=only(*KEEPERS),
    again=lambda id, code: show(id),
    rings=None,
)
def revoke(id: str, code: str) -> Done:
    """From now on it leads nowhere: the poster was stolen, pasted over or replaced."""
    row = keeping.own_code(db.session(), current_actor(), code)
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    revoke_code(db.session(), row.district_id, row.code, now=core().clock(), reason=reason)
    return Done(url_for("console.codes.show", id=row.station_id), "编码已停用。请把墙上的旧海报取下来。")


@page(
    door,
    "POST",
    "/stations/<id>/codes/<code>/mini",
    access=only(*KEEPERS),
    again=lambda id, code: show(id),
    rings=jobs.FETCH_MINI_CODES,
)
def want_mini(id: str, code: str) -> Done:
    """A worker fetches it from WeChat; what is there or on its way stays."""
    row = keeping.own_code(db.session(), current_actor(), code)
    mini_codes.want(db.session(), [row], version=core().settings.miniprogram_state, now=core().clock())
    return Done(
        url_for("console.codes.show", id=row.station_id), "正在向微信获取小程序码，一般一分钟内就好，请稍后刷新。"
    )


@page(door, "GET", "/stations/<id>/poster.pdf", access=only(*KEEPERS), limit=DRAWING)
def poster(id: str) -> Response:
    """A4, for the printer: the plain QR, with ``?codes=both`` beside it the mini-program code."""
    station = keeping.own_station(db.session(), current_actor(), id)
    layout = qr.Layout.BOTH if request.args.get("codes") == qr.Layout.BOTH.value else qr.Layout.LINK
    content, name = posters.pdf(station, request.args.get("code") or None, layout)
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": posters.as_download(name)})
