"""A resident's place at a reception day: one per account and day, never more than there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Account
from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.stations.kinds import ReceptionState
from service.stations.models import BookingReveal, ReceptionBooking, ReceptionDay, Station
from service.stations.receptions import twins
from service.stations.receptions.topics import TopicState

LONGEST_TOPIC = 200
_BOOKABLE = (ReceptionState.ANNOUNCED, ReceptionState.OPEN)


def book(
    session: Session,
    reception_id: str,
    *,
    account_id: str,
    now: dt.datetime,
    name: str | None = None,
    phone: str | None = None,
    topic: str | None = None,
) -> ReceptionBooking:
    """A place for the account; asking again gives the first booking back, after a cancellation a new chance.

    Whom a clerk has written down for the day under the account's proven phone keeps that place and its number: it
    becomes the account's (:mod:`service.stations.receptions.twins`).

    :raises NotFound: when there is no announced reception day of that id.
    :raises Conflict: when it is over or full.
    :raises Invalid: when the topic is over 200 characters.
    """
    if topic and len(topic) > LONGEST_TOPIC:
        raise Invalid("预约事由请控制在 200 字以内。", fields={"topic": "请控制在 200 字以内。"})
    day = locked_public_day(session, reception_id)
    same = sa.select(ReceptionBooking).where(
        ReceptionBooking.reception_id == day.id, ReceptionBooking.account_id == account_id
    )
    row = session.scalar(same)
    if row is not None and row.cancelled_at is None:
        return row
    written = _written_down(session, day, account_id, name) if takes_bookings(day, now) else None
    if written is not None:
        return _take_over(session, written, account_id, replaces=row, topic=topic)
    check_room(session, day, now=now)
    if row is None:
        row = ReceptionBooking(id=new_id(), reception_id=day.id, account_id=account_id)
        session.add(row)
    row.name, row.phone, row.topic, row.created_at, row.cancelled_at = name, phone, topic, now, None
    row.topic_state, row.topic_doubt, row.topic_next_at = TopicState.NEW.value if topic else None, None, None
    session.flush()
    return row


def _written_down(session: Session, day: ReceptionDay, account_id: str, name: str | None) -> ReceptionBooking | None:
    account = session.get(Account, account_id)
    if account is None or account.phone is None:
        return None
    rows = bookings_of(session, reception_id=day.id)
    return twins.written_down(rows, proven_phone=account.phone, name=name or account.display_name)


def _take_over(
    session: Session, row: ReceptionBooking, account_id: str, *, replaces: ReceptionBooking | None, topic: str | None
) -> ReceptionBooking:
    """From now on notices reach the person: nobody need phone them."""
    if replaces is not None:
        _drop(session, replaces, kept=row)
    row.account_id, row.call_since = account_id, None
    if topic and topic != row.topic:
        row.topic, row.topic_state, row.topic_doubt, row.topic_next_at = topic, TopicState.NEW.value, None, None
    session.flush()
    return row


def locked_public_day(session: Session, reception_id: str) -> ReceptionDay:
    """The row, locked: places are counted while nobody else can take one.

    :raises NotFound: when there is no announced day of that id.
    """
    wanted = sa.select(ReceptionDay).where(
        ReceptionDay.id == reception_id, ReceptionDay.state != ReceptionState.PLANNED.value
    )
    day = session.scalar(wanted.with_for_update())
    if day is None:
        raise NotFound("没有找到这次接待。")
    return day


def takes_bookings(day: ReceptionDay, now: dt.datetime) -> bool:
    """Whether places are given at all: it is announced, not called off, not over."""
    return day.state in _BOOKABLE and day.ends_at > now


def check_room(session: Session, day: ReceptionDay, *, now: dt.datetime) -> None:
    """:raises Conflict: when the day (locked) is over, called off or full."""
    if not takes_bookings(day, now):
        raise Conflict("这次接待已经结束或者取消，请选择其他接待日。", current=day.state)
    if free_places(session, day) == 0:
        raise Conflict("这次接待的预约已满，请选择其他接待日，也可以直接在网上反映。", code="reception_full")


def next_number(session: Session, reception_id: str) -> int:
    """What the next slip of the day (locked) says; a number given back is not given again."""
    last = sa.select(sa.func.max(ReceptionBooking.number)).where(ReceptionBooking.reception_id == reception_id)
    return (session.scalar(last) or 0) + 1


def free_places(session: Session, day: ReceptionDay) -> int | None:
    """How many more may book; None without a limit."""
    if day.capacity is None:
        return None
    return max(0, day.capacity - booked_places(session, [day.id]).get(day.id, 0))


def booked_places(session: Session, reception_ids: Collection[str]) -> dict[str, int]:
    """Reception day → places taken; days without any are left out."""
    if not reception_ids:
        return {}
    wanted = (
        sa.select(ReceptionBooking.reception_id, sa.func.count())
        .where(ReceptionBooking.reception_id.in_(reception_ids), ReceptionBooking.cancelled_at.is_(None))
        .group_by(ReceptionBooking.reception_id)
    )
    return dict(session.execute(wanted).all())


def bookings_of(
    session: Session, *, reception_id: str | None = None, account_id: str | None = None
) -> Sequence[ReceptionBooking]:
    """Bookings that stand, of a day (for its station's staff) or of an account (its own), in order of booking.

    Exactly one of the two is given.
    """
    if (reception_id is None) == (account_id is None):
        raise ValueError("either a reception day or an account")
    wanted = sa.select(ReceptionBooking).where(ReceptionBooking.cancelled_at.is_(None))
    if reception_id is not None:
        wanted = wanted.where(ReceptionBooking.reception_id == reception_id)
    else:
        wanted = wanted.where(ReceptionBooking.account_id == account_id)
    return session.scalars(wanted.order_by(ReceptionBooking.created_at, ReceptionBooking.id)).all()


def bookings_by_day(session: Session, reception_ids: Collection[str]) -> dict[str, list[ReceptionBooking]]:
    """Reception day → the bookings that stand, in order of booking; days without any are left out. One statement."""
    found: dict[str, list[ReceptionBooking]] = {}
    if reception_ids:
        wanted = sa.select(ReceptionBooking).where(
            ReceptionBooking.reception_id.in_(reception_ids), ReceptionBooking.cancelled_at.is_(None)
        )
        for row in session.scalars(wanted.order_by(ReceptionBooking.created_at, ReceptionBooking.id)):
            found.setdefault(row.reception_id, []).append(row)
    return found


def coming_bookings(
    session: Session, account_id: str, *, now: dt.datetime
) -> Sequence[tuple[ReceptionBooking, ReceptionDay, Station]]:
    """An account's bookings that stand, of days not over yet, soonest first; a day called off is among them."""
    wanted = (
        sa.select(ReceptionBooking, ReceptionDay, Station)
        .join(ReceptionDay, ReceptionDay.id == ReceptionBooking.reception_id)
        .join(Station, Station.id == ReceptionDay.station_id)
        .where(ReceptionBooking.account_id == account_id, ReceptionBooking.cancelled_at.is_(None))
        .where(ReceptionDay.ends_at > now)
    )
    rows = session.execute(wanted.order_by(ReceptionDay.starts_at, ReceptionBooking.id))
    return [(row[0], row[1], row[2]) for row in rows]


def cancel_booking(session: Session, booking_id: str, *, account_id: str, now: dt.datetime) -> ReceptionBooking:
    """Give the place back; cancelling twice is no fault.

    :raises NotFound: when the account has no such booking.
    """
    wanted = sa.select(ReceptionBooking).where(
        ReceptionBooking.id == booking_id, ReceptionBooking.account_id == account_id
    )
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound("没有找到您的这条预约。")
    row.cancelled_at = row.cancelled_at or now
    session.flush()
    return row


def move_bookings(
    session: Session, source: ReceptionDay, target: ReceptionDay | None, *, now: dt.datetime
) -> tuple[list[str], list[str]]:
    """Move bookings of a cancelled day to ``target`` in order of booking, while there is room.

    Returns the accounts moved and those left without a place; both must be told (rulebook §11). Who has no account is
    marked to be phoned.
    """
    moved: list[ReceptionBooking] = []
    left: list[ReceptionBooking] = []
    room = free_places(session, target) if target is not None else 0
    there = _rows_by_account(session, target.id) if target is not None else {}
    for row in bookings_of(session, reception_id=source.id):
        twin = there.get(row.account_id) if row.account_id else None
        if row.account_id is None:
            row.call_since, row.called_at = now, None
        if twin is not None and twin.cancelled_at is None:
            moved.append(row)
        elif target is None or room == 0:
            left.append(row)
        else:
            moved.append(row)
            _move(session, row, target.id, replaces=twin)
            room = None if room is None else room - 1
    session.flush()
    return _accounts(moved), _accounts(left)


def _accounts(rows: Sequence[ReceptionBooking]) -> list[str]:
    return [row.account_id for row in rows if row.account_id is not None]


def _rows_by_account(session: Session, reception_id: str) -> dict[str, ReceptionBooking]:
    """Also cancelled ones: an account has one row per day."""
    rows = session.scalars(sa.select(ReceptionBooking).where(ReceptionBooking.reception_id == reception_id))
    return {row.account_id: row for row in rows if row.account_id is not None}


def _move(session: Session, row: ReceptionBooking, reception_id: str, *, replaces: ReceptionBooking | None) -> None:
    if replaces is not None:
        _drop(session, replaces, kept=row)
    if row.number is not None:
        row.number = next_number(session, reception_id)
    row.moved_from, row.reception_id = row.reception_id, reception_id
    session.flush()


def _drop(session: Session, row: ReceptionBooking, *, kept: ReceptionBooking) -> None:
    """One of two rows of the same person goes; who looked at it stays with the other."""
    looks = sa.update(BookingReveal).where(BookingReveal.booking_id == row.id)
    session.execute(looks.values(booking_id=kept.id))
    session.delete(row)
    session.flush()


def forget_account(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """A resident's account goes: coming bookings are cancelled, and who they were leaves all of them."""
    for row in session.scalars(sa.select(ReceptionBooking).where(ReceptionBooking.account_id == account_id)):
        row.name = row.phone = row.topic = row.topic_state = None
        row.cancelled_at = row.cancelled_at or now


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """Two accounts become one: of two bookings of one day the one still wanted stays, else the one that was there."""
    rows = session.scalars(sa.select(ReceptionBooking).where(ReceptionBooking.account_id.in_((closed_id, into)))).all()
    there = {row.reception_id: row for row in rows if row.account_id == into}
    for row in (row for row in rows if row.account_id == closed_id):
        twin = there.get(row.reception_id)
        if twin is not None:
            worse = twin if twin.cancelled_at is not None and row.cancelled_at is None else row
            _drop(session, worse, kept=row if worse is twin else twin)
            if worse is row:
                continue
        row.account_id = into
    session.flush()
