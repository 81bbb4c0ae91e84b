"""Who keeps a station's codes: its head and clerks, the township above it, the district; nobody else sees them."""

from __future__ import annotations

from miniprogram_api.issue_shapes import Code
from miniprogram_api.routing import current_actor
from miniprogram_api.schemas import Path
from service.accounts.roles import Grant, Role
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.stations import codes, queries
from service.stations.models import ScanCode, Station

KEEPERS = (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP, Role.DISTRICT)
NO_STATION = "没有找到这个联络站。"


class CodePath(Path):
    code: Code


def own_station(station_id: str) -> Station:
    """:raises NotFound: also for stations out of the caller's scope, so that guessing ids tells nothing."""
    station = queries.station(db.session(), None, station_id)
    if not any(_covers(grant, station) for grant in current_actor().grants_of(*KEEPERS)):
        raise NotFound(NO_STATION)
    return station


def _covers(grant: Grant, station: Station) -> bool:
    if grant.district_id != station.district_id:
        return False
    if grant.role is Role.DISTRICT:
        return True
    if grant.role is Role.TOWNSHIP:
        return grant.township_code == station.township_code
    return grant.station_id == station.id


def own_code(typed: str) -> ScanCode:
    """:raises NotFound: also for codes of stations out of scope."""
    row = codes.code(db.session(), typed)
    try:
        own_station(row.station_id)
    except NotFound:
        raise NotFound(codes.NO_CODE) from None
    return row


def code_url(row: ScanCode) -> str:
    """What is printed, exactly (contract)."""
    return f"{core().settings.public_base_url}/s/{row.code}"
