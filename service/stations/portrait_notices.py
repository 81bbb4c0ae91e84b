"""Who is told about a deputy's photo (代表照片): the station when one waits for its look, the deputy once it is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies.models import Deputy
from service.notifications import actions as notifications
from service.notifications.actions import Notice
from service.notifications.kinds import ABOUT_PORTRAITS, Kind
from service.stations import queries as stations

DESK = (Role.STATION_CLERK, Role.STATION_HEAD)
WAITS = "本站有一张代表照片等您查看。是本人、是清楚的正面半身照，再公开；不合适，撤下请代表再传。"
SHOWN = "联络站看过了您的照片，现在扫码的群众都能看到。要换或者撤下，请打开“代表照片”。"


def about_offer(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """Those at the deputy's stations; nobody when it was looked at meanwhile, or one of them sent it: they may show it."""
    deputy = session.get(Deputy, payload["deputy_id"])
    if deputy is None or deputy.portrait_waiting_id != payload["upload_id"]:
        return
    told = [
        account
        for station in stations.stations_of_deputy(session, deputy.id, on=local_date(now))
        for role in DESK
        for account in accounts_with(session, role, district_id=deputy.district_id, station_id=station.id)
    ]
    if payload["account_id"] in told:
        return
    notices = [Notice(account, Kind.TASK.value, "代表照片等您查看", WAITS) for account in dict.fromkeys(told)]
    notifications.write(session, notices, key=f"{ABOUT_PORTRAITS}:{key}", district_id=deputy.district_id, now=now)


def about_shown(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """The deputy, while that very photo is shown."""
    deputy = session.get(Deputy, payload["deputy_id"])
    if deputy is None or deputy.portrait_id != payload["upload_id"]:
        return
    own = accounts_with(session, Role.DEPUTY, district_id=deputy.district_id, deputy_id=deputy.id)
    notices = [Notice(account, Kind.PROGRESS.value, "您的照片已经公开", SHOWN) for account in own]
    notifications.write(session, notices, key=f"{ABOUT_PORTRAITS}:{key}", district_id=deputy.district_id, now=now)
