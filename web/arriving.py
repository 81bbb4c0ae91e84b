"""Who is at the door: the session behind a token, and the caller's address as a digest."""

from __future__ import annotations

from flask import request

from service.accounts import sessions
from service.accounts.queries import actor_for_token
from service.accounts.roles import IDLE_STEP, Actor
from service.bootstrap import core
from service.db import db, is_sqlite, reading
from service.ids import keyed_digest

SAFE_METHODS = frozenset({"GET", "HEAD"})


def who(token: str) -> Actor | None:
    """The person behind ``token``; None when it is unknown, expired or revoked.

    Asking who it is reads only: on SQLite it must not take, and then hold, the single write lock. On PostgreSQL a
    request that changes something asks inside its one transaction.
    """
    session = db.session()
    single_writer = is_sqlite(session)
    reading.set(single_writer or request.method in SAFE_METHODS)
    actor = actor_for_token(session, token, now=core().clock())
    if single_writer:
        session.rollback()
    return actor


def keep_awake(actor: Actor) -> None:
    """A desk session in use ends later; written in a transaction of its own, at most once a minute."""
    now, session = core().clock(), db.session()
    if actor.idle_until is None or actor.idle_until - now > sessions.DESK_IDLE - IDLE_STEP:
        return
    session.rollback()
    reading.set(False)
    sessions.keep_awake(session, str(actor.session_digest), now=now)
    session.commit()


def address_digest() -> str:
    """The caller's address as a keyed digest, for counting: what is counted keeps no address."""
    return keyed_digest(core().settings.secret_key, "limit", request.remote_addr or "?")
