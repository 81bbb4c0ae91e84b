"""Deputies' photos (代表照片) at the desk: those sent wait here until the station has looked; on the phone it is the same."""

from __future__ import annotations

from typing import Any

from flask import url_for

from console import pictures
from console.pages import Done, Door, current_account_id, current_actor, only, page
from console.showing import render
from console.typed import Typed
from service import jobs
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import portraits
from service.deputies import queries as deputies
from service.deputies.models import Deputy
from service.errors import NotFound
from service.stations import keeping, queries
from service.stations.keeping import NO_STATION, STAFF
from service.stations.models import Station

NO_DEPUTY = "这位代表不在本站的驻站名单里。"
ONE = "请选择一张照片。"

door = Door("portraits")


def _own(id: str) -> tuple[Station, list[str]]:
    """The station one works at, and who is stationed there today; for offices above it as if it were not there."""
    session, actor = db.session(), current_actor()
    station = keeping.own_station(session, actor, id)
    if keeping.works_at(actor, station.id) is None:
        raise NotFound(NO_STATION)
    return station, queries.roster(session, station.id, on=local_date(core().clock()))


def _deputy(here: list[str], deputy_id: str) -> Deputy:
    if deputy_id not in here:
        raise NotFound(NO_DEPUTY)
    return deputies.deputy(db.session(), None, deputy_id)


@page(door, "GET", "/stations/<id>/portraits", access=only(*STAFF))
def show(id: str) -> str:
    """Those that wait first."""
    session, now = db.session(), core().clock()
    station, here = _own(id)
    people = portraits.people(session, here)
    photos = portraits.pictures(session, people, now=now)
    rows = [_line(row, photos) for row in people]
    return render(
        "console/portraits.html",
        station=station,
        rows=sorted(rows, key=lambda row: row["waiting"] is None),
        waiting=sum(row["waiting"] is not None for row in rows),
        deputies=[(row.id, row.name) for row in people],
        removals=list(portraits.REMOVALS.items()),
    )


def _line(row: Deputy, photos: dict[str, Any]) -> dict[str, Any]:
    return {
        "deputy": row,
        "shown": photos.get(row.portrait_id or ""),
        "waiting": photos.get(row.portrait_waiting_id or ""),
    }


def shown_again(id: str, deputy_id: str) -> str:
    """The page on which the buttons of a deputy stand."""
    return show(id)


@page(
    door,
    "POST",
    "/stations/<id>/portraits",
    access=only(*STAFF),
    again=show,
    takes_files=True,
    limit="30 per hour",
    rings=(*pictures.PICTURES, jobs.SWEEP_UPLOADS),
)
def offer(id: str) -> Done:
    """For a deputy who brought a photo along: it waits like any other."""
    _, here = _own(id)
    typed = Typed()
    deputy_id = typed.choice("deputy_id", here, required=True)
    typed.check()
    deputy, sent = _deputy(here, deputy_id or ""), pictures.receive("photo")
    if len(sent) != 1:
        typed.faults["photo"] = ONE
    typed.check()
    portraits.offer(db.session(), deputy, sent[0], account_id=current_account_id(), now=core().clock())
    return Done(url_for("console.portraits.show", id=id), "照片已收到，处理好以后请看一眼再公开。")


@page(
    door,
    "POST",
    "/stations/<id>/portraits/<deputy_id>/publish",
    access=only(*STAFF),
    again=shown_again,
    rings=jobs.SWEEP_UPLOADS,
)
def publish(id: str, deputy_id: str) -> Done:
    """That very picture which stood on the page; another one sent meanwhile is a conflict."""
    typed = Typed()
    upload_id = typed.text("upload_id", required=True, most=26)
    typed.check()
    deputy = _deputy(_own(id)[1], deputy_id)
    portraits.publish(db.session(), deputy, upload_id, now=core().clock())
    return Done(url_for("console.portraits.show", id=id), "照片已公开，群众扫码后就能看到。")


@page(
    door,
    "POST",
    "/stations/<id>/portraits/<deputy_id>/remove",
    access=only(*STAFF),
    again=shown_again,
    rings=jobs.SWEEP_UPLOADS,
)
def remove(id: str, deputy_id: str) -> Done:
    """The one shown and the one that waits; the deputy is told why."""
    deputy, typed = _deputy(_own(id)[1], deputy_id), Typed()
    reason = typed.choice("reason", portraits.REMOVALS, required=True)
    typed.check()
    portraits.take_down(db.session(), [deputy.id], now=core().clock(), reason=reason)
    return Done(url_for("console.portraits.show", id=id), "照片已撤下，会告诉代表原因。")
