"""Who is told about a deputy's photo (代表照片): the station when one waits, the deputy when it is shown or taken down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies import portraits
from service.deputies.models import Deputy
from service.notifications import said
from service.notifications.kinds import ABOUT_PORTRAITS
from service.stations import queries as stations
from service.stations.keeping import STAFF


def about_offer(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """Those at the deputy's stations; nobody when it was looked at meanwhile, or one of them sent it: they may show it."""
    deputy = session.get(Deputy, payload["deputy_id"])
    if deputy is None or deputy.portrait_waiting_id != payload["upload_id"]:
        return
    told = [
        account
        for station in stations.stations_of_deputy(session, deputy.id, on=local_date(now))
        for role in STAFF
        for account in accounts_with(session, role, district_id=deputy.district_id, station_id=station.id)
    ]
    if payload["account_id"] in told:
        return
    key = f"{ABOUT_PORTRAITS}:{key}"
    said.write(session, told, "portrait_waits", key=key, district_id=deputy.district_id, now=now)


def about_shown(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """The deputy, while that very photo is shown."""
    deputy = session.get(Deputy, payload["deputy_id"])
    if deputy is not None and deputy.portrait_id == payload["upload_id"]:
        _tell(session, deputy, "portrait_shown", key=key, now=now)


def about_removed(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """The deputy, with the reason the station chose."""
    deputy = session.get(Deputy, payload["deputy_id"])
    if deputy is not None:
        _tell(session, deputy, "portrait_removed", key=key, now=now, reason=portraits.REMOVALS[payload["reason"]])


def _tell(session: Session, deputy: Deputy, name: str, *, key: str, now: dt.datetime, **facts: object) -> None:
    own = accounts_with(session, Role.DEPUTY, district_id=deputy.district_id, deputy_id=deputy.id)
    key = f"{ABOUT_PORTRAITS}:{key}"
    said.write(session, own, name, key=key, district_id=deputy.district_id, now=now, **facts)
