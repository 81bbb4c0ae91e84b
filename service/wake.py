"""The bell for the workers. Ringing may fail: what is written and not done is found by the sweeper."""

from __future__ import annotations

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

from service.jobs import QUEUE_OF, Wake

MAX_WAITING = 8
"""A drain takes everything due, so a few waiting ones are enough; one that starts later sees this caller's rows."""

log = structlog.get_logger(__name__)


def connect(redis_url: str, *, patient: bool = False) -> Redis:
    """A connection for RQ (bytes, never ``decode_responses``). Impatient by default: a request must not wait for Redis.

    redis-py's own ten retries would cost a request four seconds when Redis is down (backend facts §1).
    """
    if patient:
        return Redis.from_url(redis_url)
    return Redis.from_url(redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=0.5, socket_connect_timeout=0.3)


def redis_wake(redis_url: str) -> Wake:
    """A :data:`service.jobs.Wake` over RQ that never raises."""
    connection = connect(redis_url)
    queues = {name: Queue(name, connection=connection) for name in set(QUEUE_OF.values())}

    def wake(job: str) -> None:
        queue = queues[QUEUE_OF[job]]
        try:
            if connection.llen(queue.key) < MAX_WAITING:
                queue.enqueue(job, result_ttl=60, failure_ttl=3600, job_timeout=120)
        except (RedisError, OSError) as error:
            log.warning("wake_failed", job=job, error=type(error).__name__)

    return wake
