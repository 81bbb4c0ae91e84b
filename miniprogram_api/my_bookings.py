"""What I have booked (我的预约): reception days to come, with the way to take each booking back."""

from __future__ import annotations

from miniprogram_api.access import current_account_id
from miniprogram_api.place_views import ReceptionOut
from miniprogram_api.receptions import door
from miniprogram_api.routing import ANY_SESSION, route
from miniprogram_api.schemas import Moment, Out, PageOut
from service.bootstrap import core
from service.db import db
from service.stations import receptions
from service.stations.receptions import revealing


class BookedStation(Out):
    id: str
    name: str
    address: str | None
    phone: str | None


class BookingLookOut(Out):
    """Somebody of the station looked at name and phone."""

    at: Moment
    by: str
    reason: str


class MyBookingOut(Out):
    id: str
    reception: ReceptionOut
    station: BookedStation
    looks: list[BookingLookOut]


class MyBookingsOut(PageOut):
    items: list[MyBookingOut]


@route(door, "GET", "/me/bookings", access=ANY_SESSION, summary="我的接待预约", answers={200: MyBookingsOut})
def list_my_bookings() -> MyBookingsOut:
    """Soonest first; one place per account and day, hence never cut into pages. A day called off says why."""
    rows = receptions.coming_bookings(db.session(), current_account_id(), now=core().clock())
    looks = revealing.looks_at(db.session(), [booking.id for booking, _, _ in rows])
    items = [
        MyBookingOut(
            id=booking.id,
            reception=ReceptionOut.model_validate(day),
            station=BookedStation.model_validate(station),
            looks=[
                BookingLookOut(at=one.at, by=f"{station.name}（{one.role}）", reason=one.reason)
                for one in looks.get(booking.id, [])
            ],
        )
        for booking, day, station in rows
    ]
    return MyBookingsOut(items=items)
