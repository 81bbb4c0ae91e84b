"""What is asked of the machinery: does the database answer, does Redis, and how long has the oldest event waited."""

from __future__ import annotations

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from service.bootstrap import core
from service.db import db, reading
from service.outbox.queries import oldest_age
from service.wake import connect

STALE_OUTBOX_SECONDS = 300.0


def outbox_seconds() -> float | None:
    """Age of the oldest waiting event; None when the database does not answer."""
    reading.set(True)
    try:
        return round(oldest_age(db.session(), now=core().clock()), 1)
    except SQLAlchemyError:
        db.session.rollback()
        return None


def redis_answers() -> bool:
    """Waits half a second at most; no transaction may be open meanwhile."""
    connection = connect(core().settings.redis_url)
    try:
        return bool(connection.ping())
    except (RedisError, OSError):
        return False
    finally:
        connection.close()
