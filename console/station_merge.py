"""Merging a station into another (并站): first what would move and what residents will read, then all of it at once."""

from __future__ import annotations

import math

from flask import request, url_for

from console.pages import Done, Door, only, page
from console.showing import render
from console.station_forms import check_name, office_station, within_reach
from console.stations import OFFICES
from console.typed import Typed
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.issues import merging_preview
from service.stations.keeping import NO_STATION
from service.stations.kinds import RECEIVING, STATION_MOVES, StationState
from service.stations.models import Station
from service.territory import queries as territory

TITLES = {
    "open_issues": ("未办结的事项", "件", "转到新站，编号、代表和期限不变；历史里记下这一步。"),
    "deputies": ("驻站代表", "位", "今天起驻新站，原来的驻站记录保留。"),
    "deputies_both": ("其中两站都驻的代表", "位", "在新站只算一次。"),
    "duties": ("已排的值班", "次", "转到新站；同一天同一位代表只留一次。"),
    "grids": ("联系的网格", "个", "由新站联系。"),
    "receptions": ("还没有办的接待日", "次", "由新站接着办，时间、地点不变。"),
    "bookings": ("接待日的预约", "个", "随接待日走，不用重新预约。"),
    "codes": ("在用的编码（海报）", "个", "不用重印：扫旧码打开新站，并看到下面的说明。"),
    "staff": ("站长和工作人员", "位", "身份转到新站，马上看得到新站的事项。"),
    "branches": ("下级站点", "个", "改挂在新站下面。"),
}
"""What moves: what it is called, its measure word, and what becomes of it."""

PER_SECOND = 60
"""Issues moved, on PostgreSQL on two cores; only said, so that nobody thinks that it hangs."""

door = Door("station_merge")


@page(door, "GET", "/stations/<id>/merge", access=only(*OFFICES))
def show(id: str) -> str:
    """Nothing is changed here; without a target, only the choice."""
    session, station = db.session(), office_station(id)
    others = _others(station)
    chosen = request.values.get("into_id") or request.args.get("into")
    into = next((row for row in others if row.id == chosen), None)
    found = merging_preview.preview(session, station, into, now=core().clock()) if into else None
    towns = territory.division_names(session, {row.township_code for row in (station, *others)})
    return render(
        "console/station_merge.html",
        station=station,
        possible=StationState.MERGED in STATION_MOVES[StationState(station.state)],
        others=[(row.id, f"{row.name}（{towns.get(row.township_code, row.township_code)}）") for row in others],
        into=into,
        elsewhere=into is not None and into.township_code != station.township_code,
        preview=found,
        seconds=math.ceil(found.moves.open_issues / PER_SECOND) if found else 0,
        rows=[(*TITLES[name], getattr(found.moves, name)) for name in TITLES] if found else [],
    )


def _others(station: Station) -> list[Station]:
    """Where it could go: stations in the actor's hands that receive."""
    rows = within_reach(district_id=station.district_id)
    return [row for row in rows if row.id != station.id and StationState(row.state) in RECEIVING]


@page(
    door,
    "POST",
    "/stations/<id>/merge",
    access=only(*OFFICES),
    again=show,
    rings=(jobs.DRAIN_OUTBOX, jobs.DELIVER_NOTIFICATIONS),
)
def merge(id: str) -> Done:
    """One transaction. What was shown must still be so, and the name of the station that goes is typed."""
    session, station, typed = db.session(), office_station(id), Typed()
    into_id, mark = typed.text("into_id", required=True, most=26), typed.text("mark", required=True, most=16)
    check_name(typed, station)
    typed.check()
    into = next((row for row in _others(station) if row.id == into_id), None)
    if into is None:
        raise NotFound(NO_STATION)
    merging_preview.merge_as_seen(session, station, into, mark=mark, now=core().clock())
    return Done(
        url_for("console.stations.one", id=into.id), "并站已完成：事项、代表、网格和预约都在这里了，旧码照常能扫。"
    )
