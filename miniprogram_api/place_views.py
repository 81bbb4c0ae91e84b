"""How stations, deputies and reception days look to the public: never a mobile number, home address or id number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.orm import Session

from miniprogram_api.photo_answers import absolute
from miniprogram_api.presenters import PRESENTERS
from miniprogram_api.schemas import Moment, Out
from service.calendar.workdays import local_date
from service.deputies.mandates import Level
from service.deputies.queries import cards
from service.stations import queries
from service.stations.kinds import ReceptionState, StationKind, StationState, StationTheme
from service.stations.models import ReceptionDay, Station


class NamedOut(Out):
    id: str
    name: str


class DeputyOut(Out):
    """One card per person, also with two mandates (rulebook §11). ``photo_url``: for everybody; null without a photo."""

    id: str
    name: str
    titles: list[str]
    levels: list[Level]
    constituency: str | None
    introduction: str | None
    groups: list[str]
    photo_url: Annotated[str, AfterValidator(absolute)] | None


class StationOut(Out):
    id: str
    district_id: str
    township_code: str
    name: str
    kind: StationKind
    theme: StationTheme
    state: StationState
    address: str | None
    phone: str | None
    hours: str | None


class ReceptionOut(Out):
    """``version`` goes back with announce and cancel."""

    id: str
    station_id: str
    starts_at: Moment
    ends_at: Moment
    place: str
    theme: str | None
    deputy_ids: list[str]
    capacity: int | None
    state: ReceptionState
    cancel_reason: str | None
    version: int


class StationDetailOut(StationOut):
    """``successor``: where matters go now, when the station was merged or closed; ``notice`` says so.

    ``code``: a code of the station that is in use, for whoever comes without a poster; null where there is none.
    """

    code: str | None
    notice: str | None
    successor: NamedOut | None
    grids: list[NamedOut]
    deputies: list[DeputyOut]
    next_reception: ReceptionOut | None


PRESENTERS[ReceptionDay] = ReceptionOut.model_validate


def deputies_out(session: Session, deputy_ids: Sequence[str], *, on: dt.date) -> list[DeputyOut]:
    """In the given order; ids of nobody are left out."""
    found = cards(session, deputy_ids, on=on)
    return [DeputyOut.model_validate(found[deputy_id]) for deputy_id in deputy_ids if deputy_id in found]


def named(rows: Iterable[object]) -> list[NamedOut]:
    return [NamedOut.model_validate(row) for row in rows]


def station_detail(session: Session, station: Station, *, now: dt.datetime) -> StationDetailOut:
    reached, notice = queries.follow(session, station)
    today = local_date(now)
    reception = queries.next_reception(session, station.id, now=now)
    return StationDetailOut(
        **dict(StationOut.model_validate(station)),
        code=queries.any_code(session, reached.id),
        notice=notice,
        successor=NamedOut.model_validate(reached) if reached.id != station.id else None,
        grids=named(queries.grids_of_station(session, station.id, on=today)),
        deputies=deputies_out(session, queries.roster(session, station.id, on=today), on=today),
        next_reception=ReceptionOut.model_validate(reception) if reception else None,
    )
