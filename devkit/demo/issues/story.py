"""One issue of the demo: its plot, its place and people, what is said, and when; drawn up before anything is written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from devkit.demo.accounts import HIGHER
from devkit.demo.geography import DemoStation, Village
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.plots import PLOTS, Plot
from devkit.demo.issues.schedule import Diary
from devkit.demo.issues.telling import Matter, Recipe, Shelf, Teller, matters
from devkit.demo.rows import SEED, demo_id, digest
from service.accounts.roles import Actor, Role
from service.ids import crockford
from service.issues.submitting import Secrets, Submission
from service.issues.words import Anonymity, Channel, Kind

AT_SHOWN = 0.5
"""Share of issues at the stations of demo.json, so that the listed people have something to do."""


_A_DAY_LATER = "say"
"""The move whose time the second resident takes to come along."""


@dataclass
class Story:
    """``at``: times of the submission and of each step. ``issue_id`` comes with the submission."""

    number: int
    plot: Plot
    station: DemoStation
    village: Village
    teller: Teller
    submission: Submission
    actor: Actor
    follower: Actor
    steps: list[str]
    at: list[dt.datetime]
    partner: Story | None = None
    issue_id: str | None = None
    over: bool = False
    secrets: Secrets = field(init=False)

    def __post_init__(self) -> None:
        number = int.from_bytes(digest("rating", self.number)[:4], "big")
        self.secrets = Secrets(crockford(digest("receipt", self.number), 20), f"{number % 1_000_000:06d}")


class Author:
    """Draws up the stories of a district, the same for the same seed and day."""

    def __init__(self, cast: Cast, diary: Diary, *, first_number: int, seed: str = SEED) -> None:
        self.cast, self.diary = cast, diary
        self.rng = random.Random(f"{seed}/{cast.plan.data.id}")
        diary.rng = self.rng
        self.shelf = Shelf(self.rng)
        self.number = first_number
        self.said: set[str] = set()

    def write(self, plots: Sequence[Plot] = PLOTS, *, most: int | None = None) -> Iterator[Story]:
        """All stories, or at most ``most`` of each plot; a partner comes before the one it takes in."""
        for place, plot in enumerate(plots):
            for turn in range(min(plot.count, most or plot.count)):
                yield from self._stories(plot, self._station(place, turn))

    def _station(self, place: int, turn: int) -> DemoStation:
        """The first of every plot stands at a shown station."""
        shown = self.cast.plan.shown
        if turn == 0:
            return shown[place % len(shown)]
        return self.rng.choice(shown if self.rng.random() < AT_SHOWN else self.cast.ordinary_stations())

    def _stories(self, plot: Plot, station: DemoStation) -> Iterator[Story]:
        village, matter = self._village(station), None
        if not plot.partner:
            yield self._story(plot, station, village, matter, self.diary.ending(plot.steps.split(), plot.tail))
            return
        theirs, own = plot.partner.split(), plot.steps.split()
        before, later = theirs[: plot.partner_at], theirs[plot.partner_at :]
        at = iter(self.diary.ending([*before, _A_DAY_LATER, *own[:1], *later, *own[1:]], plot.tail))
        first = [next(at) for _ in (plot.partner, *before)]
        times = [next(at) for _ in ("submit", *own[:1])]
        target_plot = Plot(1, plot.partner, plot.tail)
        target = self._story(target_plot, station, village, None, [*first, *(next(at) for _ in later)])
        yield target
        story = self._story(plot, station, village, target.teller.matter, [*times, *at])
        story.partner = target
        yield story

    def _village(self, station: DemoStation) -> Village:
        code = self.rng.choice(station.village_codes)
        return next(village for village in station.township.villages if village.code == code)

    def _story(
        self, plot: Plot, station: DemoStation, village: Village, matter: Matter | None, at: list[dt.datetime]
    ) -> Story:
        self.number += 1
        about = self._about(plot, station)
        teller, content = self._words(plot, village, matter, about[1] if about else "")
        teller.began = at[0]
        anonymity = self.rng.choices(tuple(Anonymity), (45, 25, 30))[0]
        resident, follower = self._people()
        by_clerk = "clerk" in plot.flags or (plot.text == "matter" and not plot.flags and self.rng.random() < 0.1)
        submission = Submission(
            content=content,
            anonymity=anonymity,
            kind=Kind(teller.matter.kind),
            category=None if plot.text == "short" or self.rng.random() < 0.03 else teller.matter.category,
            deputy_id=self._chosen(plot, station),
            grid_id=demo_id("grid", village.code),
            place=teller.tell(Recipe("fill", "{village}{group}{spot}")) if self.rng.random() < 0.6 else None,
            about=about[0] if about else None,
            privacy=True,
            pass_on=self.rng.random() < 0.5,
            publish="publish" in plot.flags or self.rng.random() < 0.2,
            may_contact=anonymity is not Anonymity.RECEIPT_ONLY,
        )
        actor = Actor() if anonymity is Anonymity.RECEIPT_ONLY else resident
        if by_clerk:
            actor = self.cast.holder(Role.STATION_CLERK, station.id)
            submission = self._typed_by(actor, submission, at[0])
        return Story(self.number, plot, station, village, teller, submission, actor, follower, plot.steps.split(), at)

    def _words(self, plot: Plot, village: Village, matter: Matter | None, about: str) -> tuple[Teller, str]:
        """A text nobody of the district has said before."""
        urgent = "urgent" in plot.flags
        only = "" if plot.text == "matter" else plot.text

        def fits(other: Matter) -> bool:
            return other.only == only and other.urgent == urgent and other.fits(village)

        while True:
            found = matter or self.shelf.take(f"matters{only}{urgent}", matters(), fits)
            teller = Teller(self.rng, self.shelf, village, found, about)
            content = teller.opening(held="held" in plot.flags)
            if content not in self.said:
                self.said.add(content)
                return teller, content

    def _about(self, plot: Plot, station: DemoStation) -> tuple[tuple[str, str], str] | None:
        """((type, id), name) of whom a complaint is about."""
        if plot.about == "deputy":
            person = self.rng.choice(self.cast.plan.rosters[station.id])
            return ("deputy", person.id), f"{person.name}代表"
        if plot.about == "unit":
            unit = self.cast.unit(station.township.code, "城建办")
            return ("unit", unit.id), unit.name
        return (("station", station.id), station.name) if plot.about == "station" else None

    def _people(self) -> tuple[Actor, Actor]:
        """Who speaks and who joins; the three residents of demo.json more often than others."""
        known = self.cast.residents[:3]
        resident = self.rng.choice(known if self.rng.random() < 0.25 else self.cast.residents)
        return resident, self.rng.choice([other for other in self.cast.residents if other is not resident])

    def _chosen(self, plot: Plot, station: DemoStation) -> str | None:
        """菜单式选择: now and then somebody picks a deputy of the station; where it goes up, one who has somebody above."""
        roster = self.cast.plan.rosters[station.id]
        if "escalate" in plot.steps:
            roster = tuple(person for person in roster if not HIGHER & set(person.levels))
        elif self.rng.random() > 0.1:
            return None
        return self.rng.choice(roster).id

    def _typed_by(self, clerk: Actor, typed: Submission, at: dt.datetime) -> Submission:
        """代填: on paper, on the phone, at the reception day or in the yard, typed in the same day."""
        known = typed.anonymity is not Anonymity.RECEIPT_ONLY
        return dataclasses.replace(
            typed,
            entered_by=clerk.account_id,
            channel=self.rng.choice([channel for channel in Channel if channel is not Channel.SCAN]),
            received_at=at - dt.timedelta(minutes=self.rng.randint(20, 300)),
            contact_name=self.rng.choice(self.cast.names) if known else None,
            contact_phone=f"1380000{self.rng.randint(0, 9999):04d}" if known else None,
        )
