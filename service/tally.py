"""Counting scans without costing the scan anything: a number in memory, a second later in Redis, a minute later a row.

No statement of SQL and no waiting in the request. What is lost when a web process is killed is at most the last second;
when Redis loses its data, at most the minute since the last job. Codes and days only: nothing about who scanned.
"""

from __future__ import annotations

import atexit
import datetime as dt
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from service.ids import new_id

WAITING, TAKEN, BATCH = "scans:waiting", "scans:taken", "batch"
SOON, LATER = 1.0, 5.0
"""Seconds until counts go to Redis, and until it is tried again when Redis is away."""

_SETTLE = """
if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('del', KEYS[1]) end
return 0
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Scans taken out of Redis together: (code, day in China) → how many."""

    id: str
    counts: Mapping[tuple[str, dt.date], int]


class ScanTally:
    """One per process. ``prefix`` keeps tests on one Redis apart."""

    def __init__(self, connection: Redis, *, prefix: str = "") -> None:
        self._redis, self._waiting, self._taken = connection, prefix + WAITING, prefix + TAKEN
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._timer: threading.Timer | None = None
        atexit.register(self.push)

    def count(self, code: str, on: dt.date) -> None:
        """One more scan of ``code``. Never raises, never waits."""
        with self._lock:
            self._counts[f"{code}:{on}"] += 1
            self._set_timer(SOON)

    def push(self) -> bool:
        """Bring what was counted to Redis; False when Redis is away and it is kept for another try."""
        with self._lock:
            counts, self._counts, self._timer = self._counts, Counter(), None
        if not counts:
            return True
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                for field, number in counts.items():
                    pipeline.hincrby(self._waiting, field, number)
                pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("scans_without_redis", error=type(error).__name__, kept=counts.total())
            with self._lock:
                self._counts.update(counts)
                self._set_timer(LATER)
            return False
        return True

    def take(self) -> Batch | None:
        """The batch that was taken and not settled, or a new one; None when there is nothing to count.

        Redis away is as good as nothing to count: the job comes again.
        """
        try:
            if not self._redis.exists(self._taken):
                self._redis.renamenx(self._waiting, self._taken)
            self._redis.hsetnx(self._taken, BATCH, new_id())
            fields = cast(dict[bytes, bytes], self._redis.hgetall(self._taken))
        except ResponseError:
            return None  # nothing waits
        except (RedisError, OSError) as error:
            log.warning("scans_without_redis", error=type(error).__name__)
            return None
        batch = fields.pop(BATCH.encode()).decode()
        return Batch(batch, dict(_read(field.decode(), int(number)) for field, number in fields.items()))

    def settle(self, batch: Batch) -> None:
        """The batch is in the database: forget it. Failing here is harmless, it is then refused as known."""
        try:
            self._redis.eval(_SETTLE, 1, self._taken, BATCH, batch.id)
        except (RedisError, OSError) as error:
            log.warning("scans_without_redis", error=type(error).__name__)

    def _set_timer(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(seconds, self.push)
            self._timer.daemon = True
            self._timer.start()


def _read(field: str, number: int) -> tuple[tuple[str, dt.date], int]:
    code, _, day = field.partition(":")
    return (code, dt.date.fromisoformat(day)), number
