"""Which requests count as a scan, that counting costs no statement, and that the clock brings the numbers home."""

from __future__ import annotations

import dataclasses
import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from service.bootstrap import EXTENSION
from service.db import db
from service.stations.models import ScanCount
from service.tally import ScanTally
from service.wake import connect
from tests.api.conftest import Client
from tests.api.test_statement_counts import counted
from tests.conftest import FakeClock, WakeLog, make_settings
from tests.world import Place, build_world
from workers import jobs


@pytest.fixture
def place(session: Session) -> Place:
    place = build_world(session).a
    session.commit()
    return place


@pytest.fixture
def counting(
    core_app: Flask, database_url: str, clock: FakeClock, wakes: WakeLog, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A web application and the workers, with keys of their own in the shared Redis."""
    app = create_app(make_settings(database_url), wake=wakes, clock=clock, limit_scale=0)
    tally = ScanTally(connect(os.environ["TEST_REDIS_URL"]), prefix=f"{uuid.uuid4().hex}:")
    for one in (app, core_app):
        monkeypatch.setitem(one.extensions, EXTENSION, _with(one.extensions[EXTENSION], tally))
    yield app
    with app.app_context():
        db.engine.dispose()


def _with(core: Any, tally: ScanTally) -> Any:
    return dataclasses.replace(core, tally=tally)


def _rows() -> list[tuple[str, str, int]]:
    """In a session of its own: a job ends the test's."""
    rows = db.session().scalars(sa.select(ScanCount).order_by(ScanCount.on_date))
    return [(row.code, str(row.on_date), row.count) for row in rows]


def test_a_look_counts_and_what_follows_does_not(counting: Flask, place: Place, clock: FakeClock) -> None:
    client = Client(counting, counting.response_class)
    code = place.scan_code
    for path in (f"/s/{code}", f"/api/v1/scan/{code.lower()}", f"/s/{code}"):
        assert client.get(path).status_code == 200
    assert client.get(f"/s/{code}?grid_id={place.grid}").status_code == 200
    assert client.get(f"/api/v1/scan/{code}?grid_id={place.grid}").status_code == 200
    assert client.head(f"/s/{code}").status_code == 200
    assert client.get("/s/AAAAAAAAAA").status_code == 404
    clock.advance(hours=15)  # the next day in China
    assert client.get(f"/s/{code}").status_code == 200
    counting.extensions[EXTENSION].tally.push()
    for _ in range(2):
        jobs.count_scans()
    assert _rows() == [(code, "2026-03-02", 3), (code, "2026-03-03", 1)]


def test_the_next_minute_adds_to_the_same_day(counting: Flask, place: Place) -> None:
    client = Client(counting, counting.response_class)
    for _ in range(2):
        client.get(f"/s/{place.grid_code}")
        counting.extensions[EXTENSION].tally.push()
        jobs.count_scans()
    assert _rows() == [(place.grid_code, "2026-03-02", 2)]


def test_counting_costs_the_scan_no_statement_and_no_word_with_redis(
    counting: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(counting, counting.response_class)
    said: list[str] = []
    tally = counting.extensions[EXTENSION].tally
    monkeypatch.setattr(tally._redis, "execute_command", lambda *words: said.append(str(words)))
    monkeypatch.setattr(tally, "_set_timer", lambda _seconds: None)
    path = f"/api/v1/scan/{place.scan_code}"
    client.get(path)
    with counted() as sent:
        client.get(path)
    assert not any("scan_counts" in statement for statement in sent)
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in sent)
    assert said == []


def test_a_scan_is_answered_while_redis_is_away(counting: Flask, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    core = counting.extensions[EXTENSION]
    away = ScanTally(connect("redis://127.0.0.1:1/0"))
    monkeypatch.setitem(counting.extensions, EXTENSION, _with(core, away))
    client = Client(counting, counting.response_class)
    for _ in range(3):
        assert client.get(f"/s/{place.scan_code}").status_code == 200
        assert not away.push()
    assert away._counts.total() == 3
