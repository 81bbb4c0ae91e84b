"""The jobs by name. Decide jobs touch only the database; the deliver job touches the network and is repeatable.

Each takes everything that is due, so a lost or doubled call costs nothing.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session

from service import jobs as names
from service.bootstrap import core
from service.deputies import portraits
from service.imports import actions as imports
from service.incoming import actions as incoming
from service.issues import heat, search, tallies, timers
from service.issues.checks import booked, chasing
from service.issues.checks import queue as checks_queue
from service.ledger import actions as ledger
from service.notifications import claims
from service.outbox import actions as outbox
from service.outbox import queries as outbox_queries
from service.stations import mini_codes as stored_mini_codes
from service.stations import receptions
from service.stations.actions import add_scans, end_pauses
from service.supervision import projection, public_rates, reports
from service.territory import queries as territory
from service.uploads import processing
from workers import events, importing, mini_codes, pictures, retraining
from workers.checks import ask_due, ask_topics
from workers.context import STOPPING, context, transaction
from workers.deliveries import deliver_due
from workers.forgetting import forget_batch
from workers.letters import Doors
from workers.reactions import REACTIONS

log = structlog.get_logger(__name__)
MOST_ROUNDS = 40
"""A job gives way after that many batches; what is left is due for the next one."""
SLICE = 1.0
"""Seconds a job catches up before it lets go of the worker: whatever is due for people comes first."""
BATCHES_BEGIN_WITHIN = 40.0
"""Seconds: a batch takes up to 40 more when WeChat is slow, and RQ ends a job after 120, in the middle of whatever it does."""


def drain_outbox() -> None:
    """Handle every due event, oldest first."""
    with context():
        for _ in range(events.MOST_ROUNDS):
            if not events.handle_due(REACTIONS, core().clock):
                break
        core().wake(names.DELIVER_NOTIFICATIONS)
        with transaction() as session:
            checks_due = checks_queue.has_due(session, now=core().clock())
        if checks_due:
            core().wake(names.ASK_CHECKS)


def deliver_notifications() -> None:
    """Send what is due, in batches, to WeChat or by text message; each row ends in a named state."""
    with context():
        settings, sms = core().settings, core().sms
        doors = Doors(not settings.is_production, sms is not None, f"{settings.public_base_url}/m/")
        until = time.monotonic() + BATCHES_BEGIN_WITHIN
        while (left := until - time.monotonic()) > 0 and not STOPPING.is_set():
            if not deliver_due(core().wechat, sms, core().clock, doors, seconds=left):
                return
        core().wake(names.DELIVER_NOTIFICATIONS)


def ask_checks() -> None:
    """Ask WeChat about texts and pictures that wait, in batches; what follows is decided by the outbox's reactions."""
    with context():
        began, more = time.monotonic(), True
        while more and time.monotonic() - began < BATCHES_BEGIN_WITHIN:
            more = ask_due(core().wechat, core().clock, base_url=core().settings.public_base_url) > 0
        more |= ask_topics(core().wechat, core().clock) > 0
        core().wake(names.DRAIN_OUTBOX)
        if more:
            core().wake(names.ASK_CHECKS)


def chase_checks() -> None:
    """Content checks whose answer is overdue: ask once more, then leave them to a person."""
    with context():
        with transaction() as session:
            overdue = chasing.chase(session, now=core().clock())
        if overdue:
            core().wake(names.DRAIN_OUTBOX)
            core().wake(names.ASK_CHECKS)


def link_ledger() -> None:
    """Chain new ledger entries into their district's chain (within 5 s of their commit)."""
    _link(whole=False)


def link_forgotten() -> None:
    """The same for entries whose transaction took so long that the others went by."""
    _link(whole=True)


def _link(*, whole: bool) -> None:
    with context():
        for _ in range(MOST_ROUNDS):
            with transaction() as session:
                linked = ledger.link_new(session, now=core().clock(), whole=whole)
            if not linked:
                return


def run_timers() -> None:
    """Everything whose time has come: timers, reminders, unconfirmed emergencies, deputies who cannot serve today."""
    with context():
        now = core().clock()
        for find, act in (
            (timers.due_timers, timers.fire),
            (timers.due_reminders, timers.remind),
            (timers.due_emergencies, timers.raise_emergency),
            (timers.unserved, timers.hand_over),
            (timers.unanswerable, timers.give_back),
        ):
            with transaction() as session:
                due = find(session, now=now)
            for issue_id in due:
                _act(act, issue_id, now)
        with transaction() as session:
            receptions.advance(session, now=now)
            end_pauses(session, now=now)
        core().wake(names.DRAIN_OUTBOX)


def sweep() -> None:
    """Push again whatever is written and not done; park what failed every time; forget what is over."""
    with context():
        now = core().clock()
        with transaction() as session:
            parked = outbox.park_exhausted(session, now=now)
            outbox.forget_old(session, now=now)
            events_due = outbox_queries.has_due(session, now=now)
            pushes_due = claims.has_due(session, now=now)
            pictures_due = processing.has_due(session, now=now)
            mini_codes_due = stored_mini_codes.has_due(session, now=now)
            imports_due = imports.has_due(session, now=now)
            imports.forget_old(session, now=now)
            checks_due = checks_queue.has_due(session, now=now) or booked.has_due(session, now=now)
            incoming.forget_old(session, now=now)
        if parked:
            log.error("events_parked", count=parked)
        if events_due:
            core().wake(names.DRAIN_OUTBOX)
        if pushes_due:
            core().wake(names.DELIVER_NOTIFICATIONS)
        if pictures_due:
            core().wake(names.PROCESS_UPLOADS)
        if mini_codes_due:
            core().wake(names.FETCH_MINI_CODES)
        if imports_due:
            core().wake(names.RUN_IMPORTS)
        if checks_due:
            core().wake(names.ASK_CHECKS)


def run_imports() -> None:
    """One import begun at a desk, then let go of the worker, as with pictures."""
    with context():
        if importing.take_next(core().progress, core().clock):
            core().wake(names.RUN_IMPORTS)


def process_uploads() -> None:
    """Re-encode one picture, then let go of the worker: whatever is due for people comes first."""
    with context():
        if pictures.process_next(core().vault, core().clock):
            core().wake(names.PROCESS_UPLOADS)


def sweep_uploads() -> None:
    """Pictures nobody used within a day, or taken back, and photos of former deputies: their rows, then their files."""
    with context():
        with transaction() as session:
            portraits.drop_former(session, now=core().clock())
        for _ in range(MOST_ROUNDS):
            if not pictures.drop_orphans(core().vault, now=core().clock()):
                return


def compare_files() -> None:
    """Files without a row are deleted; rows without their files are named, for operators to see."""
    with context():
        pictures.compare(core().vault, now=core().clock())


def forget_trail() -> None:
    """Who signed in, was bound, or booked a reception so many years ago (``retention.identity_years``), by district."""
    with context():
        now = core().clock()
        with transaction() as session:
            districts = [one.id for one in territory.districts(session)]
        for district_id in (None, *districts):
            for _ in range(MOST_ROUNDS):
                with transaction() as session:
                    if not forget_batch(session, district_id, now=now):
                        break


def fetch_mini_codes() -> None:
    """One mini-program code, then let go of the worker, as with pictures."""
    with context():
        if mini_codes.fetch_next(core().wechat, core().clock):
            core().wake(names.FETCH_MINI_CODES)


def count_scans() -> None:
    """Add up what the web processes counted; a batch is given back until it is in the database, and never added twice."""
    with context():
        tally = core().tally
        for _ in range(MOST_ROUNDS):
            batch = tally.take()
            if batch is None:
                return
            with transaction() as session:
                add_scans(session, batch.counts, batch=batch.id)
            tally.settle(batch)


def refresh_lists() -> None:
    """Count totals afresh, and index for search what has no entry yet."""
    with context():
        with transaction() as session:
            tallies.refresh(session, now=core().clock())
            public_rates.refresh(session, now=core().clock())
        if _catch_up(search.index_missing):
            core().wake(names.INDEX_MISSING)


def index_missing() -> None:
    """Go on with what many imported issues left for the index."""
    with context():
        if _catch_up(search.index_missing):
            core().wake(names.INDEX_MISSING)


def keep_facts() -> None:
    """Bring what supervision counts up to date with the ledger's links; then the reports of a month that is over.

    A report is kept as it was made: none is made while another worker, or an import, holds a district's facts up.
    """
    with context():
        if _catch_up(lambda session: projection.catch_up(session, now=core().clock())):
            core().wake(names.KEEP_FACTS)
            return
        with transaction() as session:
            if not projection.is_behind(session):
                reports.make_due(session, now=core().clock())


def watch_matters() -> None:
    """Who speaks of the same matter, and of which do many? One station, one transaction."""
    with context():
        now = core().clock()
        with transaction() as session:
            stations = heat.changed_stations(session)
        for station_id in stations:
            _act(heat.look, station_id, now)
        if stations:
            core().wake(names.DELIVER_NOTIFICATIONS)


def train_categories() -> None:
    """Begin to learn anew where it is time, beside the other jobs: a training takes up to a minute."""
    threading.Thread(target=retraining.run_due, name="retraining", daemon=True).start()


def _act(act: timers.Act, issue_id: str, now: dt.datetime) -> None:
    """One issue, one transaction: a fault in one does not hold up the others; it is due again on the next run."""
    try:
        with transaction() as session:
            act(session, issue_id, now=now)
    except Exception as error:
        log.exception("timer_failed", issue_id=issue_id, error=type(error).__name__)


def _catch_up(batch: Callable[[Session], object]) -> bool:
    """Batches, a transaction each, for :data:`SLICE`; whether there may be more, for which the job is rung again."""
    began = time.monotonic()
    while time.monotonic() - began < SLICE:
        with transaction() as session:
            if not batch(session):
                return False
    return True
