"""Duty slots and reception days of the last ninety and the coming sixty days; topped up on every start, never dry."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.geography import DemoStation
from devkit.demo.plan import DistrictPlan
from devkit.demo.rows import Rows, demo_id
from service.calendar.workdays import SHANGHAI, WorkCalendar
from service.stations.kinds import ReceptionState
from service.stations.models import DutySlot, ReceptionDay, Station

DAYS = 60
HISTORY = 90
NOTICE_DAYS = 4
WEEKS_BETWEEN_RECEPTIONS = 4
_BEGIN, _END = dt.time(9, 0), dt.time(11, 0)


def top_up(session: Session, plan: DistrictPlan, calendar: WorkCalendar, *, now: dt.datetime, today: dt.date) -> int:
    """Add what is missing up to :data:`DAYS` from today, the first time :data:`HISTORY` back too; returns how many rows."""
    rows = Rows()
    last_duty, last_reception = _last_duty(session, plan), _last_reception(session, plan)
    first_day = today - dt.timedelta(days=HISTORY)
    first_duty = max(today, last_duty + dt.timedelta(days=1)) if last_duty else first_day
    for day in _days(first_duty, today):
        for station in plan.all_stations:
            _duty(rows, plan, station, day)
    announced = today + dt.timedelta(days=NOTICE_DAYS)
    first_reception = max(announced, last_reception + dt.timedelta(days=1)) if last_reception else first_day
    for day in _days(first_reception, today):
        for place, station in enumerate(plan.all_stations):
            if _receives(place, day, calendar) and not today <= day < announced:
                _reception(rows, plan, station, day, now)
    return rows.insert(session)


def _days(first: dt.date, today: dt.date) -> list[dt.date]:
    last = today + dt.timedelta(days=DAYS)
    return [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]


def _last_duty(session: Session, plan: DistrictPlan) -> dt.date | None:
    wanted = sa.select(sa.func.max(DutySlot.on_date)).join(Station, Station.id == DutySlot.station_id)
    return session.scalar(wanted.where(Station.district_id == plan.data.id))


def _last_reception(session: Session, plan: DistrictPlan) -> dt.date | None:
    wanted = sa.select(sa.func.max(ReceptionDay.starts_at)).where(ReceptionDay.district_id == plan.data.id)
    last = session.scalar(wanted)
    return last.astimezone(SHANGHAI).date() if last else None


def _duty(rows: Rows, plan: DistrictPlan, station: DemoStation, day: dt.date) -> None:
    roster = plan.rosters[station.id]
    person = roster[day.toordinal() % len(roster)]
    rows.add(DutySlot, id=demo_id("duty", station.id, day), station_id=station.id, deputy_id=person.id, on_date=day)


def _receives(place: int, day: dt.date, calendar: WorkCalendar) -> bool:
    """Every fourth week on the station's weekday; where that is a holiday, there is none (rulebook §2.2)."""
    week = day.toordinal() // 7
    return day.weekday() == place % 5 and (week + place) % WEEKS_BETWEEN_RECEPTIONS == 0 and calendar.is_workday(day)


def _reception(rows: Rows, plan: DistrictPlan, station: DemoStation, day: dt.date, now: dt.datetime) -> None:
    """Announced with notice; one that is over is closed, as the clock would have left it."""
    starts_at = dt.datetime.combine(day, _BEGIN, SHANGHAI)
    is_over = starts_at < now
    roster = plan.rosters[station.id]
    people = [roster[(day.toordinal() + step) % len(roster)].id for step in range(2)]
    rows.add(
        ReceptionDay,
        id=demo_id("reception", station.id, day),
        district_id=plan.data.id,
        station_id=station.id,
        starts_at=starts_at,
        ends_at=dt.datetime.combine(day, _END, SHANGHAI),
        place=f"{station.name}接待室",
        theme="听取身边的急难愁盼",
        deputy_ids=list(dict.fromkeys(people)),
        capacity=12,
        state=(ReceptionState.CLOSED if is_over else ReceptionState.ANNOUNCED).value,
        announced_at=min(now, starts_at - dt.timedelta(days=NOTICE_DAYS)),
        version=1,
    )
