"""How often and how much. Counted in Redis for all processes together; in this process alone while Redis is away.

Limits are generous per address, since a village may share one behind a carrier's NAT; keys are digests, so Redis
holds no address and no token.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import structlog
from flask import Flask, current_app, request
from limits import RateLimitItem, WindowStats, parse_many
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from werkzeug.exceptions import RequestEntityTooLarge

from service.accounts.roles import Actor
from service.bootstrap import core
from service.errors import TooMany
from service.ids import keyed_digest
from web.arriving import address_digest

EXTENSION = "miniprogram_api.limits"
MAX_JSON_BYTES = 64 * 1024
MAX_BODY_BYTES = 12 * 1024 * 1024
FAILED_LOOKUPS = "10 per 10 minutes"
INQUIRIES = "30 per 10 minutes"
RETRY_REDIS_AFTER = 5.0
LOCKED_OUT = "查询码输错次数过多，请 10 分钟后再试。查询码印在回执上，共 20 位。"

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Windows:
    """Fixed windows in this process's memory, as cheap as a dictionary; forgotten when the process ends."""

    MOST = 20_000

    def __init__(self) -> None:
        self._counts: dict[tuple[RateLimitItem, str], tuple[int, int]] = {}

    def hit(self, item: RateLimitItem, key: str) -> bool:
        """Spend one; whether it was within the limit. A refused one is not counted."""
        window = int(time.time()) // item.get_expiry()
        count = self._count(item, key, window)
        if count >= item.amount:
            return False
        if len(self._counts) >= self.MOST:
            self._forget_passed()
        self._counts[item, key] = (window, count + 1)
        return True

    def test(self, item: RateLimitItem, key: str) -> bool:
        return self._count(item, key, int(time.time()) // item.get_expiry()) < item.amount

    def get_window_stats(self, item: RateLimitItem, key: str) -> WindowStats:
        seconds = item.get_expiry()
        window = int(time.time()) // seconds
        return WindowStats((window + 1) * seconds, item.amount - self._count(item, key, window))

    def _count(self, item: RateLimitItem, key: str, window: int) -> int:
        of_window, count = self._counts.get((item, key), (window, 0))
        return count if of_window == window else 0

    def _forget_passed(self) -> None:
        """What belongs to a window gone by; all, where a flood of keys fills a single one."""
        now = int(time.time())
        kept = {pair: row for pair, row in list(self._counts.items()) if row[0] == now // pair[0].get_expiry()}
        self._counts = kept if len(kept) < self.MOST else {}


@lru_cache(maxsize=256)
def _items(limit: str, scale: float) -> tuple[RateLimitItem, ...]:
    return tuple(type(item)(max(1, round(item.amount * scale)), item.multiples) for item in parse_many(limit))


Limiter = FixedWindowRateLimiter | Windows


class Gate:
    """Counts what comes in: in this process's memory, or in Redis for all processes together.

    When Redis fails, memory takes over for some seconds before Redis is asked again.
    """

    def __init__(self, redis_url: str, scale: float) -> None:
        """``scale`` multiplies every limit; 0 switches them off."""
        self.scale = scale
        self._memory = Windows()
        self._redis = FixedWindowRateLimiter(_redis_storage(redis_url))
        self._redis_is_away_until = 0.0
        self._locked: dict[str, float] = {}

    def hit(self, limit: str, key: str, *, fixed: bool = False) -> int | None:
        """Spend one; None when it was free, otherwise after how many seconds it will be. ``fixed``: never scaled."""
        return self._first_refusal(limit, lambda by, item: by.hit(item, key), key, fixed=fixed)

    def hit_in_memory(self, limit: str, key: str) -> int | None:
        """As :meth:`hit`, counted by this process alone and written nowhere."""
        return self._first_refusal(limit, lambda by, item: by.hit(item, key), key, only=self._memory)

    def look(self, limit: str, key: str) -> int | None:
        """As :meth:`hit`, without spending."""
        return self._first_refusal(limit, lambda by, item: by.test(item, key), key, fixed=True)

    def lock_after(self, limit: str, key: str) -> None:
        """Spend one; once they are used up, this process refuses ``key`` until the window ends (:meth:`locked`).

        Another process learns of it at its own next failure, so a guesser wins one try per process, and whoever types
        the right code is never kept waiting by Redis.
        """
        self.hit(limit, key, fixed=True)
        wait = self.look(limit, key)
        if wait is not None:
            self._locked = {name: until for name, until in self._locked.items() if until > time.monotonic()}
            self._locked[key] = time.monotonic() + wait

    def locked(self, key: str) -> int | None:
        """Seconds until ``key`` may try again; None when it may now."""
        left = self._locked.get(key, 0.0) - time.monotonic()
        return int(left) + 1 if left > 0 else None

    def _first_refusal(
        self,
        limit: str,
        ask: Callable[[Limiter, RateLimitItem], bool],
        key: str,
        *,
        fixed: bool = False,
        only: Windows | None = None,
    ) -> int | None:
        if not self.scale:
            return None
        for item in _items(limit, 1.0 if fixed else self.scale):
            if not self._ask(lambda by, item=item: ask(by, item), only):  # type: ignore[misc]
                stats = self._ask(lambda by, item=item: by.get_window_stats(item, key), only)  # type: ignore[misc]
                return max(1, int(stats.reset_time - time.time()) + 1)
        return None

    def _ask(self, question: Callable[[Limiter], Result], only: Windows | None) -> Result:
        if only is not None:
            return question(only)
        if time.monotonic() >= self._redis_is_away_until:
            try:
                return question(self._redis)
            except (RedisError, OSError) as error:
                self._redis_is_away_until = time.monotonic() + RETRY_REDIS_AFTER
                log.warning("limits_without_redis", error=type(error).__name__)
        return question(self._memory)


def _redis_storage(url: str) -> RedisStorage:
    """``limits`` knows Unix sockets as ``redis+unix://``; no retries, so that a dead Redis costs a request no time."""
    address = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
    return RedisStorage(
        address,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        socket_timeout=0.3,
        socket_connect_timeout=0.2,
    )


def gate_of(app: Flask) -> Gate:
    gate: Gate = app.extensions[EXTENSION]
    return gate


def _gate() -> Gate:
    return gate_of(current_app)


def spend(limit: str | None, actor: Actor) -> None:
    """Count this request against the route's limit: by session when there is one, otherwise by address.

    In Redis only what changes something without a session. Reading is counted by each process, to spare it a round
    trip; so are sessions, because Redis keeps what it is told in a file, and a session beside the minute of a submission
    there would join an anonymous issue to it (ADR 0004, ADR 0008).

    :raises TooMany: with the seconds to wait.
    """
    if limit is None:
        return
    if actor.session_digest is not None:
        _refuse(_gate().hit_in_memory(limit, f"{request.endpoint}:{actor.session_digest}"))
    elif request.method in ("GET", "HEAD"):
        _refuse(_gate().hit_in_memory(limit, f"{request.endpoint}:{address_digest()}"))
    else:
        _refuse(_gate().hit(limit, f"{request.endpoint}:{address_digest()}"))


def refuse_locked_out() -> None:
    """:raises TooMany: after ten failing look-ups from one address in ten minutes (guessing receipt codes)."""
    _refuse(_gate().locked(f"lookup:{address_digest()}"), LOCKED_OUT)


def count_failed_lookup() -> None:
    """Guessing is never given more room, also where a demonstration scales the other limits."""
    _gate().lock_after(FAILED_LOOKUPS, f"lookup:{address_digest()}")


def may_inquire(sender: str) -> bool:
    """Whether somebody who writes to the official account (an openid) may ask about one more issue now."""
    return _gate().locked(_sender_key(sender)) is None and _gate().hit_in_memory(INQUIRIES, _sender_key(sender)) is None


def count_wrong_inquiry(sender: str) -> None:
    """As :func:`count_failed_lookup`, by openid: Redis is told of numbers nobody has, never of one that leads somewhere."""
    _gate().lock_after(FAILED_LOOKUPS, _sender_key(sender))


def _sender_key(sender: str) -> str:
    return f"inquiry:{keyed_digest(core().settings.secret_key, 'limit', sender)}"


def _refuse(wait: int | None, sentence: str | None = None) -> None:
    if wait is not None:
        raise TooMany(sentence, retry_after=wait)


def refuse_large_bodies(*, takes_files: bool) -> None:
    """JSON up to 64 KB, anything with files up to 12 MB, by the announced length; see :func:`read_body` for the others.

    :raises RequestEntityTooLarge: answered with 413.
    """
    most = MAX_BODY_BYTES if takes_files else MAX_JSON_BYTES
    request.max_content_length = most + 1
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge


def read_body() -> bytes:
    """The whole body. A chunked one announces no length and is cut off one byte behind the limit, where it is noticed.

    :raises RequestEntityTooLarge: answered with 413.
    """
    raw = request.get_data(cache=True)
    if request.max_content_length is not None and len(raw) >= request.max_content_length:
        raise RequestEntityTooLarge
    return raw
