"""The application, a town in it, and many issues at once: rows as they stand after a life, without having lived it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.ids import new_id
from service.issues import search
from service.issues.models import Issue
from tests.api.conftest import app, client, make_account, sign_in
from tests.journeys.conftest import town, world
from tests.world import Place, World

__all__ = ["app", "client", "make_account", "sign_in", "town", "world"]

Fill = Callable[..., list[str]]


@pytest.fixture
def fill(session: Session, world: World, now: dt.datetime) -> Fill:
    """:func:`write_issues` in district A of the world, unless told otherwise."""

    def write(*rows: dict[str, Any], place: Place | None = None, index: bool = True) -> list[str]:
        return write_issues(session, place or world.a, rows, now=now, index=index)

    return write


def write_issues(
    session: Session, place: Place, rows: Iterable[dict[str, Any]], *, now: dt.datetime, index: bool = True
) -> list[str]:
    """Write issues given as what differs from an ordinary one; their ids. Indexed for search, as a worker would have."""
    whole = [_row(place, now, number) | row for number, row in enumerate(rows)]
    for row in whole:
        row["redacted"] = row.get("redacted") or row["content"]
    session.execute(sa.insert(Issue), whole)
    while index and search.index_missing(session):
        pass
    session.commit()
    return [row["id"] for row in whole]


def _row(place: Place, now: dt.datetime, number: int) -> dict[str, Any]:
    key, said = new_id(), now - dt.timedelta(minutes=number)
    return {
        "id": key,
        "district_id": place.district_id,
        "number": f"T-{key[:20]}",
        "receipt_digest": key,
        "station_id": place.station,
        "township_code": place.township,
        "division_code": place.village,
        "category_id": place.categories["道路交通"],
        "kind": "HELP",
        "channel": "SCAN",
        "anonymity": "receipt_only",
        "content": "路灯坏了",
        "redacted": None,
        "state": "pending_accept",
        "recused": [],
        "received_at": said,
        "created_at": said,
        "updated_at": said,
    }
