"""A circuit breaker (熔断): while WeChat cannot be reached, calls end at once instead of piling up waiting for it.

Of our own, because the kept library holds its lock while it calls: 32 senders would go one after the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum

import structlog

FAILURES = 5
"""In a row, over all threads of the process, until the circuit opens."""
REST = 10.0
"""Seconds until one call is let through to look (half open); also how long such a look may take."""

log = structlog.get_logger(__name__)


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """One per process and host. A failure is a call without an answer; any answer, also a bad one, closes the circuit."""

    def __init__(
        self, host: str, *, failures: int = FAILURES, rest: float = REST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._host, self._most, self._rest, self._clock = host, failures, rest, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._look_at: float | None = None

    def admits(self) -> bool:
        """Whether a call may be made now; of those that ask while it is open, one in :data:`REST` seconds."""
        if self._look_at is None:
            return True
        with self._lock:
            if self._look_at is None:
                return True
            if self._clock() < self._look_at:
                return False
            self._look_at = self._clock() + self._rest
            return True

    def answered(self) -> None:
        if not self._failed:
            return
        with self._lock:
            was_open, self._failed, self._look_at = self._look_at is not None, 0, None
        if was_open:
            log.warning("wechat_circuit", state=Circuit.CLOSED.value, host=self._host)

    def unanswered(self) -> None:
        with self._lock:
            self._failed += 1
            opens = self._look_at is None and self._failed >= self._most
            if self._failed >= self._most:
                self._look_at = self._clock() + self._rest
        if opens:
            log.warning("wechat_circuit", state=Circuit.OPEN.value, host=self._host, failures=self._failed)

    def state(self) -> Circuit:
        look_at = self._look_at
        if look_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self._clock() < look_at else Circuit.HALF_OPEN
