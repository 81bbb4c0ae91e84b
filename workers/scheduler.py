"""The clock: rings each job at its interval. Safe when two are started: a tick belongs to whoever takes it in Redis first."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass

import structlog
from redis import Redis
from redis.exceptions import RedisError

from service import jobs
from service.jobs import Wake

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Every:
    seconds: int
    job: str


SCHEDULE = (
    Every(2, jobs.LINK_LEDGER),
    Every(5, jobs.SWEEP),
    Every(10, jobs.WATCH_MATTERS),
    Every(60, jobs.RUN_TIMERS),
    Every(30, jobs.CHASE_CHECKS),
    Every(60, jobs.COUNT_SCANS),
    Every(600, jobs.REFRESH_LISTS),
    Every(60, jobs.KEEP_FACTS),
    Every(3600, jobs.LINK_FORGOTTEN),
    Every(3600, jobs.SWEEP_UPLOADS),
    Every(86400, jobs.COMPARE_FILES),
    Every(3600, jobs.TRAIN_CATEGORIES),
    Every(86400, jobs.FORGET_TRAIL),
)


def take_tick(connection: Redis, every: Every, now: float) -> bool:
    """Whether this scheduler owns the current tick of a job; False when another has it."""
    tick = int(now // every.seconds)
    return bool(connection.set(f"tick:{every.job}:{tick}", 1, nx=True, ex=max(60, every.seconds * 3)))


def ring_due(connection: Redis, wake: Wake, now: float) -> None:
    """Ring every job whose tick nobody has taken. Without Redis nothing can be rung; the next second tries again."""
    for every in SCHEDULE:
        try:
            if take_tick(connection, every, now):
                wake(every.job)
        except (RedisError, OSError) as error:
            log.warning("scheduler_without_redis", error=type(error).__name__)
            return


def run(connection: Redis, wake: Wake) -> None:
    """Until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        ring_due(connection, wake, time.time())
