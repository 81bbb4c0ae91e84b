"""Leave (请假): dated rows, so that it begins and ends by itself. Rulebook §9.5 and §11."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.deputies import authority, queries
from service.deputies.models import Deputy, Leave, Mandate
from service.errors import Conflict, Invalid, NotFound
from service.events import Event
from service.ids import new_id
from service.outbox.actions import record

LONGEST_LEAVE = dt.timedelta(days=366)


def take_leave(
    session: Session,
    *,
    district_id: str,
    deputy_id: str,
    from_on: dt.date,
    to_on: dt.date,
    actor: Actor,
    now: dt.datetime,
    substitute_id: str | None = None,
    reason: str | None = None,
) -> Leave:
    """From ``from_on`` to ``to_on``, both included, somebody else answers: new matters go round the deputy at once.

    :raises NotFound: when the deputy or substitute is not the district's.  :raises Forbidden: see :mod:`authority`.
    :raises Invalid: for days past, the wrong way round or over a year, and for a substitute who is not another,
        available deputy on the first day of the leave.
    :raises Conflict: when it overlaps another leave of the deputy.
    """
    # Locked, so that two overlapping leaves sent at the same moment cannot both pass the check.
    locked = sa.select(Deputy).where(Deputy.district_id == district_id, Deputy.id == deputy_id).with_for_update()
    if session.scalar(locked) is None:
        raise NotFound("没有找到这位代表。")
    _require_authority(session, actor, deputy_id, district_id)
    today = local_date(now)
    _check_days(from_on, to_on, today=today)
    _check_substitute(session, district_id, deputy_id, substitute_id, on=max(from_on, today))
    _check_overlap(session, deputy_id, from_on, to_on)
    row = Leave(
        id=new_id(),
        district_id=district_id,
        deputy_id=deputy_id,
        substitute_id=substitute_id,
        from_on=from_on,
        to_on=to_on,
        reason=reason,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _record_change(session, row, now)
    return row


def cancel_leave(session: Session, district_id: str, leave_id: str, *, actor: Actor, now: dt.datetime) -> Leave:
    """The deputy is back, or never left: available again at once.

    :raises NotFound: when the district has no such leave.  :raises Forbidden: see :mod:`authority`.
    :raises Conflict: when it was cancelled, or is over.
    """
    wanted = sa.select(Leave).where(Leave.district_id == district_id, Leave.id == leave_id)
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound("没有找到这条请假记录。")
    _require_authority(session, actor, row.deputy_id, district_id)
    if row.cancelled_at is not None or row.to_on < local_date(now):
        raise Conflict("这次请假已经结束或者已经取消。")
    row.cancelled_at = now
    session.flush()
    _record_change(session, row, now)
    return row


def _require_authority(session: Session, actor: Actor, deputy_id: str, district_id: str) -> None:
    mandates = session.scalars(sa.select(Mandate).where(Mandate.deputy_id == deputy_id))
    authority.require_may_speak_for(actor, deputy_id, district_id, mandates)


def _record_change(session: Session, leave: Leave, now: dt.datetime) -> None:
    payload = {"deputy_id": leave.deputy_id}
    record(session, Event.DEPUTY_AVAILABILITY_CHANGED, payload, district_id=leave.district_id, now=now)


def _check_days(from_on: dt.date, to_on: dt.date, *, today: dt.date) -> None:
    if to_on < from_on:
        raise Invalid("请假的结束日期不能早于开始日期。", fields={"to_on": "请检查日期。"})
    if to_on < today:
        raise Invalid("不能补录已经过去的请假。", fields={"to_on": "请选择今天或以后的日期。"})
    if to_on - from_on > LONGEST_LEAVE:
        raise Invalid("一次请假不能超过一年。", fields={"to_on": "请缩短请假时间。"})


def _check_substitute(
    session: Session, district_id: str, deputy_id: str, substitute_id: str | None, *, on: dt.date
) -> None:
    if substitute_id is None:
        return
    if substitute_id == deputy_id:
        raise Invalid("不能委托代表本人。", fields={"substitute_id": "请选择另一位代表。"})
    queries.deputy(session, district_id, substitute_id)
    if substitute_id not in queries.available(session, [substitute_id], on=on):
        raise Invalid("被委托的代表届时不在岗，请选择另一位。", fields={"substitute_id": "请选择另一位代表。"})


def _check_overlap(session: Session, deputy_id: str, from_on: dt.date, to_on: dt.date) -> None:
    overlapping = sa.select(Leave.id).where(
        Leave.deputy_id == deputy_id,
        Leave.cancelled_at.is_(None),
        Leave.from_on <= to_on,
        Leave.to_on >= from_on,
    )
    if session.scalar(overlapping.limit(1)) is not None:
        raise Conflict("这段时间已有请假记录，请先取消原来的。")
