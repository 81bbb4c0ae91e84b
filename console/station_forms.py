"""Stations set up, corrected, paused, closed and given another place by the offices above them (新设与调整)."""

from __future__ import annotations

from typing import Any

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.stations import OFFICES, STATE_TITLES
from console.typed import Typed
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import NotFound
from service.issues import relocation
from service.parameters import queries as parameters
from service.roster.shapes import HOSTS, KINDS, THEMES
from service.stations import keeping
from service.stations.actions import StationFacts, create_station, edit_station, move_station
from service.stations.actions.editing import branches, grids_outside
from service.stations.actions.lifecycle import seen
from service.stations.keeping import NO_STATION
from service.stations.kinds import (
    GONE,
    RECEIVING,
    STATION_MOVES,
    HostType,
    StationKind,
    StationState,
    StationTheme,
)
from service.stations.models import Station
from service.territory import queries as territory

MOST_OFFERED = 500
"""Stations of a choice: a district has some 140 (rulebook §0)."""
ABOVE = (StationKind.HOME, StationKind.STATION)
VERBS = {
    StationState.ACTIVE: "启用（恢复接待）",
    StationState.PAUSED: "暂停现场接待",
    StationState.RELOCATED: "迁址",
    StationState.CLOSED: "撤销",
}
WRONG_NAME = "与联络站的名称不一致。请照着页面上的名称输入。"

door = Door("station_forms")
Choices = list[tuple[str, str]]


def office_station(id: str) -> Station:
    """:raises NotFound: for stations that are not in the hands of the office, also of those who merely work there."""
    station = keeping.own_station(db.session(), current_actor(), id)
    if not any(keeping.covers(grant, station) for grant in current_actor().grants_of(*OFFICES)):
        raise NotFound(NO_STATION)
    return station


def within_reach(*, district_id: str | None = None) -> list[Station]:
    """Stations the actor decides about as an office, of every state."""
    actor = current_actor()
    found = keeping.kept(db.session(), actor, limit=MOST_OFFERED)
    grants = list(actor.grants_of(*OFFICES))
    mine = [row for row in found if any(keeping.covers(grant, row) for grant in grants)]
    return [row for row in mine if district_id in (None, row.district_id)]


def check_name(typed: Typed, station: Station) -> None:
    """What cannot be taken back is asked for by name."""
    if typed.text("name_again", required=True, most=80) not in ("", station.name):
        typed.faults["name_again"] = WRONG_NAME


def _townships() -> dict[str, tuple[str, str]]:
    """Code → (district, name) of the townships in which the actor may set up a station."""
    session, today, found = db.session(), local_date(core().clock()), {}
    for grant in current_actor().grants_of(*OFFICES):
        for row in territory.townships_of(session, grant.district_id, on=today):
            if grant.role is Role.DISTRICT or grant.township_code == row.code:
                found[row.code] = (row.district_id, row.name)
    return found


def _parents(rows: list[Station], but: str | None = None) -> Choices:
    return [
        (row.id, f"{row.name}（{KINDS[StationKind(row.kind)]}）")
        for row in rows
        if row.kind in ABOVE and StationState(row.state) not in GONE and row.id != but
    ]


def _titles(titles: Any) -> Choices:
    return [(one.value, title) for one, title in titles.items()]


@page(door, "GET", "/stations/new", access=only(*OFFICES))
def fresh() -> str:
    return render(
        "console/station_new.html",
        townships=[(code, name) for code, (_, name) in _townships().items()],
        kinds=_titles(KINDS),
        themes=_titles(THEMES),
        hosts=_titles(HOSTS),
        parents=_parents(within_reach()),
    )


@page(door, "POST", "/stations/new", access=only(*OFFICES), again=fresh, rings=None)
def create() -> Done:
    typed, townships = Typed(), _townships()
    code = typed.choice("township_code", townships, required=True)
    kind = typed.choice("kind", list(StationKind), required=True)
    facts, parent_id = _facts(typed), typed.text("parent_id", most=26) or None
    planned = typed.ticked("planned")
    typed.check()
    if code is None:
        raise NotFound
    row = create_station(
        db.session(),
        district_id=townships[code][0],
        township_code=code,
        name=facts.name,
        kind=StationKind(str(kind)),
        theme=facts.theme,
        host_type=facts.host_type,
        parent_id=parent_id,
        address=facts.address,
        phone=facts.phone,
        hours=facts.hours,
        state=StationState.PLANNED if planned else StationState.ACTIVE,
    )
    return Done(url_for("console.stations.one", id=row.id), "联络站已建立。接着安排驻站代表、网格和编码。")


def _facts(typed: Typed) -> StationFacts:
    name = typed.text("name", required=True, most=80)
    theme = typed.choice("theme", list(StationTheme), required=True)
    host = typed.choice("host_type", list(HostType), required=True)
    optional = {"address": 160, "phone": 30, "hours": 120, "notice": 300, "division_code": 12}
    words = {field: typed.text(field, most=most) or None for field, most in optional.items()}
    typed.check()
    return StationFacts(name, StationTheme(str(theme)), HostType(str(host)), **words)


@page(door, "GET", "/stations/<id>/change", access=only(*OFFICES))
def show(id: str) -> str:
    session, now = db.session(), core().clock()
    station = office_station(id)
    rows = within_reach(district_id=station.district_id)
    state = StationState(station.state)
    villages = territory.villages_of(session, station.district_id, station.township_code, on=local_date(now))
    into = [(row.id, row.name) for row in rows if StationState(row.state) in RECEIVING and row.id != station.id]
    return render(
        "console/station_change.html",
        station=station,
        state=STATE_TITLES[state],
        gone=state in GONE,
        seen=seen(station),
        themes=_titles(THEMES),
        hosts=_titles(HOSTS),
        villages=[(row.code, row.name) for row in villages],
        moves=[(one.value, VERBS[one]) for one in VERBS if one in STATION_MOVES[state]],
        can_merge=StationState.MERGED in STATION_MOVES[state],
        pause_days=int(parameters.load(session, station.district_id, at=now)["station.pause_days"]),
        townships=[(code, name) for code, (district, name) in _townships().items() if district == station.district_id],
        parents=_parents(rows, but=station.id),
        into=into,
        open_issues=relocation.told_of(session, station.id),
        below=branches(session, station.id),
    )


@page(door, "POST", "/stations/<id>/facts", access=only(*OFFICES), again=show, rings=None)
def correct(id: str) -> Done:
    station, typed = office_station(id), Typed()
    facts, mark = _facts(typed), typed.text("seen", most=16)
    edit_station(db.session(), station.district_id, station.id, facts, as_seen=mark)
    return Done(url_for("console.stations.one", id=station.id), "联络站的资料已更新，居民扫码看到的也更新了。")


@page(door, "POST", "/stations/<id>/state", access=only(*OFFICES), again=show, rings=None)
def change_state(id: str) -> Done:
    """A closed station never comes back, so its name is typed first. What a colleague decided meanwhile is seen first."""
    session, station, typed, now = db.session(), office_station(id), Typed(), core().clock()
    wanted = typed.choice("state", [one.value for one in VERBS], required=True)
    notice, address = typed.text("notice", most=300) or None, typed.text("address", most=160) or None
    until, successor = typed.day("paused_until"), typed.text("superseded_by", most=26) or None
    mark = typed.text("seen", most=16)
    if wanted == StationState.CLOSED:
        check_name(typed, station)
    if successor and successor not in {row.id for row in within_reach(district_id=station.district_id)}:
        typed.faults["superseded_by"] = "请从给出的联络站中选择。"
    typed.check()
    if wanted == StationState.CLOSED:
        relocation.close_station(session, station, notice=notice, superseded_by=successor, as_seen=mark, now=now)
    else:
        move_station(
            session,
            station.district_id,
            station.id,
            StationState(str(wanted)),
            now=now,
            notice=notice,
            address=address,
            paused_until=until,
            as_seen=mark,
        )
    return Done(url_for("console.stations.one", id=station.id), "联络站的状态已变更，居民扫码会看到说明。")


@page(door, "POST", "/stations/<id>/place", access=only(*OFFICES), again=show)
def put_elsewhere(id: str) -> Done:
    """Another home above it, or another township: the open issues go along, in this transaction."""
    session, station, typed = db.session(), office_station(id), Typed()
    code = typed.choice("township_code", _townships(), required=True)
    parent_id, mark = typed.text("parent_id", most=26) or None, typed.text("seen", most=16)
    moves = code != station.township_code
    outside = grids_outside(session, station.id, code or station.township_code)
    if moves:
        check_name(typed, station)
    typed.check()
    where = {"township_code": code, "parent_id": parent_id, "as_seen": mark}
    moved = relocation.replace_station(session, station, now=core().clock(), **where)
    words = f"，{moved} 件未办结的事项一并划转，{len(outside)} 个原镇街的网格已解除" if moves else ""
    return Done(url_for("console.stations.one", id=station.id), f"联络站的归属已调整{words}。")
