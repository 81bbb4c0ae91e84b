"""Who is stationed at a station (驻站) and who is on duty (值班): changed by those who decide about it."""

from __future__ import annotations

from collections.abc import Callable

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

Change = Callable[..., object]
"""An action on a station's roster or rota: session, district, station and deputy, and ``on`` which day."""
PAST = "请选择今天或以后的日期。"

door = Door("roster")


def _change(id: str, change: Change, day: str, notice: str) -> Done:
    """``day``: the field that holds it.

    :raises Invalid: with everything that is wrong; a day past is.
    """
    station, typed = keeping.own_station(db.session(), current_actor(), id), Typed()
    deputy_id, on = typed.text("deputy_id", required=True, most=26), typed.day(day, required=True)
    if on is not None and on < local_date(core().clock()):
        typed.faults[day] = PAST
    typed.check()
    if on is None:
        raise NotFound
    change(db.session(), station.district_id, station.id, deputy_id, on=on)
    return Done(url_for("console.stations.one", id=station.id), notice)


@page(door, "POST", "/stations/<id>/roster", access=only(*OFFICES), again=one)
def join(id: str) -> Done:
    return _change(id, join_roster, "from_on", "驻站名单已更新。")


@page(door, "POST", "/stations/<id>/roster/leave", access=only(*OFFICES), again=one)
def leave(id: str) -> Done:
    """Duty after that day is taken away too."""
    return _change(id, leave_roster, "last_on", "驻站名单已更新，之后的值班也已取消。")


@page(door, "POST", "/stations/<id>/duty", access=only(*KEEPERS), again=one)
def put(id: str) -> Done:
    return _change(id, put_on_duty, "on", "值班已安排。")


@page(door, "POST", "/stations/<id>/duty/drop", access=only(*KEEPERS), again=one)
def drop(id: str) -> Done:
    return _change(id, take_off_duty, "on", "这次值班已取消。")
