"""The record of a reception day (接待记录), ending it by hand, and the days that are over. Rulebook §2.2: 接待有登记."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid
from service.stations import queries
from service.stations.kinds import ReceptionState
from service.stations.models import ReceptionDay, ReceptionMinutes, Station
from service.stations.receptions.days import locked

LONGEST_NOTES = 5_000
MOST_VISITORS = 2_000
_HELD = (ReceptionState.ANNOUNCED, ReceptionState.OPEN, ReceptionState.CLOSED)
_OVER = (ReceptionState.CLOSED, ReceptionState.CANCELLED)


def began(day: ReceptionDay, now: dt.datetime) -> bool:
    """Whether there is something to record: it was announced, its hour has come, and nobody called it off."""
    return day.state in _HELD and day.starts_at <= now


def close(session: Session, district_id: str, reception_id: str, *, version: int, now: dt.datetime) -> ReceptionDay:
    """Everybody has been heard before the hour was over: nobody can book any more.

    :raises NotFound: when the district has no such day.
    :raises Conflict: when it changed since ``version``, has not begun, or is over.
    """
    row = locked(session, district_id, reception_id, version)
    if row.state in _OVER or not began(row, now):
        raise Conflict("这次接待还没有开始，或者已经结束、取消。", current=row)
    row.state, row.version = ReceptionState.CLOSED.value, row.version + 1
    session.flush()
    return row


def minutes_of(session: Session, reception_ids: Collection[str]) -> dict[str, ReceptionMinutes]:
    """Reception day → its record; days without one are left out."""
    if not reception_ids:
        return {}
    wanted = sa.select(ReceptionMinutes).where(ReceptionMinutes.reception_id.in_(reception_ids))
    return {row.reception_id: row for row in session.scalars(wanted)}


def write_minutes(
    session: Session,
    day: ReceptionDay,
    *,
    held_by: Sequence[str],
    visitors: int,
    notes: str | None,
    issue_ids: Sequence[str],
    account_id: str,
    version: int,
    now: dt.datetime,
) -> ReceptionMinutes:
    """Who held it, how many came, what was noted; written anew it replaces what ``version`` was (0: nothing yet).

    :raises Conflict: before it began, or when somebody wrote it meanwhile.
    :raises Invalid: without anybody who held it, or with somebody who is not of the station.
    """
    locked(session, day.district_id, day.id, None)  # two who write at once take turns
    if not began(day, now):
        raise Conflict("接待开始以后才能记录；取消的接待没有记录。", current=day.state)
    here = {*day.deputy_ids, *queries.roster(session, day.station_id, on=local_date(day.starts_at))}
    if not held_by or not here.issuperset(held_by):
        raise Invalid("请选择是谁接待的。", fields={"held_by": "请选择到场接待的代表。"})
    row = session.get(ReceptionMinutes, day.id, populate_existing=True)
    if (row.version if row else 0) != version:
        raise Conflict("这份接待记录刚刚被别人改过，请看过最新的内容再改。", current=row)
    if row is None:
        row = ReceptionMinutes(reception_id=day.id, version=0)
        session.add(row)
    row.deputy_ids, row.visitors, row.notes = list(dict.fromkeys(held_by)), visitors, notes
    row.issue_ids, row.written_by, row.written_at = list(dict.fromkeys(issue_ids)), account_id, now
    row.version += 1
    session.flush()
    return row


def past(
    session: Session,
    station_id: str,
    *,
    now: dt.datetime,
    limit: int,
    after: tuple[dt.datetime, str] | None = None,
) -> Sequence[ReceptionDay]:
    """Days that are over or called off, newest first; also those of stations merged into this one."""
    own = {station_id, *session.scalars(merged_into(station_id))}
    over = sa.or_(ReceptionDay.ends_at <= now, ReceptionDay.state.in_([state.value for state in _OVER]))
    wanted = sa.select(ReceptionDay).where(ReceptionDay.station_id.in_(own), over)
    if after is not None:
        wanted = wanted.where(sa.tuple_(ReceptionDay.starts_at, ReceptionDay.id) < sa.tuple_(*after))
    return session.scalars(wanted.order_by(ReceptionDay.starts_at.desc(), ReceptionDay.id.desc()).limit(limit)).all()


def merged_into(station_id: str) -> sa.Select[str]:
    """Ids of stations whose way led here, over however many mergers."""
    way = sa.select(Station.id).where(Station.superseded_by == station_id).cte("way", recursive=True)
    way = way.union(sa.select(Station.id).join(way, Station.superseded_by == way.c.id))
    return sa.select(way.c.id)
