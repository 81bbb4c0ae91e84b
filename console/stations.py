"""Stations (联络站) for those who keep them: which, who is there today, and where the codes, days and leaves are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request, url_for

from console.pages import Door, current_actor, only, page
from console.showing import render
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import portraits
from service.deputies import queries as deputies
from service.stations import keeping, queries, receptions
from service.stations.codes import KIND_TITLES
from service.stations.keeping import KEEPERS
from service.stations.kinds import GONE, ReceptionState, StationKind, StationState
from service.stations.models import Station
from service.territory import queries as territory
from web.cursors import decode_cursor, encode_cursor

LIMIT = 50
ROTA = dt.timedelta(days=14)
MOST_DEPUTIES = 100
OFFICES = (Role.TOWNSHIP, Role.DISTRICT)
"""Who decides which deputies are stationed where; the station itself keeps its duty rota."""
PURPOSE = "console.stations"
STATE_TITLES = {
    StationState.PLANNED: ("筹建", "quiet", "○"),
    StationState.ACTIVE: ("正常", "good", "●"),
    StationState.PAUSED: ("暂停接待", "warn", "▲"),
    StationState.MERGED: ("已合并", "quiet", "×"),
    StationState.RELOCATED: ("已迁址", "warn", "▲"),
    StationState.CLOSED: ("已撤销", "quiet", "×"),
}
"""Word, tone and sign of a badge."""
RECEPTION_TITLES = {
    ReceptionState.PLANNED: ("未公告", "warn", "▲"),
    ReceptionState.ANNOUNCED: ("已公告", "good", "●"),
    ReceptionState.OPEN: ("正在接待", "good", "▶"),
    ReceptionState.CLOSED: ("已结束", "quiet", "✓"),
    ReceptionState.CANCELLED: ("已取消", "quiet", "×"),
}

door = Door("stations")


@page(door, "GET", "/stations", access=only(*KEEPERS))
def show() -> str:
    """Four statements, however many there are."""
    session, today = db.session(), local_date(core().clock())
    q = request.args.get("q", "").strip()[:60]
    after = decode_cursor(PURPOSE, request.args.get("cursor") or None)
    rows = keeping.kept(session, current_actor(), q=q or None, after=after, limit=LIMIT + 1)
    shown = rows[:LIMIT]
    last = keeping.position(shown[-1]) if len(rows) > LIMIT else None
    towns = territory.division_names(session, {row.township_code for row in shown})
    counts = keeping.stationed_counts(session, [row.id for row in shown], on=today)
    cursor = encode_cursor(PURPOSE, last)
    return render(
        "console/stations.html",
        rows=[_line(row, towns, counts) for row in shown],
        q=q,
        next_url=url_for("console.stations.show", q=q or None, cursor=cursor) if cursor else None,
    )


def _line(row: Station, towns: dict[str, str], counts: dict[str, int]) -> dict[str, Any]:
    return {
        "station": row,
        "kind": KIND_TITLES[StationKind(row.kind)],
        "state": STATE_TITLES[StationState(row.state)],
        "township": towns.get(row.township_code, row.township_code),
        "deputies": counts.get(row.id, 0),
    }


@page(door, "GET", "/stations/<id>", access=only(*KEEPERS))
def one(id: str) -> str:
    session, actor, now = db.session(), current_actor(), core().clock()
    station, today = keeping.own_station(session, actor, id), local_date(now)
    here = queries.roster(session, station.id, on=today)
    rota = queries.duty_between(session, station.id, since=today, until=today + ROTA)
    offices = any(keeping.covers(grant, station) for grant in actor.grants_of(*OFFICES))
    staff = keeping.works_at(actor, station.id) is not None
    days = receptions.upcoming(session, now=now, station_id=station.id, include_planned=staff, limit=5)
    names = deputies.names(session, station.district_id, {*here, *(deputy_id for _, deputy_id in rota)})
    _, notice = queries.follow(session, station)
    return render(
        "console/station.html",
        station=station,
        kind=KIND_TITLES[StationKind(station.kind)],
        state=STATE_TITLES[StationState(station.state)],
        gone=StationState(station.state) in GONE,
        township=territory.division_names(session, {station.township_code}).get(station.township_code, ""),
        notice=notice,
        names=names,
        members=[(deputy_id, names.get(deputy_id, "")) for deputy_id in here],
        available=deputies.available(session, here, on=today),
        roster=here,
        duty=[deputy_id for day, deputy_id in rota if day == today],
        rota=rota,
        others=_others(station, here, today) if offices else [],
        offices=offices,
        today=today,
        grids=queries.grids_of_station(session, station.id, on=today),
        days=[(day, RECEPTION_TITLES[ReceptionState(day.state)]) for day in days],
        staff=staff,
        photos_waiting=portraits.waiting(session, here) if staff else 0,
    )


def _others(station: Station, here: list[str], today: dt.date) -> list[tuple[str, str]]:
    """Deputies of the township who are not stationed here, by name."""
    session = db.session()
    ids = deputies.search(
        session, station.district_id, on=today, township_code=station.township_code, limit=MOST_DEPUTIES
    )
    names = deputies.names(session, station.district_id, [one for one in ids if one not in here])
    return sorted(names.items(), key=lambda pair: pair[1])
