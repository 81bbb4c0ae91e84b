"""A deputy's own desk on the phone: answers given before, own numbers (no ranking), own reception days (rulebook §12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from miniprogram_api.access import current_account_id
from miniprogram_api.issue_views import seen
from miniprogram_api.place_views import ReceptionOut
from miniprogram_api.routing import Door, current_actor, only, route
from miniprogram_api.schemas import IdPath, Moment, Out, PageOut
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.issues import own_work
from service.masking import mask_name, redact
from service.stations import queries as stations
from service.stations import receptions
from service.stations.kinds import ReceptionState
from service.stations.models import ReceptionBooking, ReceptionDay
from service.stations.receptions import topics

door = Door("deputy", "代表履职")


class PastAnswerOut(Out):
    """``text`` is the caller's own; ``why`` names what both matters have in common."""

    issue_id: str
    number: str
    category: str | None
    at: Moment
    text: str
    why: str


class PastAnswersOut(PageOut):
    items: list[PastAnswerOut]


class OwnFigureOut(Out):
    """``value`` null: nothing to count yet; ``sample``: of how many."""

    name: str
    title: str
    value: float | None
    unit: str
    sample: int
    method: str


class OwnFiguresOut(Out):
    as_of: Moment
    items: list[OwnFigureOut]


class MaskedBookingOut(Out):
    """Who comes, masked: the deputy needs to know what about, the station knows who."""

    id: str
    name: str | None
    topic: str | None
    created_at: Moment


class OwnReceptionOut(ReceptionOut):
    """``mine``: the caller receives that day; bookings are told of those days alone."""

    station_name: str
    mine: bool
    booked: int
    bookings: list[MaskedBookingOut]


class OwnReceptionsOut(PageOut):
    items: list[OwnReceptionOut]


@route(
    door,
    "GET",
    "/issues/<id>/past-answers",
    access=only(Role.DEPUTY),
    summary="我以前对类似事项的答复",
    answers={200: PastAnswersOut},
    limit="60 per minute",
)
def list_past_answers(path: IdPath) -> PastAnswersOut:
    """The caller's own words to other residents in matters alike, at most five; never what those residents wrote."""
    session, actor = db.session(), current_actor()
    case, _parties = seen(session, path.id, actor, core().clock())
    found = own_work.past_answers(session, case.issue, deputy_ids=_mine(), account_id=current_account_id())
    return PastAnswersOut(items=[PastAnswerOut.model_validate(one) for one in found])


@route(
    door,
    "GET",
    "/deputy/figures",
    access=only(Role.DEPUTY),
    summary="我的履职数字",
    answers={200: OwnFiguresOut},
    limit="30 per minute",
)
def show_own_figures() -> OwnFiguresOut:
    """Counts and medians for oneself: nobody is compared with anybody."""
    now = core().clock()
    found = own_work.figures(db.session(), _mine(), now=now)
    return OwnFiguresOut(as_of=now, items=[OwnFigureOut.model_validate(one) for one in found])


@route(
    door,
    "GET",
    "/deputy/receptions",
    access=only(Role.DEPUTY),
    summary="我的接待日",
    answers={200: OwnReceptionsOut},
    limit="60 per minute",
)
def list_own_receptions() -> OwnReceptionsOut:
    """Days to come at the caller's stations: own ones also while only planned, others' once announced."""
    session, now, mine = db.session(), core().clock(), frozenset(_mine())
    today = local_date(now)
    places = {row.id: row.name for one in mine for row in stations.stations_of_deputy(session, one, on=today)}
    rows = [
        row
        for station_id in places
        for row in receptions.upcoming(session, now=now, station_id=station_id, include_planned=True, limit=50)
        if mine & set(row.deputy_ids) or row.state != ReceptionState.PLANNED
    ]
    booked = receptions.bookings_by_day(session, [row.id for row in rows])
    items = [
        _day(row, places[row.station_id], bool(mine & set(row.deputy_ids)), booked.get(row.id, []), now) for row in rows
    ]
    return OwnReceptionsOut(items=sorted(items, key=lambda day: day.starts_at))


def _day(
    row: ReceptionDay, station_name: str, mine: bool, booked: Sequence[ReceptionBooking], now: dt.datetime
) -> OwnReceptionOut:
    return OwnReceptionOut(
        **dict(ReceptionOut.model_validate(row)),
        station_name=station_name,
        mine=mine,
        booked=len(booked),
        bookings=[_masked(one, now) for one in booked] if mine else [],
    )


def _masked(row: ReceptionBooking, now: dt.datetime) -> MaskedBookingOut:
    topic = topics.shown(row, staff=False, now=now)
    hidden = redact(topic, names=[row.name]) if topic else None
    return MaskedBookingOut(id=row.id, name=mask_name(row.name), topic=hidden, created_at=row.created_at)


def _mine() -> list[str]:
    return [grant.deputy_id for grant in current_actor().grants_of(Role.DEPUTY) if grant.deputy_id]
