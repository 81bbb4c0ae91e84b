"""Who it was goes after so many years (``retention.identity_years``); that something happened stays."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from service.accounts import trail
from service.parameters import queries as parameters
from service.stations.receptions import at_desk


def forget_batch(session: Session, district_id: str | None, *, now: dt.datetime) -> int:
    """A batch of a district: who signed in or was bound, who booked a reception. How many; 0: nothing is left.

    ``district_id`` None: wrong passwords of unknown logins, which belong to no district.
    """
    years = int(parameters.load(session, district_id or "", at=now)["retention.identity_years"])
    before = now - dt.timedelta(days=365 * years)
    found = trail.forget_old(session, district_id, before=before)
    return found + (at_desk.forget_old(session, district_id, before=before) if district_id else 0)
