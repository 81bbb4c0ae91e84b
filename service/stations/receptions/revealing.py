"""Who has booked is masked for the station's own staff too; behind the mask with a reason the resident sees (rulebook §0.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import ROLE_TITLES, Actor
from service.errors import Invalid, NotFound
from service.ids import new_id
from service.masking import SHORTEST_REASON
from service.notifications import said
from service.stations.keeping import STAFF, own_reception, places_of
from service.stations.models import BookingReveal, ReceptionBooking


def reveal_booking(
    session: Session, reception_id: str, booking_id: str, *, actor: Actor, reason: str, now: dt.datetime
) -> ReceptionBooking:
    """The booking, its name and phone in full; the look is a row, and whoever booked with an account is told.

    :raises NotFound: not a day of the actor's own station, or no booking that stands there.
    :raises Invalid: without a real reason.
    """
    day = own_reception(session, actor, reception_id)
    standing = ReceptionBooking.reception_id == day.id, ReceptionBooking.cancelled_at.is_(None)
    row = session.scalar(sa.select(ReceptionBooking).where(ReceptionBooking.id == booking_id, *standing))
    if row is None or actor.account_id is None:
        raise NotFound("没有找到这条预约。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(
            fields={
                "reason": f"请写明查看的理由（至少 {SHORTEST_REASON} 个字）：这次查看会记入日志，有账号的本人也看得到。"
            }
        )
    places = places_of(session, day)
    role = next(grant.role for grant in actor.grants_of(*STAFF) if grant.station_id in places)
    look = BookingReveal(
        id=new_id(),
        booking_id=row.id,
        account_id=actor.account_id,
        role=ROLE_TITLES[role],
        reason=reason.strip(),
        at=now,
    )
    session.add(look)
    told = [row.account_id] if row.account_id else []
    key = f"booking-look:{look.id}"
    said.write(session, told, "booking_revealed", key=key, district_id=day.district_id, now=now)
    return row


def looks_at(session: Session, booking_ids: Collection[str]) -> dict[str, list[BookingReveal]]:
    """Booking → who looked behind its mask, in order; those nobody looked at are left out. One statement."""
    found: dict[str, list[BookingReveal]] = {}
    if booking_ids:
        wanted = sa.select(BookingReveal).where(BookingReveal.booking_id.in_(booking_ids))
        for row in session.scalars(wanted.order_by(BookingReveal.at, BookingReveal.id)):
            found.setdefault(row.booking_id, []).append(row)
    return found
