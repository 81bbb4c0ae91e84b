"""The access token (接口令牌) of one account, fetched once by whoever comes first, over threads and processes.

Kept in this process for seconds, shared through Redis, encrypted there with the newest field key: whoever reads Redis or
its file on disk cannot speak for the account. While Redis is away each process asks for itself: WeChat's *stable* token
is the same for all who ask, so nobody's is taken away (getStableAccessToken, 普通模式).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import LockError, RedisError
from redis.retry import Retry

from service.crypto import KeyRing
from service.wechat import WeChatError
from service.wechat_errors import WeChatFault

LOOK_EVERY = 10.0
"""Seconds a process believes its copy before it looks into Redis again; a refused token is noticed at once anyway."""
SPARE = 120.0
"""Seconds before its end at which a token is no longer used. WeChat hands out a new one 300 s before (注意事项)."""
WAIT = 10.0
"""Seconds to wait for somebody else who is fetching."""
LOCK_LIFE = 15
"""Seconds after which the lock of a fetcher that died falls open: longer than a fetch may take."""
FORCE_EVERY = 4500
"""Seconds between two forced renewals: WeChat allows 20 a day, 30 s apart (getStableAccessToken, 注意事项)."""

log = structlog.get_logger(__name__)

Fetch = Callable[[bool], tuple[str, float]]
"""``force`` → the token and the seconds it lives. Raises :class:`WeChatError`."""


class Token(NamedTuple):
    value: str
    ends_at: float  # seconds since the epoch, the spare time already taken off

    def is_good(self) -> bool:
        return self.ends_at > time.time()


def impatient(redis_url: str) -> Redis:
    """A request or a send must not wait for Redis."""
    return Redis.from_url(redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=0.5, socket_connect_timeout=0.3)


class SharedToken:
    """One account's token. ``name`` tells accounts (and servers) apart in Redis; it is no secret."""

    def __init__(self, name: str, fetch: Fetch, redis: Redis, ring: KeyRing) -> None:
        self._name, self._fetch, self._redis, self._ring = name, fetch, redis, ring
        self._key = f"wechat:token:{name}"
        self._lock = threading.Lock()
        self._kept: Token | None = None
        self._look_at = 0.0
        self._forced_at = float("-inf")
        self._failed: tuple[float, WeChatError] | None = None
        self._source = "none"

    def get(self) -> str:
        """The token to use now; in the usual case without asking anybody.

        :raises WeChatError: when none can be had.
        """
        kept = self._kept
        if kept and time.monotonic() < self._look_at and kept.is_good():
            return kept.value
        with self._alone(patient=not (kept and kept.is_good())) as is_alone:
            if not is_alone and kept:
                return kept.value  # somebody else is looking, and ours is still good
            if self._kept and time.monotonic() < self._look_at and self._kept.is_good():
                return self._kept.value
            return self._keep(self._shared() or self._fetch_for_all(None)).value

    def renew(self, refused: str) -> str:
        """Another token than the one WeChat refused: somebody's newer one, else a fetched one.

        :raises WeChatError: also (``TOKEN``) when WeChat goes on handing out the refused one.
        """
        with self._alone(patient=True):
            if self._kept and self._kept.value != refused and self._kept.is_good():
                return self._kept.value
            self._kept = None
            shared = self._shared()
            if shared and shared.value != refused:
                return self._keep(shared).value
            return self._keep(self._fetch_for_all(refused)).value

    def state(self) -> dict[str, object]:
        """For people: where the token came from (``redis``, ``process``, ``none``) and how long it will do."""
        left = max(0, int(self._kept.ends_at - time.time())) if self._kept else 0
        return {"source": self._source, "seconds_left": left}

    @contextmanager
    def _alone(self, *, patient: bool) -> Iterator[bool]:
        """One thread of this process at a time; who waited for a fetch that failed, fails with it."""
        began = time.monotonic()
        if not self._lock.acquire(timeout=WAIT + LOCK_LIFE if patient else -1, blocking=patient):
            if patient:
                raise WeChatError(WeChatFault.RETRY, None, "the token is being fetched")
            yield False
            return
        try:
            if self._failed and self._failed[0] > began:
                failed = self._failed[1]
                raise WeChatError(failed.fault, failed.errcode, failed.text)
            yield True
        finally:
            self._lock.release()

    def _keep(self, token: Token) -> Token:
        self._kept, self._look_at = token, time.monotonic() + LOOK_EVERY
        return token

    def _fetch_for_all(self, refused: str | None) -> Token:
        """Under the lock in Redis; whoever had it before may have left what we came for."""
        lock = self._redis.lock(f"{self._key}:lock", timeout=LOCK_LIFE, blocking_timeout=WAIT, sleep=0.02)
        try:
            is_held = lock.acquire()
        except (RedisError, OSError) as error:
            self._say("process", error)
            return self._fetched(refused)
        try:
            shared = self._shared()
            if shared and shared.value != refused:
                return shared
            return self._write(self._fetched(refused))
        finally:
            if is_held:
                self._let_go(lock)

    @staticmethod
    def _let_go(lock: Any) -> None:
        try:
            lock.release()
        except (LockError, RedisError, OSError):
            return  # it fell open by itself, or will

    def _fetched(self, refused: str | None) -> Token:
        try:
            value, seconds = self._fetch(False)
            if value == refused:
                if not self._may_force():
                    raise WeChatError(WeChatFault.TOKEN, 40001, "WeChat refuses the token it hands out")
                value, seconds = self._fetch(True)
        except WeChatError as error:
            self._failed = (time.monotonic(), error)
            raise
        log.info("wechat_token_fetched", account=self._name, renewed=refused is not None)
        return Token(value, time.time() + seconds - min(SPARE, seconds / 2))

    def _may_force(self) -> bool:
        try:
            return bool(self._redis.set(f"{self._key}:forced", 1, nx=True, ex=FORCE_EVERY))
        except (RedisError, OSError):
            may = time.monotonic() - self._forced_at > FORCE_EVERY
            self._forced_at = time.monotonic() if may else self._forced_at
            return may

    def _shared(self) -> Token | None:
        """What Redis holds for all; None also for something sealed with a key that is no longer ours."""
        try:
            stored: Any = self._redis.get(self._key)
        except (RedisError, OSError) as error:
            self._say("process", error)
            return self._kept if self._kept and self._kept.is_good() else None
        try:
            token = Token(*json.loads(self._ring.decrypt(stored.decode(), self._key))) if stored else None
        except (ValueError, TypeError):
            token = None
        if token is None and self._kept and self._kept.is_good():
            token = self._write(self._kept)  # Redis came back empty: what we have is good for all
        if token and token.is_good():
            self._say("redis")
            return token
        return None

    def _write(self, token: Token) -> Token:
        try:
            sealed = self._ring.encrypt(json.dumps(token), self._key)
            self._redis.set(self._key, sealed, ex=max(1, int(token.ends_at - time.time())))
            self._say("redis")
        except (RedisError, OSError) as error:
            self._say("process", error)
        return token

    def _say(self, source: str, error: Exception | None = None) -> None:
        if source == self._source:
            return
        was, self._source = self._source, source
        if source == "process":
            log.warning("wechat_token_not_shared", account=self._name, error=type(error).__name__)
        elif was == "process":
            log.warning("wechat_token_shared_again", account=self._name)
