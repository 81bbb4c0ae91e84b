"""The bell for the workers. Ringing may fail: what is written and not done is found by the sweeper."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

from service.ids import new_id
from service.jobs import QUEUE_OF, Wake

MAX_WAITING = 2
"""Of each job: it takes everything due, so one for each of a few workers is enough, and sees this caller's rows."""
REST = 0.02
"""Seconds between two rings of a process: many requests at once need one."""

log = structlog.get_logger(__name__)


def connect(redis_url: str, *, patient: bool = False) -> Redis:
    """A connection for RQ (bytes, never ``decode_responses``). Impatient by default: a request must not wait for Redis.

    redis-py's own ten retries would cost a request four seconds when Redis is down (backend facts §1).
    """
    if patient:
        return Redis.from_url(redis_url)
    return Redis.from_url(redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=0.5, socket_connect_timeout=0.3)


def redis_wake(redis_url: str) -> Wake:
    """A :data:`service.jobs.Wake` over RQ that never raises and never waits."""
    connection = connect(redis_url)
    queues = {name: Queue(name, connection=connection) for name in set(QUEUE_OF.values())}

    def ring(job: str) -> None:
        queue = queues[QUEUE_OF[job]]
        try:
            name = f"{job.rpartition('.')[2]}-"
            waiting: list[Any] = connection.lrange(queue.key, 0, -1)
            if sum(one.startswith(name.encode()) for one in waiting) < MAX_WAITING:
                queue.enqueue(job, job_id=name + new_id(), result_ttl=60, failure_ttl=3600, job_timeout=120)
        except (RedisError, OSError) as error:
            log.warning("wake_failed", job=job, error=type(error).__name__)

    return Bell(ring)


class Bell:
    """Rings from a thread of its own: a request only leaves the job's name, which costs it nothing."""

    def __init__(self, ring: Callable[[str], None]) -> None:
        self._ring = ring
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._is_wanted = threading.Event()
        self._thread: threading.Thread | None = None
        atexit.register(self._ring_all)

    def __call__(self, job: str) -> None:
        with self._lock:
            self._wanted.add(job)
            if self._thread is None or not self._thread.is_alive():  # the first call, or a process forked since
                self._thread = threading.Thread(target=self._keep_ringing, name="bell", daemon=True)
                self._thread.start()
        self._is_wanted.set()

    def _keep_ringing(self) -> None:
        while self._is_wanted.wait():
            self._is_wanted.clear()
            self._ring_all()
            time.sleep(REST)

    def _ring_all(self) -> None:
        with self._lock:
            wanted, self._wanted = self._wanted, set()
        for job in sorted(wanted):
            self._ring(job)
