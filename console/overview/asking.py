"""What a page of figures is asked for: whose, and from when to when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from console.navigation import FIGURES
from console.pages import grants_of
from console.typed import Typed
from service.accounts.roles import Grant
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.errors import Forbidden
from service.stations import queries as stations
from service.supervision.queries import Period, Scope
from service.supervision.reports import last_month, month_of
from service.territory import queries as territory

LOOKING = FIGURES
"""Who sees figures of a place: rulebook §12, each their own."""
USUAL_DAYS = 30
LAST_MONTH = "month"
WINDOWS = {"7": "近 7 天", "30": "近 30 天", "90": "近 90 天", "365": "近一年"}
PRESETS = {LAST_MONTH: "上月", **WINDOWS}
MOST_DAYS = 366 * 5


@dataclass(frozen=True, slots=True)
class Asked:
    """``places``: whose figures the person may choose from, (key, title); ``key``: the one chosen."""

    scope: Scope
    period: Period
    key: str
    places: list[tuple[str, str]]
    faults: dict[str, str]

    @property
    def title(self) -> str:
        return dict(self.places)[self.key]


def asked(session: Session) -> Asked:
    """Read from the address; days that make no sense are named and the usual ones shown.

    :raises Forbidden: for a place that is not theirs.
    """
    scopes = {_key(grant): grant for grant in grants_of(*LOOKING)}
    key = request.args.get("of") or next(iter(scopes))
    if key not in scopes:
        raise Forbidden("您没有查看这里统计数据的权限。")
    period, faults = _period()
    places = [(one, _title(session, grant)) for one, grant in scopes.items()]
    return Asked(_scope(scopes[key]), period, key, places, faults)


def _key(grant: Grant) -> str:
    scope = _scope(grant)
    return scope.station_id or scope.township_code or scope.district_id


def _scope(grant: Grant) -> Scope:
    return Scope(grant.district_id, grant.township_code, grant.station_id)


def _title(session: Session, grant: Grant) -> str:
    if grant.station_id is not None:
        return stations.names(session, [grant.station_id])[grant.station_id]
    if grant.township_code is not None:
        return territory.division_names(session, [grant.township_code])[grant.township_code]
    return territory.district(session, grant.district_id).name


def _period() -> tuple[Period, dict[str, str]]:
    today = local_date(core().clock())
    typed = Typed(request.args)
    since, until = typed.day("since"), typed.day("until")
    days = request.args.get("days", "")
    if since and until and not typed.faults:
        if since <= until and (until - since).days <= MOST_DAYS:
            return Period(since, until), {}
        typed.faults["until"] = "截止日期不能早于开始日期，也不能相隔五年以上。"
    if days == LAST_MONTH:
        return month_of(last_month(core().clock())), typed.faults
    back = int(days) if days in WINDOWS else USUAL_DAYS
    return Period(today - dt.timedelta(days=back - 1), today), typed.faults
