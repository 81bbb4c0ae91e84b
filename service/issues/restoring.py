"""After a backup was put back: what was given out or sent since it was made must not be given out or sent again (§11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import sessions
from service.calendar.workdays import local_date
from service.db import rows_changed
from service.issues.models import NumberCounter
from service.notifications import consents
from service.notifications.models import NOTIFICATIONS, PENDING, SENDING, UNKNOWN
from service.territory import queries as territory

NUMBERS_LEFT_OUT = 10_000
"""Far more than a district gets between two backups; a number has six digits a year."""


@dataclass(frozen=True, slots=True)
class Settled:
    """``numbers``: counters moved on; ``pushes``: those nobody knows whether they left since the backup; ``devices``: signed
    out."""

    numbers: int
    pushes: int
    devices: int


def settle(session: Session, *, leave_out: int, now: dt.datetime) -> Settled:
    """Leave numbers out in every district and year of the backup, and in this year where the backup is of the last.

    Pushes that waited when the backup was made may have been sent since: they end as unknown, and an operator may send
    them again. The inbox has them all. Work roles that ended since are there again: whoever holds one signs in anew, and
    a person has to end them again (rulebook §11: disabled the same day).
    """
    year = local_date(now).year
    moved = sa.update(NumberCounter).where(NumberCounter.year >= year - 1)
    numbers = rows_changed(session.execute(moved.values(last=NumberCounter.last + leave_out)))
    known = set(session.scalars(sa.select(NumberCounter.district_id).where(NumberCounter.year == year)))
    session.add_all(
        NumberCounter(district_id=one.id, year=year, last=leave_out)
        for one in territory.districts(session)
        if one.id not in known
    )
    waiting = sa.update(NOTIFICATIONS).where(NOTIFICATIONS.c.push_state.in_([PENDING, SENDING]))
    values = {"push_state": UNKNOWN, "lease_until": None, "pushed_at": now, "last_error": "restored from a backup"}
    pushes = list(session.scalars(waiting.values(**values).returning(NOTIFICATIONS.c.id)))
    if pushes:
        consents.spend(session, pushes, now=now)
    devices = sessions.revoke_work(session, now=now)
    session.flush()
    return Settled(numbers, len(pushes), devices)
