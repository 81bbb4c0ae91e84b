"""Fill a database for measuring: copies by the hundred thousand over the stations and three years."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.accounts import SignIn
from devkit.demo.copies.chain import LINKS, Chain
from devkit.demo.copies.copier import Copier, Shift
from devkit.demo.copies.crowd import PER_RESIDENT, crowd
from devkit.demo.copies.family import Family, families
from devkit.demo.copies.more import Numbers, categories_of, residents_of
from devkit.demo.copies.setting import Setting
from devkit.demo.copies.sinks import Sink
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.playing import play
from devkit.demo.loading import load
from devkit.demo.plan import DistrictPlan
from service.calendar.workdays import local_date
from service.db import Base, prepare_sqlite
from service.issues import search, tallies
from service.issues.models import Issue, IssueSearch
from service.ledger.models import LedgerLink
from service.parameters.queries import work_calendar
from service.supervision import projection
from service.supervision.models import FactsRead

AT_REST = 0.85
"""Share of issues in which nothing waits any more; nearly all of them archived."""
ARCHIVED_RATHER = 12
WEEKS = 150
EARLIER = dt.timedelta(hours=2)
ZIPF = 0.8
BATCH = 2_000

Progress = Callable[[int], None]


def patterns(plan: DistrictPlan, sign_ins: Sequence[SignIn], *, now: dt.datetime, seed: str) -> list[Family]:
    """Every plot once, played through the real rules in a database of its own in memory."""
    engine = sa.create_engine("sqlite://")
    prepare_sqlite(engine)
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        load(session, now=now, issues=False)
        played = play(session, [plan], sign_ins, work_calendar(session), now=now, most=1, seed=seed)
        session.execute(sa.update(Issue).values(matter_changed_at=None))  # of years ago: looked at long since
        found = families(session, Cast(plan, sign_ins), played.stories[plan.data.id])
        session.rollback()
    engine.dispose()
    return found


def count_issues(session: Session, district_id: str) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Issue).where(Issue.district_id == district_id)) or 0


class Filling:
    """Adds issues to a district that is loaded; commits as it goes, so that it can be interrupted and taken up again."""

    def __init__(
        self,
        session: Session,
        plan: DistrictPlan,
        sign_ins: Sequence[SignIn],
        *,
        total: int,
        now: dt.datetime,
        seed: str,
    ) -> None:
        self.session, self.now, self.total = session, now, total
        self.district_id = plan.data.id
        self.there = count_issues(session, plan.data.id)
        self.rng = random.Random(f"{seed}/filling/{self.there}")
        cast = Cast(plan, sign_ins)
        self.families = patterns(plan, sign_ins, now=now, seed=seed)
        residents = [*residents_of(session, cast), *crowd(session, total // PER_RESIDENT, now=now)]
        self.setting = Setting(cast, self.rng, residents, categories_of(session, plan.data.id))
        self.numbers = Numbers(session, plan.data.id, plan.data.short_code)
        self.chain = Chain(session, plan.data.id, now=now)
        self.copier = Copier(self.chain.ids())
        self.sink = Sink(session)
        stations = cast.ordinary_stations()
        self.rng.shuffle(stations)
        self.stations = stations
        self.popular = list(accumulate(1 / rank**ZIPF for rank in range(1, len(stations) + 1)))

    def fill(self, progress: Progress = lambda added: None, *, index: bool = True) -> int:
        """Returns how many issues were added, none of which leaves the workers anything to catch up on.

        ``index``: with what search and supervision keep of them, which takes about as long again; without it these are
        empty, and marked as done.
        """
        added = waiting = 0
        for family, shift in sorted(self._plan(), key=lambda pair: pair[0].began - pair[1].whole):
            self._copy(family, shift)
            waiting += len(family.stories)
            if waiting >= BATCH:
                added, waiting = added + waiting, 0
                self._commit()
                progress(added)
        self._commit()
        progress(added + waiting)
        if index:
            self._derive()
        else:
            self._derive_nothing()
        tallies.refresh(self.session, now=self.now)
        self.session.commit()
        self._analyze()
        return added + waiting

    def _derive(self) -> None:
        """What the workers would do by and by: entries of the search index, and the facts of supervision."""
        while search.index_missing(self.session):
            self.session.commit()
        while projection.catch_up(self.session, now=self.now):
            self.session.commit()

    def _derive_nothing(self) -> None:
        """So that nobody derives a million issues while something else is measured.

        The planner is told first: with nothing known of a table just filled, it looked through the growing index anew for
        each issue, 20 minutes for the first fifth of a million; told, 20 seconds for all.
        """
        self._analyze()
        seen = sa.select(IssueSearch.issue_id).where(IssueSearch.issue_id == Issue.id)
        missing = sa.select(Issue.id, sa.literal([], IssueSearch.grams.type)).where(~seen.exists())
        self.session.execute(sa.insert(IssueSearch).from_select(["issue_id", "grams"], missing))
        newest = sa.select(sa.func.max(LedgerLink.seq)).where(LedgerLink.district_id == self.district_id)
        seq = self.session.scalar(newest) or 0
        self.session.merge(FactsRead(district_id=self.district_id, seq=seq, read_at=self.now))
        self.session.commit()

    def _plan(self) -> Iterator[tuple[Family, Shift]]:
        """Which families, how long ago: ``AT_REST`` of them weeks and years back, the others these days, as they must."""
        resting = [family for family in self.families if family.rests]
        waiting = [family for family in self.families if not family.rests]
        weights = [list(accumulate(_weight(family) for family in group)) for group in (resting, waiting)]
        left = self.total - self.there
        while left > 0:
            rests = self.rng.random() < AT_REST
            group, popular = (resting, weights[0]) if rests else (waiting, weights[1])
            family = self.rng.choices(group, cum_weights=popular)[0]
            left -= len(family.stories)
            yield family, Shift(self.rng.randrange(WEEKS) if rests else 0, self.rng.random() * EARLIER)

    def _copy(self, family: Family, shift: Shift) -> None:
        station = self.rng.choices(self.stations, cum_weights=self.popular)[0]
        days = [local_date(story.at[0] - shift.whole) for story in family.stories]
        numbers = [self.numbers.next(station, day) for day in days]
        symbols = self.setting.symbols(family, station, numbers, shift.whole)
        for table, row in self.copier.copy(family, symbols, shift):
            self.sink.add(table, row)
            if table.name == "ledger_entries":
                self.sink.add(LINKS, self.chain.link(row))

    def _commit(self) -> None:
        self.sink.flush()
        self.numbers.store(self.session)
        self.chain.store()
        self.session.commit()

    def _analyze(self) -> None:
        """The planner should know what it has before anybody measures."""
        self.session.execute(sa.text("ANALYZE"))
        self.session.commit()


def _weight(family: Family) -> float:
    """As often as its plot asks for, long stories less often than short ones: about five steps on average."""
    lines = sum(pattern.table.name == "issue_history" for pattern in family.patterns)
    return family.weight * (ARCHIVED_RATHER if family.state == "archived" else 1) / lines**2
