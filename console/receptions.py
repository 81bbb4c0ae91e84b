"""Reception days (接待日) of one's own station: plan, announce in time, see who has booked, call off with the reason."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import request, url_for

from console.pages import Done, Door, current_account_id, current_actor, only, page
from console.showing import render
from console.stations import RECEPTION_TITLES
from console.typed import Typed
from service import jobs
from service.accounts.roles import Actor
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI, local_date
from service.db import db
from service.deputies import queries as deputies
from service.errors import NotFound
from service.issues import mentioned
from service.masking import mask_name, mask_phone
from service.parameters import queries as parameters
from service.stations import keeping, queries, receptions
from service.stations.keeping import NO_STATION, STAFF
from service.stations.kinds import ReceptionState
from service.stations.models import ReceptionBooking, ReceptionDay
from service.stations.receptions import at_desk, revealing, topics, twins
from web.cursors import decode_cursor, encode_cursor

MOST_SHOWN = 50
NO_CAPACITY = 1000
MOST_PAST = 30
LOOK_LIMIT = "30 per hour"

door = Door("receptions")


def _own(actor: Actor) -> list[str]:
    """Stations the person works at."""
    return list(dict.fromkeys(grant.station_id for grant in actor.grants_of(*STAFF) if grant.station_id))


@page(door, "GET", "/receptions", access=only(*STAFF))
def show() -> str:
    """Of one station, days not over yet, and who must be phoned; of several own stations the first, or the one asked for."""
    session, actor, now = db.session(), current_actor(), core().clock()
    own = _own(actor)
    station_id = request.values.get("station_id") or request.args.get("station") or own[0]
    if station_id not in own:
        raise NotFound(NO_STATION)
    titles = queries.names(session, own) if len(own) > 1 else {}
    rows = receptions.upcoming(session, now=now, station_id=station_id, include_planned=True, limit=MOST_SHOWN)
    taken, calls = at_desk.at_station(session, station_id, [row.id for row in rows])
    here = queries.roster(session, station_id, on=local_date(now))
    district_id = keeping.works_at(actor, station_id) or ""
    names = deputies.names(session, district_id, {*here, *(one for row in rows for one in row.deputy_ids)})
    shown = [_listed(row, taken.get(row.id, 0), now) for row in rows]
    return render(
        "console/receptions.html",
        station_id=station_id,
        stations=[(one, titles.get(one, one)) for one in own],
        rows=shown,
        calls=calls,
        names=names,
        deputies=[(one, names.get(one, "")) for one in here],
    )


def _listed(row: ReceptionDay, booked: int, now: dt.datetime) -> dict[str, Any]:
    """``free``: places left, None without a limit; ``takes``: whether any are given now."""
    takes, free = receptions.takes_bookings(row, now), max(0, row.capacity - booked) if row.capacity else None
    return {
        "day": row,
        "state": RECEPTION_TITLES[ReceptionState(row.state)],
        "booked": booked,
        "free": free,
        "takes": takes,
    }


@page(door, "POST", "/receptions", access=only(*STAFF), again=show, rings=None)
def plan() -> Done:
    """Nobody outside sees it until it is announced."""
    typed = Typed()
    station_id = typed.text("station_id", required=True, most=26)
    day = typed.day("day", required=True)
    begins, ends = typed.time("starts_at", required=True), typed.time("ends_at", required=True)
    chosen = typed.many("deputy_ids")
    place, theme = typed.text("place", most=160), typed.text("theme", most=120)
    capacity = typed.number("capacity", least=1, most=NO_CAPACITY)
    typed.check()
    district_id = keeping.works_at(current_actor(), station_id)
    if district_id is None or day is None or begins is None or ends is None:
        raise NotFound(NO_STATION)
    row = receptions.plan(
        db.session(),
        district_id=district_id,
        station_id=station_id,
        starts_at=dt.datetime.combine(day, begins, SHANGHAI),
        ends_at=dt.datetime.combine(day, ends, SHANGHAI),
        deputy_ids=chosen,
        place=place or None,
        theme=theme or None,
        capacity=capacity,
        now=core().clock(),
    )
    return Done(url_for("console.receptions.one", id=row.id), "接待日已安排。请核对后公告，公告了群众才看得到。")


@page(door, "GET", "/receptions/<id>", access=only(*STAFF))
def one(id: str) -> str:
    """Who is expected, masked; ``revealed`` behind the mask, on this one page."""
    return _screen(keeping.own_reception(db.session(), current_actor(), id))


def _screen(row: ReceptionDay, revealed: ReceptionBooking | None = None) -> str:
    session, now, own = db.session(), core().clock(), _own(current_actor())
    booked = receptions.bookings_of(session, reception_id=row.id)
    decided, again = parameters.load(session, row.district_id, at=now), twins.likely(booked)
    lines = [_line(one, now) | {"again": again.get(one.id)} for one in booked]
    return render(
        "console/reception.html",
        back=row.station_id if row.station_id in own else next(iter(keeping.places_of(session, row) & set(own))),
        **_listed(row, len(booked), now),
        station=queries.station(session, row.district_id, row.station_id),
        names=deputies.names(session, row.district_id, row.deputy_ids),
        bookings=lines,
        doubled=bool(again),
        calls=[line for line in lines if line["to_call"]],
        moved=at_desk.to_call(session, moved_from=row.id),
        revealed=revealed,
        notice_days=int(decided["reception.notice_days"]),
        keep_years=int(decided["retention.identity_years"]),
        planned=row.state == ReceptionState.PLANNED,
        **recorded(row),
        coming=row.state in receptions.COMING and row.ends_at > now,
    )


def recorded(day: ReceptionDay) -> dict[str, Any]:
    """Its record, and who and what can stand in it."""
    session, now = db.session(), core().clock()
    minutes = receptions.minutes_of(session, [day.id]).get(day.id)
    here = {*day.deputy_ids, *queries.roster(session, day.station_id, on=local_date(day.starts_at))}
    names = deputies.names(session, day.district_id, here | set(minutes.deputy_ids if minutes else ()))
    return {
        "began": receptions.began(day, now),
        "can_close": day.state in receptions.COMING and receptions.began(day, now),
        "minutes": minutes,
        "people": sorted(((one, names.get(one, "")) for one in here), key=lambda pair: pair[1]),
        "held_by": [names.get(one, "—") for one in minutes.deputy_ids] if minutes else [],
        "numbers": mentioned.numbers(session, minutes.issue_ids) if minutes else {},
    }


@page(door, "GET", "/receptions/past", access=only(*STAFF))
def past() -> str:
    """Days that are over, newest first, with what is recorded of them."""
    session, actor, now = db.session(), current_actor(), core().clock()
    own = _own(actor)
    station_id = request.args.get("station") or own[0]
    if station_id not in own:
        raise NotFound(NO_STATION)
    place = decode_cursor(f"console.past:{station_id}", request.args.get("cursor") or None)
    after = (dt.datetime.fromisoformat(place[0]), str(place[1])) if place else None
    rows = receptions.past(session, station_id, now=now, limit=MOST_PAST + 1, after=after)
    shown = rows[:MOST_PAST]
    last = [shown[-1].starts_at.isoformat(), shown[-1].id] if len(rows) > MOST_PAST else None
    minutes = receptions.minutes_of(session, [row.id for row in shown])
    held = {one for row in minutes.values() for one in row.deputy_ids}
    names = deputies.names(session, keeping.works_at(actor, station_id) or "", held)
    cursor = encode_cursor(f"console.past:{station_id}", last)
    titles = queries.names(session, own)
    return render(
        "console/receptions_past.html",
        station_id=station_id,
        stations=[(one, titles.get(one, one)) for one in own],
        rows=[(row, RECEPTION_TITLES[ReceptionState(row.state)], minutes.get(row.id)) for row in shown],
        names=names,
        next_url=url_for("console.receptions.past", station=station_id, cursor=cursor) if cursor else None,
    )


@page(door, "POST", "/receptions/<id>/close", access=only(*STAFF), again=one, rings=None)
def close(id: str) -> Done:
    """Before its hour is over; the clock does it otherwise."""
    typed = Typed()
    version = typed.number("version", required=True)
    typed.check()
    row = keeping.own_reception(db.session(), current_actor(), id)
    receptions.close(db.session(), row.district_id, row.id, version=version or 0, now=core().clock())
    return Done(url_for("console.receptions.one", id=row.id), "接待已结束。请写下接待记录。")


@page(door, "POST", "/receptions/<id>/minutes", access=only(*STAFF), again=one, rings=None)
def record(id: str) -> Done:
    """Who held it, how many came, what was noted, and which issues were registered from it."""
    row, typed = keeping.own_reception(db.session(), current_actor(), id), Typed()
    version = typed.number("minutes_version", required=True)
    visitors = typed.number("visitors", required=True, most=receptions.MOST_VISITORS)
    notes = typed.text("notes", most=receptions.LONGEST_NOTES)
    numbers = [one for one in re.split(r"[\s,，、;；]+", typed.text("issues", most=2000).upper()) if one]
    typed.check()
    places, told = keeping.places_of(db.session(), row), list(dict.fromkeys(numbers))
    receptions.write_minutes(
        db.session(),
        row,
        held_by=typed.many("held_by"),
        visitors=visitors or 0,
        notes=notes or None,
        issue_ids=mentioned.by_numbers(db.session(), places, told),
        account_id=current_account_id(),
        version=version or 0,
        now=core().clock(),
    )
    return Done(url_for("console.receptions.one", id=row.id), "接待记录已保存。")


def _line(row: ReceptionBooking, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "masked": f"{mask_name(row.name) or '未留姓名'} {mask_phone(row.phone) or '未留电话'}",
        "known": bool(row.name or row.phone),
        "topic": topics.shown(row, staff=True, now=now),
        "doubt": topics.doubt(row, now=now),
        "created_at": row.created_at,
        "number": row.number,
        "at_desk": row.account_id is None,
        "to_call": row.call_since is not None and row.called_at is None,
    }


def expected(id: str, booking_id: str) -> str:
    """The page on which the form behind the mask of ``booking_id`` stands."""
    return one(id)


@page(
    door,
    "POST",
    "/receptions/<id>/bookings/<booking_id>/reveal",
    access=only(*STAFF),
    again=expected,
    once=False,
    limit=LOOK_LIMIT,
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def reveal(id: str, booking_id: str) -> str:
    """With a reason; whoever booked is told, and sees who looked and why."""
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    actor, now = current_actor(), core().clock()
    found = revealing.reveal_booking(db.session(), id, booking_id, actor=actor, reason=reason, now=now)
    db.session.flush()
    return _screen(keeping.own_reception(db.session(), actor, id), revealed=found)


@page(door, "POST", "/receptions/<id>/announce", access=only(*STAFF), again=one)
def announce(id: str) -> Done:
    """Time, place and names become public."""
    typed = Typed()
    version = typed.number("version", required=True)
    typed.check()
    row = keeping.own_reception(db.session(), current_actor(), id)
    receptions.announce(db.session(), row.district_id, row.id, version=version or 0, now=core().clock())
    return Done(url_for("console.receptions.one", id=row.id), "已经公告，群众可以预约了。")


@page(
    door,
    "POST",
    "/receptions/<id>/cancel",
    access=only(*STAFF),
    again=one,
    rings=(jobs.DRAIN_OUTBOX, jobs.DELIVER_NOTIFICATIONS),
)
def cancel(id: str) -> Done:
    """Bookings move to the next announced day while there is room; everybody concerned is told."""
    typed = Typed()
    version, reason = typed.number("version", required=True), typed.text("reason", required=True, most=200)
    typed.check()
    row = keeping.own_reception(db.session(), current_actor(), id)
    now = core().clock()
    receptions.cancel(db.session(), row.district_id, row.id, version=version or 0, reason=reason, now=now)
    told = "接待日已取消，预约的群众会收到通知。"
    if at_desk.at_station(db.session(), row.station_id)[1]:
        told += "当面预约的没有账号，请看“要打电话告知的人”。"
    return Done(url_for("console.receptions.one", id=row.id), told)
