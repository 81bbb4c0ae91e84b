"""After the first of each plot was played, the demo's other issues: copies of it elsewhere, about something else."""

from __future__ import annotations

import datetime as dt
import random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.copies.copier import Copier, Shift
from devkit.demo.copies.family import Family, families
from devkit.demo.copies.setting import Resident, Setting
from devkit.demo.geography import DemoStation
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.playing import Played
from devkit.demo.issues.story import AT_SHOWN
from devkit.demo.rows import SEED, Rows
from service.accounts.models import Account
from service.calendar.workdays import local_date
from service.issues.models import Issue, NumberCounter
from service.ledger import actions as ledger
from service.parameters import queries as parameters

EARLIER = dt.timedelta(minutes=45)
"""Copies are told up to so much earlier on the same day."""
MOST_WEEKS_BACK = 4
DAYS = 90


class Numbers:
    """Issue numbers go on where the district's counter stands; ``last`` is to be written back."""

    def __init__(self, session: Session, district_id: str, short_code: str) -> None:
        self.district_id, self.short_code = district_id, short_code
        counters = sa.select(NumberCounter.year, NumberCounter.last).where(NumberCounter.district_id == district_id)
        self.last: dict[int, int] = dict(session.execute(counters).all())

    def next(self, station: DemoStation, day: dt.date) -> str:
        self.last[day.year] = self.last.get(day.year, 0) + 1
        return f"{self.short_code}-{day.year}-{station.township.code[6:9]}-{self.last[day.year]:06d}"

    def store(self, session: Session) -> None:
        for year, last in self.last.items():
            session.merge(NumberCounter(district_id=self.district_id, year=year, last=last))


def residents_of(session: Session, cast: Cast) -> list[Resident]:
    """The district's demo residents by name and phone."""
    ids = [actor.account_id for actor in cast.residents]
    rows = session.execute(sa.select(Account.id, Account.display_name, Account.phone).where(Account.id.in_(ids)))
    return sorted((Resident(row[0], row[1], row[2]) for row in rows), key=lambda resident: resident.account_id)


def categories_of(session: Session, district_id: str) -> dict[str, str]:
    return {category.title: category.id for category in parameters.categories(session, district_id)}


def copy_more(session: Session, cast: Cast, played: Played, *, now: dt.datetime) -> int:
    """Copy every family as often as its plot asks for, link the entries; returns how many issues were added."""
    plan, rng = cast.plan, random.Random(f"{SEED}/copies")
    said = set(session.scalars(sa.select(Issue.content)))
    setting = Setting(cast, rng, residents_of(session, cast), categories_of(session, plan.data.id), said)
    numbers = Numbers(session, plan.data.id, plan.data.short_code)
    copier, rows, count = Copier(), Rows(), 0
    for family in families(session, cast, played.stories[plan.data.id]):
        for _ in range(family.weight - 1):
            station = rng.choice(plan.shown if rng.random() < AT_SHOWN else cast.ordinary_stations())
            shift = _shift(rng, family, now)
            days = [local_date(story.at[0] - shift.whole) for story in family.stories]
            symbols = setting.symbols(family, station, [numbers.next(station, day) for day in days], shift.whole)
            for table, row in copier.copy(family, symbols, shift):
                rows.add_to(table, row)
            count += len(family.stories)
    rows.insert(session)
    numbers.store(session)
    session.flush()
    while ledger.link_new(session, now=now):
        pass
    return count


def _shift(rng: random.Random, family: Family, now: dt.datetime) -> Shift:
    """What rests may lie weeks earlier, as far as the demo reaches back; what waits must have been told on its day."""
    room = (dt.timedelta(days=DAYS) - (now - family.began)).days // 7
    weeks = rng.randint(0, max(0, min(MOST_WEEKS_BACK, room))) if family.rests else 0
    return Shift(weeks, rng.random() * EARLIER)
