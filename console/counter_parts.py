"""What the counter's forms share: the station one sits at, what may be chosen there, and who speaks for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask import request

from console.pages import current_actor, grants_of
from console.typed import Typed
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI, local_date
from service.db import db
from service.deputies import queries as deputies
from service.errors import Invalid, NotFound
from service.issues import on_behalf
from service.issues.submitting import Submission
from service.issues.words import ANONYMITY_TITLES, CHANNEL_TITLES, Channel
from service.parameters import queries as parameters
from service.stations import queries as stations
from service.stations.models import Station
from service.units import queries as units

CLERKS = (Role.STATION_CLERK, Role.STATION_HEAD)
CHANNELS = [(channel.value, CHANNEL_TITLES[channel.value]) for channel in on_behalf.CHANNELS]
ANONYMITIES = list(ANONYMITY_TITLES.items())
AS_TYPED = {
    "consents.privacy": "spoken",
    "on_behalf.spoken_consent": "spoken",
    "on_behalf.received_at": "received_at",
    "contact": "phone",
    "category": "category_id",
    "target_id": "same_as",
    "upload_ids": "photo",
}
"""Fields of a submission → of the form, where they differ."""


def here() -> Station:
    """The station at whose counter one sits: the one asked for, else one's first.

    :raises NotFound: when one does not work there.
    """
    asked = request.values.get("station")
    for grant in grants_of(*CLERKS):
        if asked in (None, "", grant.station_id):
            return stations.station(db.session(), grant.district_id, str(grant.station_id))
    raise NotFound


def desk_stations() -> Sequence[Station]:
    grants = {grant.station_id: grant for grant in grants_of(*CLERKS)}.values()
    if len(grants) < 2:
        return []
    return [stations.station(db.session(), grant.district_id, str(grant.station_id)) for grant in grants]


def grids(station: Station) -> list[tuple[str, str]]:
    found = stations.grids_of_station(db.session(), station.id, on=local_date(core().clock()))
    return [(grid.id, grid.name) for grid in found]


def categories(station: Station) -> list[tuple[str, str]]:
    found = parameters.usable_categories(db.session(), station.district_id, at=core().clock())
    return [(one.id, one.title) for one in found]


def about_whom(station: Station) -> list[tuple[str, str]]:
    """Whom a complaint may name: kept from them from the first moment on."""
    session, today = db.session(), local_date(core().clock())
    names = deputies.names(session, station.district_id, stations.roster(session, station.id, on=today))
    found = units.search(session, station.district_id, township_code=station.township_code, limit=units.MOST_RESULTS)
    return [
        (f"station:{station.id}", f"本站：{station.name}"),
        *((f"deputy:{key}", f"代表：{name}") for key, name in names.items()),
        *((f"unit:{unit.id}", f"单位：{unit.name}") for unit in found),
    ]


def for_input(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def named(fields: Mapping[str, str]) -> dict[str, str]:
    """Faults by the form's own names."""
    return {AS_TYPED.get(name, name): sentence for name, sentence in fields.items()}


def behalf(
    said: Submission, typed: Typed, station: Station, channel: Channel, received_at: dt.datetime | None
) -> Submission:
    """``said`` as typed here by the clerk at this desk; faults by the form's own names."""
    try:
        return on_behalf.by_clerk(
            said,
            channel=channel,
            spoken_consent=typed.ticked("spoken"),
            received_at=received_at,
            actor=current_actor(),
            station_id=station.id,
            now=core().clock(),
        )
    except Invalid as fault:
        raise Invalid(fields=named(fault.fields)) from None
