"""The days themselves: plan, announce with notice, let them open and close by the clock, cancel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.db import rows_changed
from service.deputies import queries as deputies
from service.errors import Conflict, Invalid, NotFound
from service.events import Event
from service.ids import new_id
from service.outbox.actions import record
from service.parameters import queries as parameters
from service.stations import queries
from service.stations.kinds import RECEIVING, ReceptionState, StationState
from service.stations.models import ReceptionDay
from service.stations.receptions.booking import move_bookings

LONGEST_SITTING = dt.timedelta(hours=12)
_PUBLIC = (ReceptionState.ANNOUNCED, ReceptionState.OPEN)
COMING = (ReceptionState.PLANNED, *_PUBLIC)
"""States from which a day may still be held, or called off."""
_LOOKED_THROUGH, _SHOWN_OF_DEPUTY = 60, 3


def plan(
    session: Session,
    *,
    district_id: str,
    station_id: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    deputy_ids: Sequence[str],
    now: dt.datetime,
    place: str | None = None,
    theme: str | None = None,
    capacity: int | None = None,
) -> ReceptionDay:
    """A reception day nobody outside sees yet; ``place`` is the station's address unless given.

    :raises NotFound: when the station is not the district's.
    :raises Conflict: when the station does not receive.
    :raises Invalid: for times past or over 12 hours, no place, a capacity under 1, or deputies not stationed there.
    """
    station = queries.station(session, district_id, station_id)
    if StationState(station.state) not in RECEIVING:
        raise Conflict("这个联络站目前不能安排接待。", current=station.state)
    where = (place or station.address or "").strip()
    _check_times(starts_at, ends_at, now)
    _check_room(where, capacity)
    _check_deputies(session, station.id, deputy_ids, local_date(starts_at))
    row = ReceptionDay(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=where,
        theme=theme,
        deputy_ids=list(dict.fromkeys(deputy_ids)),
        capacity=capacity,
        state=ReceptionState.PLANNED.value,
        version=1,
    )
    session.add(row)
    session.flush()
    return row


def _check_times(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    if starts_at <= now:
        raise Invalid("接待时间应在现在之后。", fields={"starts_at": "请选择以后的时间。"})
    if not dt.timedelta(0) < ends_at - starts_at <= LONGEST_SITTING:
        raise Invalid("接待的结束时间应在开始之后，且不超过 12 小时。", fields={"ends_at": "请检查结束时间。"})


def _check_room(place: str, capacity: int | None) -> None:
    if not place:
        raise Invalid("请填写接待地点。", fields={"place": "请填写接待地点。"})
    if capacity is not None and capacity < 1:
        raise Invalid("预约人数至少为 1；不限人数请留空。", fields={"capacity": "请填写大于 0 的数。"})


def _check_deputies(session: Session, station_id: str, deputy_ids: Sequence[str], day: dt.date) -> None:
    stationed = set(queries.roster(session, station_id, on=day))
    if not deputy_ids or not stationed.issuperset(deputy_ids):
        raise Invalid("请从驻站代表中选择接待代表。", fields={"deputy_ids": "请选择这个联络站的驻站代表。"})
    if len(deputies.available(session, deputy_ids, on=day)) < len(set(deputy_ids)):
        raise Invalid("有的代表当天不在岗。", fields={"deputy_ids": "请另选代表或者改期。"})


def reception(session: Session, district_id: str | None, reception_id: str) -> ReceptionDay:
    """A reception day; a merely planned one is shown only where the district is given.

    :raises NotFound: when there is none there.
    """
    wanted = sa.select(ReceptionDay).where(ReceptionDay.id == reception_id)
    if district_id is None:
        wanted = wanted.where(ReceptionDay.state != ReceptionState.PLANNED.value)
    else:
        wanted = wanted.where(ReceptionDay.district_id == district_id)
    row = session.scalar(wanted)
    if row is None:
        raise NotFound("没有找到这次接待。")
    return row


def locked(session: Session, district_id: str, reception_id: str, version: int | None) -> ReceptionDay:
    """The row, locked; ``version`` None where any will do.

    :raises NotFound: when the district has no such day.  :raises Conflict: when it changed since ``version``.
    """
    wanted = sa.select(ReceptionDay).where(ReceptionDay.district_id == district_id, ReceptionDay.id == reception_id)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("没有找到这次接待。")
    if version is not None and row.version != version:
        raise Conflict(current=row)
    return row


def announce(session: Session, district_id: str, reception_id: str, *, version: int, now: dt.datetime) -> ReceptionDay:
    """Publish time, place and names, at least ``reception.notice_days`` (3) days before (rulebook §2.2).

    :raises NotFound: when the district has no such day.
    :raises Conflict: when it changed since ``version``, or is not merely planned.
    :raises Invalid: when it is too late for the notice, or a deputy has become unavailable.
    """
    row = locked(session, district_id, reception_id, version)
    if row.state != ReceptionState.PLANNED:
        raise Conflict("这次接待已经公告或者取消。", current=row)
    days = int(parameters.load(session, district_id, at=now)["reception.notice_days"])
    day = local_date(row.starts_at)
    if (day - local_date(now)).days < days:
        raise Invalid(f"接待日应至少提前 {days} 天公告，请改到更晚的日期。", code="notice_too_short")
    if len(deputies.available(session, row.deputy_ids, on=day)) < len(row.deputy_ids):
        raise Invalid("有的接待代表当天不在岗，请先调整接待代表。", fields={"deputy_ids": "请另选代表。"})
    row.state, row.announced_at, row.version = ReceptionState.ANNOUNCED.value, now, row.version + 1
    session.flush()
    return row


def cancel(
    session: Session, district_id: str, reception_id: str, *, version: int, reason: str, now: dt.datetime
) -> ReceptionDay:
    """Call a day off and move its bookings to the station's next announced day while there is room (rulebook §11).

    The event names who must be told: ``moved`` and ``left`` are account ids, ``moved_to`` the other day or None.

    :raises NotFound: when the district has no such day.
    :raises Conflict: when it changed since ``version``, is over or was cancelled.
    :raises Invalid: without a reason.
    """
    row = locked(session, district_id, reception_id, version)
    if row.state not in COMING or row.ends_at <= now:
        raise Conflict("这次接待已经结束或者取消。", current=row)
    if not reason.strip():
        raise Invalid("请写明取消的原因，以便告知预约的群众。", fields={"reason": "请写明原因。"})
    row.state, row.cancel_reason, row.version = (
        ReceptionState.CANCELLED.value,
        reason.strip(),
        row.version + 1,
    )
    target = _next_announced(session, row, now)
    moved, left = move_bookings(session, row, target, now=now)
    payload = {
        "reception_id": row.id,
        "station_id": row.station_id,
        "moved_to": target.id if target and moved else None,
        "moved": moved,
        "left": left,
    }
    record(session, Event.RECEPTION_CHANGED, payload, district_id=district_id, now=now)
    session.flush()
    return row


def _next_announced(session: Session, cancelled: ReceptionDay, now: dt.datetime) -> ReceptionDay | None:
    wanted = sa.select(ReceptionDay).where(
        ReceptionDay.station_id == cancelled.station_id,
        ReceptionDay.id != cancelled.id,
        ReceptionDay.state == ReceptionState.ANNOUNCED.value,
        ReceptionDay.starts_at > max(now, cancelled.starts_at),
    )
    return session.scalar(wanted.order_by(ReceptionDay.starts_at).limit(1).with_for_update())


def advance(session: Session, *, now: dt.datetime) -> int:
    """For the clock: open announced days whose time has come, close those that are over; returns how many changed."""
    over = sa.update(ReceptionDay).where(
        ReceptionDay.state.in_([state.value for state in _PUBLIC]), ReceptionDay.ends_at <= now
    )
    begun = sa.update(ReceptionDay).where(
        ReceptionDay.state == ReceptionState.ANNOUNCED.value, ReceptionDay.starts_at <= now
    )
    closed = session.execute(over.values(state=ReceptionState.CLOSED.value, version=ReceptionDay.version + 1))
    opened = session.execute(begun.values(state=ReceptionState.OPEN.value, version=ReceptionDay.version + 1))
    return rows_changed(closed) + rows_changed(opened)


def upcoming(
    session: Session,
    *,
    now: dt.datetime,
    district_id: str | None = None,
    station_id: str | None = None,
    include_planned: bool = False,
    limit: int = 20,
) -> Sequence[ReceptionDay]:
    """Reception days not over yet, soonest first, at most ``limit`` (≤ 100); planned ones are for staff."""
    states = COMING if include_planned else _PUBLIC
    wanted = sa.select(ReceptionDay).where(
        ReceptionDay.state.in_([state.value for state in states]), ReceptionDay.ends_at > now
    )
    if district_id is not None:
        wanted = wanted.where(ReceptionDay.district_id == district_id)
    if station_id is not None:
        wanted = wanted.where(ReceptionDay.station_id == station_id)
    ordered = wanted.order_by(ReceptionDay.starts_at, ReceptionDay.id)
    return session.scalars(ordered.limit(max(1, min(limit, 100)))).all()


def of_deputy(
    session: Session, deputy_id: str, *, station_ids: Collection[str], now: dt.datetime
) -> Sequence[ReceptionDay]:
    """Announced days not over yet on which this deputy receives, soonest first, at most three. ``station_ids``: where
    the deputy is stationed; nobody receives elsewhere.
    """
    if not station_ids:
        return []
    wanted = sa.select(ReceptionDay).where(
        ReceptionDay.station_id.in_(station_ids),
        ReceptionDay.state.in_([state.value for state in _PUBLIC]),
        ReceptionDay.ends_at > now,
    )
    rows = session.scalars(wanted.order_by(ReceptionDay.starts_at, ReceptionDay.id).limit(_LOOKED_THROUGH))
    return [row for row in rows if deputy_id in row.deputy_ids][:_SHOWN_OF_DEPUTY]
