"""Play the stories: a clock that runs from ninety days ago to now, on which everybody acts through the real rules.

Residents, deputies and units call the service's actions; the workers' reactions, timers and reminders run as they would.
So history, deadlines, inboxes and ledger are true, and nothing is left that would be pushed on the first start.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.accounts import SignIn
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.moves import MOVES, Scene, actor_of
from devkit.demo.issues.plots import PLOTS, Plot
from devkit.demo.issues.schedule import Diary
from devkit.demo.issues.story import Author, Story
from devkit.demo.plan import DistrictPlan
from devkit.demo.rows import SEED
from service.accounts.models import GrantRow
from service.accounts.roles import Actor
from service.calendar.workdays import SHANGHAI, WorkCalendar, local_date
from service.deputies.models import Deputy
from service.errors import DomainError
from service.events import Event
from service.issues import similar, talk, timers
from service.issues.actions import perform
from service.issues.checks import queue
from service.issues.checks.asking import Reply
from service.issues.checks.states import CheckState
from service.issues.models import Issue, IssueDecision
from service.issues.submitting import submit
from service.ledger import actions as ledger
from service.notifications.models import NO_CONSENT, PENDING, SENT, Notification
from service.outbox import actions as outbox
from service.outbox import models as outbox_models
from service.stations.models import Station
from service.territory.models import Division
from service.units.models import HandlingUnit
from workers.reactions import REACTIONS

AFTER = dt.timedelta(seconds=2)
"""How long the workers take."""
READ_AFTER = dt.timedelta(days=2)
EVERY_NINTH = slice(None, None, 9)


@dataclass
class Played:
    """``broken``: stories that could not go on, in words; one that ends early is a true one too. ``stories``: by district."""

    issues: int = 0
    stories: dict[str, list[Story]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)


def play(
    session: Session,
    plans: Sequence[DistrictPlan],
    sign_ins: Sequence[SignIn],
    calendar: WorkCalendar,
    *,
    now: dt.datetime,
    plots: Sequence[Plot] = PLOTS,
    most: int | None = None,
    seed: str = SEED,
) -> Played:
    """Tell the stories of ``plots`` (at most ``most`` of each) in the first district, a few in the others; commits nothing."""
    stage = Stage(session, now)
    number = 0
    for place, plan in enumerate(plans):
        cast = Cast(plan, sign_ins)
        author = Author(cast, Diary(calendar, now), first_number=number, seed=seed)
        for story in author.write(plots[EVERY_NINTH], most=1) if place else author.write(plots, most=most):
            stage.expect(cast, story)
            stage.played.stories[plan.data.id].append(story)
        number = author.number
    stage.run()
    return stage.played


class Stage:
    """The clock and whoever acts on it. One transaction of the caller's."""

    def __init__(self, session: Session, now: dt.datetime) -> None:
        self.session, self.now = session, now
        self.played = Played()
        self._turns: list[tuple[dt.datetime, int, Callable[[dt.datetime], None]]] = []
        self._order = count()
        # The session forgets what nobody holds; held, names of offices are looked up once.
        tables = (Station, Division, HandlingUnit, Deputy)
        self._held = [session.scalars(sa.select(table)).all() for table in tables]
        self._talk: dict[str, Callable[[Scene, Actor], object]] = {
            "say": lambda scene, actor: self._say(scene, actor, "resident_says"),
            "say_held": lambda scene, actor: self._say(scene, actor, "held_says"),
            "reply": lambda scene, actor: self._say(scene, actor, "deputy_says"),
            "urge": lambda scene, actor: talk.urge(session, scene.issue.id, actor=actor, now=scene.now),
            "follow": self._follow,
        }

    def expect(self, cast: Cast, story: Story) -> None:
        """Put a story's submission and steps on the clock."""
        self._at(story.at[0], lambda now: self._submit(story, now))
        for step, at in zip(story.steps, story.at[1:], strict=True):
            self._at(at, lambda now, step=step: self._step(cast, story, step, now))  # type: ignore[misc]

    def run(self) -> None:
        """Everything in its order of time, with the workers behind every step and the timers every morning and night."""
        if not self._turns:
            return
        for moment in self._ticks(self._turns[0][0]):
            self._at(moment, self._tick)
        while self._turns:
            at, _, act = heapq.heappop(self._turns)
            if at <= self.now:
                act(at)
                self._react(min(at + AFTER, self.now))
        self._close_books()

    def _at(self, moment: dt.datetime, act: Callable[[dt.datetime], None]) -> None:
        heapq.heappush(self._turns, (moment, next(self._order), act))

    def _ticks(self, first: dt.datetime) -> Iterable[dt.datetime]:
        day = local_date(first)
        while day <= local_date(self.now):
            for hour in (dt.time(0, 5), dt.time(9, 5)):
                yield dt.datetime.combine(day, hour, SHANGHAI)
            day += dt.timedelta(days=1)
        yield self.now

    def _tick(self, now: dt.datetime) -> None:
        """What the scheduler does: timers, reminders, unconfirmed dangers; and the district's chain."""
        for find, act in (
            (timers.due_timers, timers.fire),
            (timers.due_reminders, timers.remind),
            (timers.due_emergencies, timers.raise_emergency),
        ):
            for issue_id in find(self.session, now=now):
                act(self.session, issue_id, now=now)
        self._link(now)

    def _link(self, now: dt.datetime) -> None:
        self.session.flush()
        while ledger.link_new(self.session, now=now):
            pass

    def _react(self, now: dt.datetime) -> None:
        """What the workers do, until nothing follows any more; WeChat finds nothing wrong."""
        while self._handle_events(now) or self._pass_checks(now):
            pass

    def _pass_checks(self, now: dt.datetime) -> bool:
        if not queue.has_due(self.session, now=now):  # as most often; to claim costs more than to look
            return False
        rows = queue.claim(self.session, now=now)
        batch = queue.prepare(self.session, rows, base_url="", now=now)
        replies = [*batch.replies, *(Reply(one.check_id, CheckState.PASSED, label=100) for one in batch.questions)]
        queue.write(self.session, batch, replies, now=now)
        return True

    def _handle_events(self, now: dt.datetime) -> bool:
        handled = False
        waiting = sa.select(outbox_models.OutboxRow).where(outbox_models.OutboxRow.state == outbox_models.PENDING)
        while rows := self.session.scalars(waiting.order_by(outbox_models.OutboxRow.id)).all():
            for row in rows:
                for reaction in REACTIONS[Event(row.event)]:
                    reaction(self.session, row, now)
                outbox.finish(row, now=now)
                handled = True
        return handled

    def _submit(self, story: Story, now: dt.datetime) -> None:
        station = self.session.get_one(Station, story.station.id)
        with self.session.begin_nested():
            written = submit(
                self.session, story.submission, station=station, actor=story.actor, secrets=story.secrets, now=now
            )
            self.session.flush()
        story.issue_id = written.case.issue.id
        self.played.issues += 1

    def _step(self, cast: Cast, story: Story, step: str, now: dt.datetime) -> None:
        if story.over or story.issue_id is None:
            return
        try:
            with self.session.begin_nested():
                self._take(cast, story, step, now)
        except (DomainError, LookupError) as fault:
            story.over = True
            self.played.broken.append(f"{story.plot.steps!r} at {step}: {fault!r}")

    def _take(self, cast: Cast, story: Story, step: str, now: dt.datetime) -> None:
        name, _, argument = step.partition(":")
        scene = self._scene(cast, story, argument, now)
        move, actor = MOVES[name], actor_of(scene, MOVES[name].who)
        if actor is None:
            raise LookupError(f"nobody is {move.who}")
        if name in self._talk:
            self._talk[name](scene, actor)
        elif move.action is not None:
            perform(
                self.session,
                scene.issue.id,
                actor=actor,
                action=move.action,
                version=scene.issue.version,
                values=move.values(scene),
                now=now,
            )

    def _scene(self, cast: Cast, story: Story, argument: str, now: dt.datetime) -> Scene:
        issue = self.session.get_one(Issue, story.issue_id)
        waiting = sa.select(IssueDecision).where(IssueDecision.issue_id == issue.id, IssueDecision.outcome.is_(None))
        by_receipt = issue.account_id is None
        return Scene(
            session=self.session,
            cast=cast,
            teller=story.teller,
            issue=issue,
            now=now,
            argument=argument,
            target_id=story.partner.issue_id if story.partner else None,
            owner=Actor(receipt_digest=issue.receipt_digest) if by_receipt else Actor(issue.account_id),
            follower=story.follower,
            rating_code=story.secrets.rating_code,
            decision=self.session.scalar(waiting),
        )

    def _say(self, scene: Scene, actor: Actor, words: str) -> None:
        talk.say(self.session, scene.issue.id, actor=actor, text=scene.words(words), now=scene.now)

    def _follow(self, scene: Scene, actor: Actor) -> None:
        token = similar.follow_token(scene.issue.id)
        similar.follow(self.session, token, account_id=str(actor.account_id), now=scene.now)

    def _close_books(self) -> None:
        """Ninety days later all has been pushed, most of it read: only inbox entries are left of it, and no push is due."""
        self._link(self.now)
        staff = Notification.account_id.in_(sa.select(GrantRow.account_id))
        pushed = sa.update(Notification).where(Notification.push_state == PENDING)
        self.session.execute(
            pushed.values(
                push_state=sa.case((staff, SENT), else_=NO_CONSENT),
                consent_taken=staff,
                attempts=1,
                pushed_at=Notification.created_at,
            ).execution_options(synchronize_session=False)
        )
        old = sa.update(Notification).where(Notification.created_at < self.now - READ_AFTER)
        self.session.execute(old.values(read_at=Notification.created_at).execution_options(synchronize_session=False))
        outbox.forget_old(self.session, now=self.now)
