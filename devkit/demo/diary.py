"""Duty slots and reception days of the coming sixty days; topped up on every start, so that the demo never runs dry."""

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
NOTICE_DAYS = 4
WEEKS_BETWEEN_RECEPTIONS = 4
_BEGIN, _END = dt.time(9, 0), dt.time(11, 0)


def top_up(session: Session, plan: DistrictPlan, calendar: WorkCalendar, *, now: dt.datetime, today: dt.date) -> int:
    """Add what is missing up to :data:`DAYS` from today; returns how many rows."""
    rows = Rows()
    first_duty = max(today, _last_duty(session, plan) + dt.timedelta(days=1))
    for day in _days(first_duty, today):
        for station in plan.all_stations:
            _duty(rows, plan, station, day)
    first_reception = max(today + dt.timedelta(days=NOTICE_DAYS), _last_reception(session, plan) + dt.timedelta(days=1))
    for day in _days(first_reception, today):
        for place, station in enumerate(plan.all_stations):
            if _receives(place, day, calendar):
                _reception(rows, plan, station, day, now)
    return rows.insert(session)


def _days(first: dt.date, today: dt.date) -> list[dt.date]:
    last = today + dt.timedelta(days=DAYS)
    return [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]


def _last_duty(session: Session, plan: DistrictPlan) -> dt.date:
    wanted = sa.select(sa.func.max(DutySlot.on_date)).join(Station, Station.id == DutySlot.station_id)
    last = session.scalar(wanted.where(Station.district_id == plan.data.id))
    return last or dt.date.min


def _last_reception(session: Session, plan: DistrictPlan) -> dt.date:
    wanted = sa.select(sa.func.max(ReceptionDay.starts_at)).where(ReceptionDay.district_id == plan.data.id)
    last = session.scalar(wanted)
    return last.astimezone(SHANGHAI).date() if last else dt.date.min


def _duty(rows: Rows, plan: DistrictPlan, station: DemoStation, day: dt.date) -> None:
    roster = plan.rosters[station.id]
    person = roster[day.toordinal() % len(roster)]
    rows.add(DutySlot, id=demo_id("duty", station.id, day), station_id=station.id, deputy_id=person.id, on_date=day)


def _receives(place: int, day: dt.date, calendar: WorkCalendar) -> bool:
    """Every fourth week on the station's weekday; where that is a holiday, there is none (rulebook §2.2)."""
    week = day.toordinal() // 7
    return day.weekday() == place % 5 and (week + place) % WEEKS_BETWEEN_RECEPTIONS == 0 and calendar.is_workday(day)


def _reception(rows: Rows, plan: DistrictPlan, station: DemoStation, day: dt.date, now: dt.datetime) -> None:
    roster = plan.rosters[station.id]
    people = [roster[(day.toordinal() + step) % len(roster)].id for step in range(2)]
    rows.add(
        ReceptionDay,
        id=demo_id("reception", station.id, day),
        district_id=plan.data.id,
        station_id=station.id,
        starts_at=dt.datetime.combine(day, _BEGIN, SHANGHAI),
        ends_at=dt.datetime.combine(day, _END, SHANGHAI),
        place=f"{station.name}接待室",
        theme="听取身边的急难愁盼",
        deputy_ids=list(dict.fromkeys(people)),
        capacity=12,
        state=ReceptionState.ANNOUNCED.value,
        announced_at=now,
        version=1,
    )
