"""Who is stationed at a station (驻站) and who is on duty (值班): changed by those who decide about it."""

from __future__ import annotations

import datetime as dt

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.stations import OFFICES, one
from console.typed import Typed
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import NotFound
from service.stations import keeping
from service.stations.actions import join_roster, leave_roster, put_on_duty, take_off_duty
from service.stations.keeping import KEEPERS
from service.stations.models import Station

PAST = "请选择今天或以后的日期。"

door = Door("roster")


def _station(id: str) -> Station:
    return keeping.own_station(db.session(), current_actor(), id)


def _deputy_and_day(typed: Typed, day: str) -> tuple[str, dt.date]:
    """:raises Invalid: with everything that is wrong; a day past is."""
    deputy_id, on = typed.text("deputy_id", required=True, most=26), typed.day(day, required=True)
    if on is not None and on < local_date(core().clock()):
        typed.faults[day] = PAST
    typed.check()
    if on is None:
        raise NotFound
    return deputy_id, on


@page(door, "POST", "/stations/<id>/roster", access=only(*OFFICES), again=one)
def join(id: str) -> Done:
    station = _station(id)
    deputy_id, on = _deputy_and_day(Typed(), "from_on")
    join_roster(db.session(), station.district_id, station.id, deputy_id, on=on)
    return Done(url_for("console.stations.one", id=station.id), "驻站名单已更新。")


@page(door, "POST", "/stations/<id>/roster/leave", access=only(*OFFICES), again=one)
def leave(id: str) -> Done:
    """Duty after that day is taken away too."""
    station = _station(id)
    deputy_id, on = _deputy_and_day(Typed(), "last_on")
    leave_roster(db.session(), station.district_id, station.id, deputy_id, on=on)
    return Done(url_for("console.stations.one", id=station.id), "驻站名单已更新，之后的值班也已取消。")


@page(door, "POST", "/stations/<id>/duty", access=only(*KEEPERS), again=one)
def put(id: str) -> Done:
    station = _station(id)
    deputy_id, on = _deputy_and_day(Typed(), "on")
    put_on_duty(db.session(), station.district_id, station.id, deputy_id, on=on)
    return Done(url_for("console.stations.one", id=station.id), "值班已安排。")


@page(door, "POST", "/stations/<id>/duty/drop", access=only(*KEEPERS), again=one)
def drop(id: str) -> Done:
    station = _station(id)
    deputy_id, on = _deputy_and_day(Typed(), "on")
    take_off_duty(db.session(), station.district_id, station.id, deputy_id, on=on)
    return Done(url_for("console.stations.one", id=station.id), "这次值班已取消。")
