"""Booking a reception day for somebody without an account (当面预约): written down, a slip, given up, told by phone."""

from __future__ import annotations

from flask import url_for

from console import receptions as pages
from console.pages import Done, Door, current_account_id, current_actor, only, page
from console.showing import on_paper, render
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.deputies import queries as deputies
from service.errors import NotFound
from service.stations import keeping, queries, receptions
from service.stations.keeping import STAFF
from service.stations.models import ReceptionDay
from service.stations.receptions import at_desk
from service.stations.receptions.booking import LONGEST_TOPIC

door = Door("desk_bookings")


def _own(id: str) -> ReceptionDay:
    return keeping.own_reception(db.session(), current_actor(), id)


@page(door, "POST", "/receptions/<id>/bookings", access=only(*STAFF), again=pages.one, rings=None)
def book(id: str) -> Done:
    """Sent twice, it is one place; nothing personal stands on the slip."""
    day, typed = _own(id), Typed()
    name = typed.text("name", required=True, most=at_desk.LONGEST_NAME)
    phone, topic = typed.text("phone", most=20) or None, typed.text("topic", most=LONGEST_TOPIC) or None
    typed.check()
    row = at_desk.book(
        db.session(),
        day.id,
        name=name,
        phone=phone,
        topic=topic,
        agreed=typed.ticked("spoken"),
        namesake=typed.ticked("namesake"),
        entered_by=current_account_id(),
        now=core().clock(),
    )
    return Done(
        url_for("console.desk_bookings.slip", id=day.id, booking_id=row.id), "预约已登记。请打印预约单，交给本人。"
    )


@page(door, "GET", "/receptions/<id>/bookings/<booking_id>/slip", access=only(*STAFF))
def slip(id: str, booking_id: str) -> str:
    """When, where, with whom, and which number: no name, no phone, no word of what it is about.

    :raises NotFound: also for a place that was given back, or a day that was called off.
    """
    session, day = db.session(), _own(id)
    row = at_desk.of_desk(session, day.id, booking_id)
    if row.cancelled_at is not None or not receptions.takes_bookings(day, core().clock()):
        raise NotFound("这次接待或者这个预约已经取消、结束，没有预约单可以打印。")
    names = deputies.names(session, day.district_id, day.deputy_ids)
    on_paper()
    return render(
        "console/reception_slip.html",
        day=day,
        booking=row,
        station=queries.station(session, day.district_id, day.station_id),
        deputies=[names[one] for one in day.deputy_ids if one in names],
    )


@page(
    door,
    "POST",
    "/receptions/<id>/bookings/<booking_id>/give-up",
    access=only(*STAFF),
    again=pages.expected,
    rings=None,
)
def give_up(id: str, booking_id: str) -> Done:
    """As the person wished; who it was goes at once."""
    day = _own(id)
    row = at_desk.give_up(db.session(), day.id, booking_id, now=core().clock())
    done = "预约已取消，姓名和电话已删除。" if row.cancelled_at else "姓名和电话已删除。"
    return Done(url_for("console.receptions.one", id=day.id), done)


@page(
    door,
    "POST",
    "/receptions/<id>/bookings/<booking_id>/called",
    access=only(*STAFF),
    again=pages.expected,
    rings=None,
)
def called(id: str, booking_id: str) -> Done:
    """The person knows: the line goes from the list of those to be phoned."""
    day = _own(id)
    at_desk.called(db.session(), day.id, booking_id, now=core().clock())
    return Done(url_for("console.receptions.one", id=day.id), "已记下：本人知道了。")
