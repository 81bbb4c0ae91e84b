"""Redis gone for long: the bell may be silent, but a worker must not sleep on when it rings again."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisAway
from rq import Queue

from service.wake import connect, redis_wake
from workers.__main__ import FastWorker

SECONDS_A_WORKER_MAY_SLEEP_ON = 10


def test_a_worker_looks_for_redis_every_few_seconds_however_long_it_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = connect("redis://127.0.0.1:1/0")
    worker = FastWorker([Queue("decide", connection=connection)], connection=connection, prepare_for_work=False)
    waits: list[float] = []

    def asleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 12:
            raise KeyboardInterrupt

    monkeypatch.setattr("rq.worker.base.time.sleep", asleep)
    monkeypatch.setattr(worker, "set_state", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        worker.dequeue_job_and_maintain_ttl(1)
    assert max(waits) <= SECONDS_A_WORKER_MAY_SLEEP_ON
    with pytest.raises(RedisAway):
        connection.ping()


def test_ringing_without_redis_raises_nothing() -> None:
    redis_wake("redis://127.0.0.1:1/0")("workers.jobs.drain_outbox")
    redis_wake("unix:///nowhere/redis.sock")("workers.jobs.drain_outbox")
