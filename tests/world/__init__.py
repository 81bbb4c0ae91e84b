"""Two small districts with all that routing and permissions look at; the second is noise that must never show up.

Each has a town (镇) with a home and a station, a street (街道) with another station, nine deputies, units of both
townships and of the district, and one account for every role. Built from rows, so that these fixtures judge the
actions instead of using them.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from service.deputies.models import Leave
from tests.world.builder import Builder
from tests.world.copies import Copies
from tests.world.ground import GRANTED, SINCE
from tests.world.people import DUTY_DAYS, FIRST_DUTY
from tests.world.place import Place, World

__all__ = ["DUTY_DAYS", "FIRST_DUTY", "GRANTED", "SINCE", "Place", "World", "build_world", "put_on_leave"]


def _from_rows(session: Session) -> World:
    return World(
        Builder(session, "512002", "雁江区", "YJ").build(),
        Builder(session, "510182", "示范区", "SF").build(),
    )


_copies: Copies[World] = Copies()


def build_world(session: Session) -> World:
    """Write both districts and flush; nothing is committed."""
    return _copies.write(session, lambda: _from_rows(session))


def put_on_leave(
    session: Session,
    place: Place,
    deputy_id: str,
    *,
    on: dt.date,
    substitute_id: str | None = None,
    days: int = 1,
) -> Leave:
    """A leave row for ``days`` days from ``on``."""
    leave = Leave(
        district_id=place.district_id,
        deputy_id=deputy_id,
        substitute_id=substitute_id,
        from_on=on,
        to_on=on + dt.timedelta(days=days - 1),
        created_at=GRANTED,
    )
    session.add(leave)
    session.flush()
    return leave
