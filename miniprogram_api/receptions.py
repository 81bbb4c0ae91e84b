"""Reception days (接待日): booked by residents; planned, announced and called off by the station (rulebook §2.2)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from miniprogram_api.access import current_account_id
from miniprogram_api.issue_shapes import RevealIn
from miniprogram_api.place_views import ReceptionOut
from miniprogram_api.routing import ANY_SESSION, Door, Idempotency, current_actor, only, route
from miniprogram_api.schemas import (
    Body,
    FilledText,
    Id,
    IdPath,
    Moment,
    MomentIn,
    Out,
    PageOut,
    PlainText,
    Query,
    Version,
)
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.issues.checks import booked
from service.masking import mask_name, mask_phone
from service.stations import keeping, receptions
from service.stations.keeping import NO_STATION, STAFF, works_at
from service.stations.models import ReceptionBooking, ReceptionDay
from service.stations.receptions import revealing, topics

door = Door("receptions", "接待日与预约")


class ReceptionsQuery(Query):
    station_id: Id
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class ListedReceptionOut(ReceptionOut):
    """``booked``: places taken; ``my_booking_id``: the caller's own booking that stands."""

    booked: int
    my_booking_id: str | None


class ReceptionsOut(PageOut):
    items: list[ListedReceptionOut]


class PlanIn(Body):
    station_id: Id
    starts_at: MomentIn
    ends_at: MomentIn
    deputy_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]
    place: Annotated[PlainText, Field(max_length=160)] | None = None
    theme: Annotated[PlainText, Field(max_length=120)] | None = None
    capacity: Annotated[int, Field(ge=1, le=1000)] | None = None


class AnnounceIn(Body):
    version: Version


class CancelIn(Body):
    version: Version
    reason: Annotated[FilledText, Field(max_length=200)]


class BookingIn(Body):
    name: Annotated[PlainText, Field(max_length=40)] | None = None
    phone: Annotated[str, Field(pattern="^[0-9+ -]{5,20}$")] | None = None
    topic: Annotated[PlainText, Field(max_length=200)] | None = None


class BookingPath(IdPath):
    booking_id: Id


class BookingOut(Out):
    """``topic_doubt``: why the station's staff should read the topic with care."""

    id: str
    reception_id: str
    name: str | None
    phone: str | None
    topic: str | None
    topic_doubt: str | None
    created_at: Moment


class RevealedBookingOut(Out):
    name: str | None
    phone: str | None


class BookingsOut(PageOut):
    items: list[BookingOut]


@route(door, "GET", "/receptions", access=ANY_SESSION, summary="接待日列表", answers={200: ReceptionsOut})
def list_receptions(query: ReceptionsQuery) -> ReceptionsOut:
    """Days not over yet, soonest first; those only planned are shown to the station itself."""
    session = db.session()
    rows = receptions.upcoming(
        session,
        now=core().clock(),
        station_id=query.station_id,
        include_planned=works_at(current_actor(), query.station_id) is not None,
        limit=query.limit,
    )
    taken = receptions.booked_places(session, [row.id for row in rows])
    mine = {row.reception_id: row.id for row in receptions.bookings_of(session, account_id=current_account_id())}
    return ReceptionsOut(items=[_listed(row, taken.get(row.id, 0), mine.get(row.id)) for row in rows])


def _listed(row: ReceptionDay, booked: int, my_booking_id: str | None) -> ListedReceptionOut:
    return ListedReceptionOut(**dict(ReceptionOut.model_validate(row)), booked=booked, my_booking_id=my_booking_id)


def _own_reception(reception_id: str) -> ReceptionDay:
    return keeping.own_reception(db.session(), current_actor(), reception_id)


@route(
    door,
    "POST",
    "/receptions",
    access=only(*STAFF),
    summary="安排接待日",
    answers={201: ReceptionOut},
    problems=(404,),
    idempotency=Idempotency.OPTIONAL,
)
def plan_reception(body: PlanIn) -> ReceptionOut:
    district_id = works_at(current_actor(), body.station_id)
    if district_id is None:
        raise NotFound(NO_STATION)
    row = receptions.plan(db.session(), district_id=district_id, now=core().clock(), **body.model_dump())
    return ReceptionOut.model_validate(row)


@route(
    door,
    "POST",
    "/receptions/<id>/announce",
    access=only(*STAFF),
    summary="公告接待日",
    answers={200: ReceptionOut},
)
def announce_reception(path: IdPath, body: AnnounceIn) -> ReceptionOut:
    row = _own_reception(path.id)
    announced = receptions.announce(db.session(), row.district_id, row.id, version=body.version, now=core().clock())
    return ReceptionOut.model_validate(announced)


@route(
    door,
    "POST",
    "/receptions/<id>/cancel",
    access=only(*STAFF),
    summary="取消接待日",
    answers={200: ReceptionOut},
)
def cancel_reception(path: IdPath, body: CancelIn) -> ReceptionOut:
    """Bookings move to the next announced day while there is room; everybody concerned is told."""
    row, now = _own_reception(path.id), core().clock()
    cancelled = receptions.cancel(
        db.session(), row.district_id, row.id, version=body.version, reason=body.reason, now=now
    )
    return ReceptionOut.model_validate(cancelled)


@route(
    door,
    "GET",
    "/receptions/<id>/bookings",
    access=only(*STAFF),
    summary="接待日的预约",
    answers={200: BookingsOut},
)
def list_bookings(path: IdPath) -> BookingsOut:
    """Who is expected, for the station's own staff: masked, as everywhere."""
    rows, now = receptions.bookings_of(db.session(), reception_id=_own_reception(path.id).id), core().clock()
    return BookingsOut(items=[_masked(row, now) for row in rows])


def _masked(row: ReceptionBooking, now: dt.datetime) -> BookingOut:
    return BookingOut(
        id=row.id,
        reception_id=row.reception_id,
        name=mask_name(row.name),
        phone=mask_phone(row.phone),
        topic=topics.shown(row, staff=True, now=now),
        topic_doubt=topics.doubt(row, now=now),
        created_at=row.created_at,
    )


@route(
    door,
    "POST",
    "/receptions/<id>/bookings/<booking_id>/reveal",
    access=only(*STAFF),
    summary="查看预约人的姓名和电话",
    answers={200: RevealedBookingOut},
    limit="30 per hour",
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def reveal_booking(path: BookingPath, body: RevealIn) -> RevealedBookingOut:
    """With a reason; whoever booked is told, and sees who looked and why."""
    actor, now = current_actor(), core().clock()
    row = revealing.reveal_booking(db.session(), path.id, path.booking_id, actor=actor, reason=body.reason, now=now)
    return RevealedBookingOut.model_validate(row)


@route(
    door,
    "POST",
    "/receptions/<id>/bookings",
    access=ANY_SESSION,
    summary="预约接待",
    answers={201: BookingOut},
    idempotency=Idempotency.OPTIONAL,
    limit="20 per hour",
    rings=jobs.ASK_CHECKS,
)
def book_reception(path: IdPath, body: BookingIn) -> BookingOut:
    """A name and a phone are welcome, not required; asking twice gives the same booking."""
    session, now = db.session(), core().clock()
    row = receptions.book(session, path.id, account_id=current_account_id(), now=now, **body.model_dump())
    booked.begin(session, row, receptions.reception(session, None, row.reception_id).district_id, now=now)
    return BookingOut(
        id=row.id,
        reception_id=row.reception_id,
        name=row.name,
        phone=row.phone,
        topic=row.topic,
        topic_doubt=None,
        created_at=row.created_at,
    )


@route(
    door,
    "DELETE",
    "/receptions/<id>/bookings/<booking_id>",
    access=ANY_SESSION,
    summary="取消我的预约",
    answers={204: None},
    wakes=False,
)
def cancel_booking(path: BookingPath) -> None:
    receptions.cancel_booking(db.session(), path.booking_id, account_id=current_account_id(), now=core().clock())
