"""Guessing passwords gets slower (登录失败计数): five failures of a login, twenty of an address, then a growing wait.

Counted by keyed digests of what was typed, whether such a login exists or not; nothing here tells which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service import crypto
from service.accounts.desk_models import SignInFailures
from service.db import is_sqlite
from service.errors import TooMany

FREE = 5
FREE_ADDRESS = 20
"""An office shares its address: one who forgot the password must not keep all colleagues out."""
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=1)
FORGET_LOGIN = dt.timedelta(days=1)
FORGET_ADDRESS = dt.timedelta(minutes=15)
"""Shorter: an office shares its address, and colleagues' slips are not one guesser's."""
BLOCKED = "登录失败次数过多，请 {} 分钟后再试，或者用手机扫码登录。"


@dataclass(frozen=True, slots=True)
class Counter:
    """Whose failures are counted together, how long they are remembered after the last one, how many before a wait."""

    key: str
    forget: dt.timedelta
    free: int = FREE


def counters(login: str, address: str | None) -> list[Counter]:
    """In order of their keys, so that two sign-ins never wait for each other crosswise."""
    ring = crypto.ring()
    both = [
        Counter(ring.blind_index(login, "failures.login"), FORGET_LOGIN),
        Counter(ring.blind_index(address or "?", "failures.address"), FORGET_ADDRESS, FREE_ADDRESS),
    ]
    return sorted(both, key=lambda counter: counter.key)


def wait_after(failures: int, free: int = FREE) -> dt.timedelta:
    """None before the last free one; from that on a minute, doubling up to an hour."""
    if failures < free:
        return dt.timedelta()
    return min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)


def refuse_blocked(session: Session, counted: Sequence[Counter], *, now: dt.datetime, lock: bool = False) -> None:
    """Once before the password is looked at, and again under lock before it is believed: many at once win nothing.

    :raises TooMany: with the seconds to wait.
    """
    if lock:
        _make_sure(session, counted, now)
    statement = sa.select(SignInFailures).where(SignInFailures.key.in_([counter.key for counter in counted]))
    if lock:
        statement = statement.order_by(SignInFailures.key).with_for_update()
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    until = max((row.blocked_until for row in rows if row.blocked_until is not None), default=now)
    if until > now:
        seconds = int((until - now).total_seconds()) + 1
        raise TooMany(BLOCKED.format(max(1, round(seconds / 60))), retry_after=seconds)


def fail(session: Session, counted: Sequence[Counter], *, now: dt.datetime) -> None:
    """One more failure of each; the rows are locked (:func:`refuse_blocked`). Those of yesterday go."""
    for counter in counted:
        row = session.get_one(SignInFailures, counter.key)
        row.failures = 1 if row.last_at < now - counter.forget else row.failures + 1
        row.last_at = now
        wait = wait_after(row.failures, counter.free)
        row.blocked_until = now + wait if wait else None
    session.flush()
    old = sa.select(SignInFailures.key).where(SignInFailures.last_at < now - FORGET_LOGIN)
    session.execute(sa.delete(SignInFailures).where(SignInFailures.key.in_(old.with_for_update(skip_locked=True))))


def succeed(session: Session, login: str) -> None:
    """The login's failures are forgotten; the address's are not, or one good login would buy new guesses at others."""
    key = crypto.ring().blind_index(login, "failures.login")
    session.execute(sa.delete(SignInFailures).where(SignInFailures.key == key))


def _make_sure(session: Session, counted: Sequence[Counter], now: dt.datetime) -> None:
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    rows = [{"key": counter.key, "failures": 0, "last_at": now} for counter in counted]
    session.execute(insert(SignInFailures).on_conflict_do_nothing(), rows)
