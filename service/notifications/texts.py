"""How many text messages (短信) may still be sent today: each costs money, and a fault in a loop must not be dear."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.db import is_sqlite
from service.notifications.models import TextCount


def allow(
    session: Session, wanted: Iterable[tuple[str, str, str]], *, per_day: int, per_person: int, now: dt.datetime
) -> set[str]:
    """Ids of the pushes that may go by text message; they are counted, whether they arrive or not.

    ``wanted``: (push, district, account) in order of importance, all of one district.
    """
    asked = [(push, f"district:{district}", f"account:{account}") for push, district, account in wanted]
    if not asked:
        return set()
    scopes = {scope for _, *both in asked for scope in both}
    today = local_date(now)
    statement = sa.select(TextCount.scope, TextCount.sent).where(TextCount.scope.in_(scopes), TextCount.day == today)
    rows = session.execute(statement.order_by(TextCount.scope).with_for_update())
    counts: Counter[str] = Counter({row[0]: row[1] for row in rows})
    new: Counter[str] = Counter()
    allowed = set()
    for push, district, account in asked:
        if counts[district] + new[district] < per_day and counts[account] + new[account] < per_person:
            allowed.add(push)
            new.update((district, account))
    _count(session, new, today)
    return allowed


def _count(session: Session, new: Counter[str], today: dt.date) -> None:
    if not new:
        return
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    statement = insert(TextCount).values(
        [{"scope": scope, "day": today, "sent": n} for scope, n in sorted(new.items())]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["scope", "day"], set_={"sent": TextCount.sent + statement.excluded.sent}
        )
    )


def sent_today(session: Session, district_id: str, *, now: dt.datetime) -> int:
    statement = sa.select(TextCount.sent).where(
        TextCount.scope == f"district:{district_id}", TextCount.day == local_date(now)
    )
    return session.scalar(statement) or 0
