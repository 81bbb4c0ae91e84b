"""Deputies' photos (代表照片): sent by the deputy or the station, shown to everybody once the station has looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from miniprogram_api.access import current_account_id
from miniprogram_api.answers import File
from miniprogram_api.issue_answers import Titled
from miniprogram_api.me import ERASERS
from miniprogram_api.photo_answers import PhotoOut
from miniprogram_api.routing import PUBLIC, Answer, Door, current_actor, only, route
from miniprogram_api.schemas import Body, Id, IdPath, Out, PageOut, Query
from service import jobs
from service.accounts import queries as accounts
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import portraits
from service.deputies import queries as deputies
from service.deputies.models import Deputy
from service.errors import Invalid, NotFound
from service.stations import queries as stations
from service.stations.keeping import STAFF
from service.uploads.pictures import MEDIA_TYPE
from service.uploads.storage import Missing
from service.uploads.vault import Kind

NO_DEPUTY = "没有找到这位代表。"
PUBLIC_SECONDS = 3_600

door = Door("portraits", "代表照片")


class PortraitIn(Body):
    upload_id: Id


class PortraitOut(Out):
    """``shown``: what everybody sees; ``waiting``: sent, and not looked at yet. ``may_publish``: the caller may look."""

    deputy_id: str
    name: str
    shown: PhotoOut | None
    waiting: PhotoOut | None
    may_publish: bool


class PortraitsOut(PageOut):
    """``removals``: why a station may take a photo down, to choose from."""

    items: list[PortraitOut]
    removals: list[Titled]


class RemovalQuery(Query):
    """``reason``: of ``removals``, for a station; a deputy's own decision needs none."""

    reason: Annotated[str, Field(max_length=20)] = portraits.OTHER


class VersionQuery(Query):
    """Another photo, another address."""

    v: Annotated[str, Field(max_length=20)] = ""


@route(
    door,
    "GET",
    "/portraits",
    access=only(Role.DEPUTY, *STAFF),
    summary="代表照片列表",
    answers={200: PortraitsOut},
    limit="60 per minute",
)
def list_portraits() -> PortraitsOut:
    """A deputy's own first, then those of the deputies at one's station by name."""
    own, desk = _own(), _of_desk()
    people = portraits.people(db.session(), [*own, *desk])
    removals = [Titled(id=id, title=title) for id, title in portraits.REMOVALS.items()]
    return PortraitsOut(items=_out(sorted(people, key=lambda one: one.id not in own), desk), removals=removals)


@route(
    door,
    "PUT",
    "/portraits/<id>",
    access=only(Role.DEPUTY, *STAFF),
    summary="换代表照片",
    answers={200: PortraitOut},
    limit="30 per hour",
)
def offer_portrait(path: IdPath, body: PortraitIn) -> PortraitOut:
    """A picture sent before waits for the station's look. The same request again changes nothing."""
    desk, account_id = _of_desk(), current_account_id()
    deputy = _reached(path.id, [*_own(), *desk])
    portraits.offer(db.session(), deputy, body.upload_id, account_id=account_id, now=core().clock())
    return _out([deputy], desk)[0]


@route(
    door,
    "POST",
    "/portraits/<id>/publish",
    access=only(*STAFF),
    summary="公开代表照片",
    answers={200: PortraitOut},
    limit="120 per hour",
    rings=jobs.SWEEP_UPLOADS,
)
def publish_portrait(path: IdPath, body: PortraitIn) -> PortraitOut:
    """The station has looked: that very picture is shown from now on."""
    desk = _of_desk()
    deputy = _reached(path.id, desk)
    portraits.publish(db.session(), deputy, body.upload_id, now=core().clock())
    return _out([deputy], desk)[0]


@route(
    door,
    "DELETE",
    "/portraits/<id>",
    access=only(Role.DEPUTY, *STAFF),
    summary="撤下代表照片",
    answers={204: None},
    limit="30 per hour",
    rings=jobs.SWEEP_UPLOADS,
)
def remove_portrait(path: IdPath, query: RemovalQuery) -> None:
    """The one shown and the one that waits; the first letter of the name stands there again. Whose it is learns why."""
    own = _own()
    deputy = _reached(path.id, [*own, *_of_desk()])
    if query.reason not in portraits.REMOVALS:
        raise Invalid(fields={"reason": "请从给出的原因中选择。"})
    reason = None if deputy.id in own else query.reason
    portraits.take_down(db.session(), [deputy.id], now=core().clock(), reason=reason)


@route(
    door,
    "GET",
    "/deputies/<id>/photo",
    access=PUBLIC,
    summary="代表照片",
    answers={200: MEDIA_TYPE},
    limit="1200 per minute",
)
def show_portrait(path: IdPath, query: VersionQuery) -> Answer:
    """The small copy. ``v`` only tells one photo from the next, so that phones may keep it for an hour."""
    upload_id = portraits.shown(db.session(), path.id, on=local_date(core().clock()))
    try:
        content = core().vault.get(Kind.THUMBNAIL, upload_id)
    except Missing:
        raise NotFound(portraits.NO_PHOTO) from None
    return Answer(headers={"Cache-Control": f"public, max-age={PUBLIC_SECONDS}"}, file=File(content, MEDIA_TYPE))


def _own() -> list[str]:
    return [grant.deputy_id for grant in current_actor().grants_of(Role.DEPUTY) if grant.deputy_id]


def _of_desk() -> list[str]:
    session, today = db.session(), local_date(core().clock())
    places = dict.fromkeys(grant.station_id for grant in current_actor().grants_of(*STAFF) if grant.station_id)
    return [one for station_id in places for one in stations.roster(session, station_id, on=today)]


def _reached(deputy_id: str, within: list[str]) -> Deputy:
    """:raises NotFound: for a deputy who is neither the caller nor at the caller's station."""
    if deputy_id not in within:
        raise NotFound(NO_DEPUTY)
    return deputies.deputy(db.session(), None, deputy_id)


def _out(people: Sequence[Deputy], desk: Collection[str]) -> list[PortraitOut]:
    """``desk``: those at the caller's station, whose photos the caller may show."""
    found = portraits.pictures(db.session(), people, now=core().clock())
    photos = {key: PhotoOut.model_validate(one) for key, one in found.items()}
    return [
        PortraitOut(
            deputy_id=one.id,
            name=one.name,
            shown=photos.get(one.portrait_id or ""),
            waiting=photos.get(one.portrait_waiting_id or ""),
            may_publish=one.id in desk,
        )
        for one in people
    ]


def _forget(session: Session, account_id: str, now: dt.datetime) -> None:
    """A deputy who erases the account takes the photo along."""
    people = [one.deputy_id for one in accounts.grants(session, account_id) if one.deputy_id]
    portraits.take_down(session, people, now=now)


ERASERS.append(_forget)
