"""A place for somebody without an account, written down by a clerk (当面预约): known by name and phone, told by phone.

No notice reaches them, and nobody else will ask to have what is known of them erased: so it goes with the place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.stations.models import ReceptionBooking, ReceptionDay
from service.stations.receptions import twins
from service.stations.receptions.booking import (
    LONGEST_TOPIC,
    bookings_of,
    check_room,
    locked_public_day,
    next_number,
)
from service.stations.receptions.minutes import merged_into
from service.stations.receptions.topics import TopicState

LONGEST_NAME = 40
SAME_NAME = "same_name"
"""The code of a refusal that a clerk may answer: it is another person."""
MOST_AT_ONCE = 500
NO_BOOKING = "没有找到这条预约。"
_PHONE = re.compile(r"[0-9+ -]{5,20}")
_TO_CALL = (
    ReceptionBooking.call_since.is_not(None),
    ReceptionBooking.called_at.is_(None),
    ReceptionBooking.cancelled_at.is_(None),
)


def book(
    session: Session,
    reception_id: str,
    *,
    name: str,
    phone: str | None,
    topic: str | None,
    agreed: bool,
    namesake: bool,
    entered_by: str,
    now: dt.datetime,
) -> ReceptionBooking:
    """A place, with the next number of the day. ``agreed``: aloud, to being written down; ``namesake``: the clerk has
    asked, it is another person of a name that is there already.

    :raises NotFound: when there is no announced reception day of that id.
    :raises Invalid: without a name or consent, for a phone that is none, or a topic over 200 characters.
    :raises Conflict: when it is over or full, or the person has a place: code ``same_name`` where it may be another.
    """
    _check(name, phone, topic, agreed=agreed)
    day = locked_public_day(session, reception_id)
    _check_twins(session, day, name, phone, namesake=namesake)
    check_room(session, day, now=now)
    row = ReceptionBooking(
        id=new_id(),
        reception_id=day.id,
        name=name,
        phone=phone,
        topic=topic,
        topic_state=TopicState.PASSED.value if topic else None,  # a clerk's words: a person has read them
        number=next_number(session, day.id),
        entered_by=entered_by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _check(name: str, phone: str | None, topic: str | None, *, agreed: bool) -> None:
    faults = {}
    if not 1 <= len(name) <= LONGEST_NAME:
        faults["name"] = f"请填写姓名或称呼（{LONGEST_NAME} 个字以内）。"
    if phone and not _PHONE.fullmatch(phone):
        faults["phone"] = "请填写 5 至 20 位的电话号码；没有电话请留空。"
    if topic and len(topic) > LONGEST_TOPIC:
        faults["topic"] = f"请控制在 {LONGEST_TOPIC} 字以内。"
    if not agreed:
        faults["spoken"] = "请先把用途和保存期限说清楚，征得本人口头同意。"
    if faults:
        raise Invalid(fields=faults)


def _check_twins(session: Session, day: ReceptionDay, name: str, phone: str | None, *, namesake: bool) -> None:
    """One place per person: known again by name and phone; by the name alone where one of the two left no phone."""
    known_by = twins.digits(phone)
    for row in bookings_of(session, reception_id=day.id):
        if row.name != name:
            continue
        which = f"{row.number} 号" if row.number else "用手机约的"
        if known_by and known_by == twins.digits(row.phone):
            raise Conflict(f"这位来访者已经预约了这一次（{which}），不用再登记。", code="booked_already")
        if not (known_by and row.phone) and not namesake:
            raise Conflict(
                f"这一次已经有同名的预约（{which}）。请当面核对；确实是另一位，勾选“是同名的另一位”再登记。",
                code=SAME_NAME,
            )


def give_up(session: Session, reception_id: str, booking_id: str, *, now: dt.datetime) -> ReceptionBooking:
    """Take the place back, as the person wished; who it was goes at once. After the day the place stays counted.

    :raises NotFound: when no clerk wrote such a booking down for that day.
    """
    row = of_desk(session, reception_id, booking_id, locked=True)
    day = session.get_one(ReceptionDay, row.reception_id)
    if day.ends_at > now:
        row.cancelled_at = row.cancelled_at or now
    _forget(row)
    session.flush()
    return row


def called(session: Session, reception_id: str, booking_id: str, *, now: dt.datetime) -> ReceptionBooking:
    """The person has been phoned about the change; saying it twice is no fault.

    :raises NotFound: as :func:`give_up`.
    """
    row = of_desk(session, reception_id, booking_id, locked=True)
    row.called_at = row.called_at or now
    session.flush()
    return row


def of_desk(session: Session, reception_id: str, booking_id: str, *, locked: bool = False) -> ReceptionBooking:
    """A booking written down at the desk, also one given up.

    :raises NotFound: for any other.
    """
    wanted = sa.select(ReceptionBooking).where(
        ReceptionBooking.id == booking_id,
        ReceptionBooking.reception_id == reception_id,
        ReceptionBooking.account_id.is_(None),
    )
    if locked:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(wanted)
    if row is None:
        raise NotFound(NO_BOOKING)
    return row


def to_call(session: Session, *, moved_from: str) -> list[tuple[ReceptionDay, int]]:
    """Days, soonest first, to which people were moved from that one who must still be phoned, with how many."""
    wanted = _by_day(sa.func.count()).where(*_TO_CALL, ReceptionBooking.moved_from == moved_from)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def at_station(
    session: Session, station_id: str, days: Collection[str] = ()
) -> tuple[dict[str, int], list[tuple[ReceptionDay, int]]]:
    """Places taken of ``days`` (those without any are left out); and days of the station, or of one merged into it, with how
    many people must be phoned, soonest first. One statement.
    """
    here = sa.or_(ReceptionDay.station_id == station_id, ReceptionDay.station_id.in_(merged_into(station_id)))
    wanted = _by_day(sa.func.count(), sa.func.count().filter(sa.and_(*_TO_CALL))).where(
        ReceptionBooking.cancelled_at.is_(None), sa.or_(ReceptionDay.id.in_(days), sa.and_(here, *_TO_CALL))
    )
    rows = [(row[0], row[1], row[2]) for row in session.execute(wanted)]
    taken = {day.id: places for day, places, _ in rows if day.id in days}
    return taken, [(day, calls) for day, _, calls in rows if calls]


def _by_day(*counted: sa.ColumnElement[int]) -> sa.Select[*tuple[Any, ...]]:
    joined = sa.select(ReceptionDay, *counted).join(ReceptionBooking, ReceptionBooking.reception_id == ReceptionDay.id)
    return joined.group_by(ReceptionDay.id).order_by(ReceptionDay.starts_at, ReceptionDay.id)


def forget_old(session: Session, district_id: str, *, before: dt.datetime) -> int:
    """Who booked days that were over ``before``, by phone or at the desk: it goes, that a place was taken stays. How many."""
    personal = ReceptionBooking.name, ReceptionBooking.phone, ReceptionBooking.topic
    known = sa.or_(*(column.is_not(None) for column in personal))
    wanted = (
        sa.select(ReceptionBooking)
        .join(ReceptionDay, ReceptionDay.id == ReceptionBooking.reception_id)
        .where(ReceptionDay.district_id == district_id, ReceptionDay.ends_at < before, known)
    )
    rows = session.scalars(wanted.limit(MOST_AT_ONCE)).all()
    for row in rows:
        _forget(row)
    return len(rows)


def _forget(row: ReceptionBooking) -> None:
    row.name = row.phone = row.topic = None
    row.topic_state = row.topic_doubt = row.topic_next_at = None
    row.call_since = None
