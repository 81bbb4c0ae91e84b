"""Scans per day: counted beside the request, in batches that are added once, whatever happens to Redis or a worker."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from redis import Redis
from sqlalchemy.orm import Session

from service.ids import check_digit
from service.stations.actions import add_scans
from service.stations.models import ScanCount
from service.tally import Batch, ScanTally
from service.wake import connect
from tests.world import World

TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with connect(os.environ["TEST_REDIS_URL"]) as connection:
        yield connection


@pytest.fixture
def prefix() -> str:
    return f"{uuid.uuid4().hex}:"


def counts(session: Session) -> dict[tuple[str, dt.date], int]:
    return {(row.code, row.on_date): row.count for row in session.scalars(sa.select(ScanCount))}


def test_scans_of_several_processes_become_one_number_a_day(
    session: Session, world: World, redis: Redis, prefix: str
) -> None:
    code, other = world.a.scan_code, world.a.other_scan_code
    processes = [ScanTally(redis, prefix=prefix) for _ in range(3)]
    for number, process in enumerate(processes):
        for _ in range(number + 1):
            process.count(code, TODAY)
        process.count(other, TODAY + dt.timedelta(days=number % 2))
        assert process.push()
    batch = processes[0].take()
    assert batch is not None
    assert add_scans(session, batch.counts, batch=batch.id) == 3
    processes[0].settle(batch)
    assert processes[1].take() is None
    assert counts(session) == {(code, TODAY): 6, (other, TODAY): 2, (other, TODAY + dt.timedelta(days=1)): 1}


def test_a_batch_whose_worker_died_comes_again_and_is_not_added_twice(
    session: Session, world: World, redis: Redis, prefix: str
) -> None:
    tally, code = ScanTally(redis, prefix=prefix), world.a.scan_code
    tally.count(code, TODAY)
    tally.push()
    first = tally.take()
    tally.count(code, TODAY)
    tally.push()
    again = ScanTally(redis, prefix=prefix).take()
    assert first is not None and again == first, "what came later waits for the next batch"
    for _ in range(2):
        add_scans(session, first.counts, batch=first.id)
    assert counts(session) == {(code, TODAY): 1}
    tally.settle(first)
    later = tally.take()
    assert later is not None and later.id != first.id
    tally.settle(first)
    assert tally.take() == later, "only the batch that is meant is forgotten"
    add_scans(session, later.counts, batch=later.id)
    assert counts(session) == {(code, TODAY): 2}


def test_with_redis_away_nothing_is_lost_or_raised_and_it_is_brought_later(
    session: Session, world: World, redis: Redis, prefix: str
) -> None:
    tally = ScanTally(connect("redis://127.0.0.1:1/0"), prefix=prefix)
    for _ in range(3):
        tally.count(world.a.scan_code, TODAY)
    assert not tally.push()
    assert tally.take() is None
    tally.settle(Batch("x", {}))
    tally.count(world.a.scan_code, TODAY)
    tally._redis = redis
    assert tally.push()
    batch = tally.take()
    assert batch is not None and batch.counts == {(world.a.scan_code, TODAY): 4}


def test_codes_that_are_not_ours_are_left_out(session: Session, world: World) -> None:
    stranger = "ZZZZZZZZZ" + check_digit("ZZZZZZZZZ")
    assert add_scans(session, {(stranger, TODAY): 5}, batch="one") == 0
    assert add_scans(session, {(stranger, TODAY): 5, (world.b.scan_code, TODAY): 1}, batch="two") == 1
    assert counts(session) == {(world.b.scan_code, TODAY): 1}
    assert add_scans(session, {}, batch="three") == 0


def test_a_scan_reaches_redis_by_itself(redis: Redis, prefix: str) -> None:
    """The timer, not the request, speaks to Redis: waited for by its own end."""
    tally = ScanTally(redis, prefix=prefix)
    tally.count("AAAAAAAAAA", TODAY)
    timer = tally._timer
    assert timer is not None and timer.daemon
    timer.join(timeout=20)
    assert not timer.is_alive()
    batch = tally.take()
    assert batch is not None and batch.counts == {("AAAAAAAAAA", TODAY): 1}
