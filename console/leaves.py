"""Leave (请假) of a station's deputies: who is away and who stands in. Entered by the township's office or the district's."""

from __future__ import annotations

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.typed import Typed
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.deputies.actions import leave
from service.errors import NotFound
from service.stations import keeping, queries
from service.stations.keeping import KEEPERS

SPEAKING = (Role.TOWNSHIP, Role.DISTRICT)
"""At a desk; the deputies themselves do it on their phones. Which of them may, the domain decides."""

door = Door("leaves")


@page(door, "GET", "/stations/<id>/leaves", access=only(*KEEPERS))
def show(id: str) -> str:
    """Leaves that are not over. The reason stays with those who may enter the leave."""
    session, today = db.session(), local_date(core().clock())
    station = keeping.own_station(session, current_actor(), id)
    here = queries.roster(session, station.id, on=today)
    rows = deputies.leaves_of_all(session, here, since=today)
    known = {*here, *(row.substitute_id for row in rows if row.substitute_id)}
    names = deputies.names(session, station.district_id, known)
    return render(
        "console/leaves.html",
        station=station,
        rows=rows,
        names=names,
        today=today,
        deputies=[(one, names.get(one, "")) for one in here],
        speaks=any(keeping.covers(grant, station) for grant in current_actor().grants_of(*SPEAKING)),
    )


@page(door, "POST", "/stations/<id>/leaves", access=only(*SPEAKING), again=show)
def enter(id: str) -> Done:
    """Takes effect on routing at once."""
    session, now = db.session(), core().clock()
    station = keeping.own_station(session, current_actor(), id)
    here = queries.roster(session, station.id, on=local_date(now))
    typed = Typed()
    deputy_id = typed.choice("deputy_id", here, required=True)
    substitute_id = typed.choice("substitute_id", here)
    from_on, to_on = typed.day("from_on", required=True), typed.day("to_on", required=True)
    reason = typed.text("reason", most=200)
    typed.check()
    if deputy_id is None or from_on is None or to_on is None:
        raise NotFound
    leave.take_leave(
        session,
        district_id=station.district_id,
        deputy_id=deputy_id,
        from_on=from_on,
        to_on=to_on,
        substitute_id=substitute_id,
        reason=reason or None,
        actor=current_actor(),
        now=now,
    )
    return Done(url_for("console.leaves.show", id=station.id), "请假已登记，新的事项从现在起由别的代表接续。")


@page(
    door,
    "POST",
    "/stations/<id>/leaves/<leave_id>/cancel",
    access=only(*SPEAKING),
    again=lambda id, leave_id: show(id),
)
def cancel(id: str, leave_id: str) -> Done:
    """The deputy is back: available again at once."""
    session = db.session()
    station = keeping.own_station(session, current_actor(), id)
    leave.cancel_leave(session, station.district_id, leave_id, actor=current_actor(), now=core().clock())
    return Done(url_for("console.leaves.show", id=station.id), "请假已取消，代表从现在起照常接收新的事项。")
