"""Take due pushes, begin them, end them: each step one statement for as many pushes as it concerns. None commits.

A push is *leased* to a worker while it is prepared, and *begun* (``sending``) right before it leaves. A worker that dies
gives its leased pushes back by time; what it had begun may have left, so it ends as ``unknown`` and is never sent again by
itself (rulebook §11: nobody is told twice without a person wanting it).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.notifications import consents
from service.notifications.models import FINAL, NOTIFICATIONS, PENDING, SENDING, SENT, UNKNOWN
from service.rows import among

LEASE = dt.timedelta(seconds=60)
BATCH = 500
N = NOTIFICATIONS.c


class _Json(sa.types.UserDefinedType[str]):
    """PostgreSQL's plain ``json``: read once, never kept."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "json"


_COLUMNS = (
    N.id,
    N.account_id,
    N.district_id,
    N.kind,
    N.dedupe_key,
    N.title,
    N.body,
    N.issue_id,
    N.reference,
    N.due_at,
    N.created_at,
    N.next_at,
    N.priority,
    N.attempts,
    N.consent_taken,
    N.channel,
    N.template_id,
    N.tried,
)
Push = Row[tuple[object, ...]]
"""A claimed push as plain columns: five hundred objects with a history would cost more than sending them."""

_FREE = sa.or_(N.lease_until.is_(None), N.lease_until < sa.bindparam("now"))
_DUE = sa.and_(N.push_state == PENDING, N.next_at <= sa.bindparam("now"), _FREE)
_IN_DOUBT = sa.and_(N.push_state == SENDING, N.lease_until < sa.bindparam("now"))


def claim(session: Session, *, now: dt.datetime, limit: int = BATCH) -> list[Push]:
    """Lease due pushes, those of the first heap first, the oldest first in each."""
    first = sa.select(N.id).where(_DUE).order_by(N.priority, N.next_at, N.id).limit(limit)
    claimed = (
        sa.update(NOTIFICATIONS)
        .where(N.id.in_(first.with_for_update(skip_locked=True).scalar_subquery()))
        .values(lease_until=lease_of(now))
        .returning(*_COLUMNS)
    )
    rows = session.execute(claimed, {"now": now}).all()
    return sorted(rows, key=lambda row: (row.priority, row.next_at, row.id))


def lease_of(now: dt.datetime) -> dt.datetime:
    """Until when what is claimed now is ours; no other worker has the same."""
    return now + LEASE


def settle_doubt(session: Session, *, now: dt.datetime) -> int:
    """What a worker had begun when it died ends as unknown, its consent spent; how many."""
    ended = sa.update(NOTIFICATIONS).where(_IN_DOUBT).returning(N.id)
    values = {
        "push_state": UNKNOWN,
        "lease_until": None,
        "pushed_at": now,
        "last_error": "the worker stopped meanwhile",
    }
    ids = list(session.execute(ended.values(**values), {"now": now}).scalars())
    if ids:
        consents.spend(session, ids, now=now)
    return len(ids)


def has_due(session: Session, *, now: dt.datetime) -> bool:
    """Whether a worker would find something to do."""
    due = sa.select(N.id).where(sa.or_(_DUE, _IN_DOUBT)).limit(1)
    return session.execute(due, {"now": now}).first() is not None


def assign(session: Session, groups: Mapping[tuple[str, str | None], Sequence[str]], *, with_consent: bool) -> None:
    """Set by which channel and template pushes go: (channel, template) → ids."""
    for (channel, template_id), ids in groups.items():
        values = {"channel": channel, "template_id": template_id, "consent_taken": with_consent}
        session.execute(sa.update(NOTIFICATIONS).where(among(session, N.id, ids)).values(**values))


def begin(session: Session, ids: Sequence[str], *, lease: dt.datetime, now: dt.datetime) -> set[str]:
    """Mark pushes as begun and count the attempt; those that are still ours: whose lease ran out is not sent by us."""
    if not ids:
        return set()
    statement = sa.update(NOTIFICATIONS).where(
        among(session, N.id, ids), N.push_state == PENDING, N.lease_until == lease
    )
    values = {"push_state": SENDING, "attempts": N.attempts + 1, "lease_until": lease_of(now)}
    return set(session.execute(statement.values(**values).returning(N.id)).scalars())


def close_sent(session: Session, msgids: Mapping[str, str], *, now: dt.datetime) -> None:
    """Push → the channel's id for the message, by which it is reported later."""
    read = sa.func.json_each if is_sqlite(session) else sa.func.json_each_text
    text = sa.literal(json.dumps(msgids))
    given = read(text if is_sqlite(session) else sa.cast(text, _Json())).table_valued("key", "value")
    statement = sa.update(NOTIFICATIONS).where(N.id == given.c.key, N.push_state.not_in(FINAL))
    values = {"push_state": SENT, "lease_until": None, "last_error": None, "pushed_at": now, "msgid": given.c.value}
    session.execute(statement.values(**values))


def close(
    session: Session,
    ids: Sequence[str],
    state: str,
    *,
    now: dt.datetime,
    error: str | None = None,
    carried_by: str | None = None,
) -> None:
    """Give pushes that ended alike their final, named state. A final state is never changed here; the last error stays."""
    if not ids:
        return
    statement = sa.update(NOTIFICATIONS).where(among(session, N.id, ids), N.push_state.not_in(FINAL))
    values = {"push_state": state, "lease_until": None, "pushed_at": now, "carried_by": carried_by}
    session.execute(statement.values(**values, **({"last_error": error[:200]} if error else {})))


def postpone(session: Session, ids: Sequence[str], until: dt.datetime, *, error: str | None = None) -> None:
    """They wait, all until the same moment, and it costs them no attempt."""
    if not ids:
        return
    attempts = sa.case((N.push_state == SENDING, N.attempts - 1), else_=N.attempts)
    statement = sa.update(NOTIFICATIONS).where(among(session, N.id, ids), N.push_state.not_in(FINAL))
    values = {"push_state": PENDING, "lease_until": None, "next_at": until, "attempts": attempts}
    session.execute(statement.values(**values, **({"last_error": error} if error else {})))


def try_later(session: Session, waits: Iterable[tuple[str, dt.datetime, str]]) -> None:
    """(push, when, why): another attempt, for each at its own time."""
    changes = [{"push": push, "at": at, "why": why[:200]} for push, at, why in waits]
    if changes:
        session.connection().execute(_LATER, changes)


def next_channel(session: Session, ids: Sequence[str], channel: str, *, now: dt.datetime, error: str) -> None:
    """The channel refused them for good: they are due at once, for the channels behind it."""
    tried = sa.case((N.tried == "", channel), else_=N.tried + "," + channel)
    values = {"push_state": PENDING, "lease_until": None, "next_at": now, "last_error": error[:200], "tried": tried}
    session.execute(
        sa.update(NOTIFICATIONS).where(among(session, N.id, ids), N.push_state.not_in(FINAL)).values(**values)
    )


_LATER = (
    sa.update(NOTIFICATIONS)
    .where(N.id == sa.bindparam("push"), N.push_state == SENDING)
    .values(push_state=PENDING, lease_until=None, next_at=sa.bindparam("at"), last_error=sa.bindparam("why"))
)
