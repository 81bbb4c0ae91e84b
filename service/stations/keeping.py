"""Who keeps a station and its codes: its head and clerks, the township above it, the district; nobody else sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Grant, Role
from service.errors import NotFound
from service.stations import codes, queries
from service.stations.models import ReceptionDay, RosterEntry, ScanCode, Station
from service.stations.receptions import reception

KEEPERS = (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP, Role.DISTRICT)
STAFF = (Role.STATION_HEAD, Role.STATION_CLERK)
"""Those who plan its reception days and see who has booked."""
NO_STATION = "没有找到这个联络站。"
NO_RECEPTION = "没有找到这次接待。"
_ORDER = (Station.township_code, Station.kind, Station.name, Station.id)


def own_station(session: Session, actor: Actor, station_id: str) -> Station:
    """:raises NotFound: also for stations out of the actor's scope, so that guessing ids tells nothing."""
    station = queries.station(session, None, station_id)
    if not any(covers(grant, station) for grant in actor.grants_of(*KEEPERS)):
        raise NotFound(NO_STATION)
    return station


def covers(grant: Grant, station: Station) -> bool:
    """Whether a keeper's ``grant`` reaches the station."""
    if grant.district_id != station.district_id:
        return False
    if grant.role is Role.DISTRICT:
        return True
    if grant.role is Role.TOWNSHIP:
        return grant.township_code == station.township_code
    return grant.station_id == station.id


def own_code(session: Session, actor: Actor, typed: str) -> ScanCode:
    """:raises NotFound: also for codes of stations out of scope."""
    row = codes.code(session, typed)
    try:
        own_station(session, actor, row.station_id)
    except NotFound:
        raise NotFound(codes.NO_CODE) from None
    return row


def works_at(actor: Actor, station_id: str) -> str | None:
    """The district in which the actor is head or clerk of that station; None for everybody else."""
    return next((grant.district_id for grant in actor.grants_of(*STAFF) if grant.station_id == station_id), None)


def own_reception(session: Session, actor: Actor, reception_id: str) -> ReceptionDay:
    """:raises NotFound: also for other stations' days, so that guessing ids tells nothing."""
    for district_id in {grant.district_id for grant in actor.grants_of(*STAFF)}:
        row = _reception_or_none(session, district_id, reception_id)
        if row is not None and district_id in _works_at_now(session, actor, row):
            return row
    raise NotFound(NO_RECEPTION)


def places_of(session: Session, day: ReceptionDay) -> frozenset[str]:
    """The station at which the day was, and the one that is in its place by now."""
    reached, _ = queries.follow(session, queries.station(session, day.district_id, day.station_id))
    return frozenset({day.station_id, reached.id})


def _works_at_now(session: Session, actor: Actor, row: ReceptionDay) -> set[str | None]:
    """Districts in which the actor works where the day was, or at the station that one was merged into."""
    here = works_at(actor, row.station_id)
    if here is not None:
        return {here}
    return {works_at(actor, one) for one in places_of(session, row)}


def _reception_or_none(session: Session, district_id: str, reception_id: str) -> ReceptionDay | None:
    try:
        return reception(session, district_id, reception_id)
    except NotFound:
        return None


def kept(
    session: Session, actor: Actor, *, q: str | None = None, after: Sequence[str] | None = None, limit: int
) -> Sequence[Station]:
    """The actor's stations in every state, by township, kind and name; ``after``: :func:`position` of the last one shown."""
    wanted = sa.select(Station).where(sa.or_(sa.false(), *(_reach(grant) for grant in actor.grants_of(*KEEPERS))))
    if q:
        wanted = wanted.where(Station.name.contains(q, autoescape=True))
    if after is not None:
        wanted = wanted.where(sa.tuple_(*_ORDER) > sa.tuple_(*after))
    return session.scalars(wanted.order_by(*_ORDER).limit(limit)).all()


def position(station: Station) -> list[str]:
    """Where a list of :func:`kept` goes on."""
    return [station.township_code, station.kind, station.name, station.id]


def _reach(grant: Grant) -> sa.ColumnElement[bool]:
    """:func:`covers` as a condition."""
    here = Station.district_id == grant.district_id
    if grant.role is Role.DISTRICT:
        return here
    if grant.role is Role.TOWNSHIP:
        return sa.and_(here, Station.township_code == grant.township_code)
    return sa.and_(here, Station.id == grant.station_id)


def stationed_counts(session: Session, station_ids: Collection[str], *, on: dt.date) -> dict[str, int]:
    """Station → how many deputies are stationed there that day; those without any are left out."""
    wanted = (
        sa.select(RosterEntry.station_id, sa.func.count(sa.distinct(RosterEntry.deputy_id)))
        .where(
            RosterEntry.station_id.in_(station_ids),
            RosterEntry.from_on <= on,
            sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on),
        )
        .group_by(RosterEntry.station_id)
    )
    return dict(session.execute(wanted).all())
