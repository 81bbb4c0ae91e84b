"""Who is told when a work identity is asked for, bound elsewhere, confirmed or ended; inbox first, as always."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.accounts import leaving
from service.accounts.desk_models import BindingRequest
from service.accounts.models import GrantRow, Invitation
from service.accounts.queries import accounts_with
from service.accounts.roles import ROLE_TITLES, Role
from service.calendar.workdays import local_date
from service.notifications import said
from service.stations import queries as stations
from service.stations.models import Station
from service.stations.offices import CONFIRM, END, Authority

Row = GrantRow | Invitation


def keepers(session: Session, row: Row, authority: Authority, *, now: dt.datetime) -> list[str]:
    """Accounts of those next above ``row``: heads of the station, the township's office, and so on."""
    nearest, district = authority[Role(row.role)][0], row.district_id
    if nearest is Role.STATION_HEAD:
        here = [row.station_id] if row.station_id else _stationed(session, row, now)
        found = [accounts_with(session, nearest, district_id=district, station_id=one) for one in here]
        return sorted({account for accounts in found for account in accounts})
    if nearest is Role.TOWNSHIP:
        station = session.get(Station, row.station_id) if row.station_id else None
        township = station.township_code if station else row.township_code
        return accounts_with(session, nearest, district_id=district, township_code=township)
    if nearest is Role.UNIT_LEADER:
        return accounts_with(session, nearest, district_id=district, unit_id=row.unit_id)
    return accounts_with(session, nearest, district_id=district)


def _stationed(session: Session, row: Row, now: dt.datetime) -> list[str]:
    found = stations.stations_of_deputy(session, str(row.deputy_id), on=local_date(now))
    return [station.id for station in found]


def binding_requested(session: Session, request: BindingRequest, invitation: Invitation, *, now: dt.datetime) -> None:
    """Whoever knows the person is asked to confirm."""
    told, role = keepers(session, invitation, CONFIRM, now=now), ROLE_TITLES[Role(invitation.role)]
    _tell(session, told, "binding_requested", key=f"binding:{request.id}", row=invitation, now=now, role=role)


def binding_decided(session: Session, request: BindingRequest, row: Row, *, confirmed: bool, now: dt.datetime) -> None:
    name = "binding_confirmed" if confirmed else "binding_refused"
    _tell(session, [request.account_id], name, key=f"binding:{request.id}:done", row=row, now=now)


def bound_elsewhere(session: Session, row: GrantRow, phone_index: str | None, *, now: dt.datetime) -> None:
    """The same person's other WeChat is told: whoever did not do this can end it there (rulebook §9.8)."""
    if phone_index is None:
        return
    told = [twin.account_id for twin in leaving.twins(session, row, phone_index)]
    _tell(session, told, "bound_elsewhere", key=f"bound:{row.id}", row=row, now=now)


def grant_ended(session: Session, row: GrantRow, *, by_self: bool, now: dt.datetime) -> None:
    """The person is told; when a station is left without a head, the office above it (ownership goes on, §11)."""
    if not by_self:
        role = ROLE_TITLES[Role(row.role)]
        _tell(session, [row.account_id], "grant_ended", key=f"ended:{row.id}", row=row, now=now, role=role)
    if leaving.is_last_head(session, row):
        told = keepers(session, row, END, now=now)
        _tell(session, told, "headless", key=f"headless:{row.id}", row=row, now=now)


def _tell(
    session: Session, account_ids: Iterable[str], name: str, *, key: str, row: Row, now: dt.datetime, **facts: object
) -> None:
    said.write(session, account_ids, name, key=key, district_id=row.district_id, now=now, **facts)
