"""Stations and codes the caller keeps (:mod:`service.stations.keeping`)."""

from __future__ import annotations

from miniprogram_api.issue_shapes import Code
from miniprogram_api.routing import current_actor
from miniprogram_api.schemas import Path
from service.db import db
from service.stations import keeping
from service.stations.keeping import KEEPERS
from service.stations.models import ScanCode, Station

__all__ = ["KEEPERS", "CodePath", "own_code", "own_station"]


class CodePath(Path):
    code: Code


def own_station(station_id: str) -> Station:
    """:raises NotFound: also for stations out of the caller's scope."""
    return keeping.own_station(db.session(), current_actor(), station_id)


def own_code(typed: str) -> ScanCode:
    """:raises NotFound: also for codes of stations out of scope."""
    return keeping.own_code(db.session(), current_actor(), typed)
