"""How far a long job is (进度): a number in Redis, because the job's own transaction shows nothing until it ends.

Nobody depends on it: without Redis a page says that it is being worked on, and not how far.
"""

from __future__ import annotations

import math
import time

from redis import Redis
from redis.exceptions import RedisError

KEPT_SECONDS = 600
PAUSE = 0.5
"""Seconds between two writes of one job."""


class Progress:
    """``prefix`` keeps tests on one Redis apart."""

    def __init__(self, connection: Redis, *, prefix: str = "") -> None:
        self._redis, self._prefix = connection, prefix + "progress:"

    def of(self, job_id: str) -> int | None:
        """Percent; None when nothing is known."""
        try:
            found = self._redis.get(self._prefix + job_id)
        except (RedisError, OSError):
            return None
        return int(found) if isinstance(found, bytes) and found.isdigit() else None

    def say(self, job_id: str, percent: int) -> bool:
        """Whether Redis heard it; never raises."""
        try:
            self._redis.set(self._prefix + job_id, max(0, min(99, percent)), ex=KEPT_SECONDS)
        except (RedisError, OSError):
            return False
        return True


class Counting:
    """A :data:`service.sheets.report.Progress` for one job: lines in, percents out, twice a second at most.

    It speaks in the middle of the job's transaction: once Redis has not answered, nothing more is said.
    """

    def __init__(self, progress: Progress, job_id: str, lines: int) -> None:
        self._progress, self._job_id, self._lines = progress, job_id, max(1, lines)
        self._done, self._next = 0, 0.0

    def __call__(self, lines: int) -> None:
        self._done += lines
        if time.monotonic() >= self._next:
            heard = self._progress.say(self._job_id, 100 * self._done // self._lines)
            self._next = time.monotonic() + PAUSE if heard else math.inf
