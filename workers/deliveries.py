"""Batches of pushes: claimed and prepared in a transaction, sent without one, their results written in another.

A batch goes out in slices. Each is marked as begun right before it leaves, so that a worker that is killed leaves few in
doubt. While some are on their way, the one before them is written down and the next is begun, or claimed: the threads that
send need not wait for the database.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, deque
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import OperationalError

from service.bootstrap import Clock
from service.notifications import claims, delivery
from service.notifications.delivery import Envelope, Result
from service.notifications.models import SENT
from service.notifications.results import write_results
from service.sms import Sms
from service.wechat import WeChat
from workers.context import STOPPING, transaction
from workers.letters import Doors
from workers.preparing import Preparation

log = structlog.get_logger(__name__)
SLICE, AHEAD = 128, 2
"""Pushes that are begun together, and how many such slices are on their way at once; so many may be left in doubt."""
WRITE_TRIES, WRITE_PAUSE = 4, 0.5


def deliver_due(wechat: WeChat, sms: Sms | None, clock: Clock, doors: Doors, *, seconds: float = 0.0) -> bool:
    """Deliver what is due, one batch at least, and as many more as can be claimed within ``seconds``.

    Returns whether there was anything. What was begun is written down by then. A channel that has to rest ends it early, so
    that the next batch is prepared knowing of it; so does a process that is asked to stop, which gives back what is left.
    """
    work = _Work(delivery.Line(wechat, sms, STOPPING), clock, doors)
    try:
        return work.run(time.monotonic() + seconds)
    finally:
        work.line.halt()
        work.report()


class _Work:
    """What one worker has on its way."""

    def __init__(self, line: delivery.Line, clock: Clock, doors: Doors) -> None:
        self.line, self._clock, self._doors = line, clock, doors
        self._on_way: deque[delivery.OnWay] = deque()
        self._counts: Counter[str] = Counter()

    def run(self, until: float) -> bool:
        while True:
            taken = self._batch()
            if not taken and not self._on_way:
                return False
            if not self.line.clear or time.monotonic() > until:
                while self._on_way:
                    self._settle()
                return True
            if not taken:  # what comes back may be due at once, for another channel
                self._settle()

    def _batch(self) -> int:
        """Claim, prepare and begin one batch; returns how many pushes it took. Its last slices may still be on their way."""
        latest = time.monotonic() + delivery.BEGIN_WITHIN
        with transaction() as session:
            doubtful = claims.settle_doubt(session, now=self._clock())
            now = self._clock()
            pushes = claims.claim(session, now=now)
            envelopes = Preparation(session, self._doors, now).run(pushes) if pushes else []
        self._counts.update(taken=len(pushes), in_doubt=doubtful)
        for start in range(0, len(envelopes), SLICE):
            self._settle(envelopes[start : start + SLICE], claims.lease_of(now), latest)
        return len(pushes)

    def _settle(self, next_: Sequence[Envelope] = (), lease: dt.datetime | None = None, latest: float = 0.0) -> None:
        """Wait for the oldest slice where enough are on their way, or nothing else is to be begun; begin the next."""
        full = not next_ or len(self._on_way) >= AHEAD
        results = self._on_way.popleft().arrived() if full else []
        ours = _write_and_begin(self._clock, results, next_, lease)
        self._counts.update(begun=len(results), sent=sum(result.state == SENT for result in results))
        if ours:
            self._on_way.append(self.line.start(ours, latest))

    def report(self) -> None:
        if self._counts["taken"] or self._counts["in_doubt"]:
            log.info("pushes", **self._counts)


def _write_and_begin(
    clock: Clock, results: Sequence[Result], next_: Sequence[Envelope], lease: dt.datetime | None
) -> list[Envelope]:
    """Results that cannot be written would leave their pushes in doubt: a database that restarts gets a moment."""
    for left in reversed(range(WRITE_TRIES)):
        try:
            with transaction() as session:
                write_results(session, results, now=clock())
                ids = [push for one in next_ for push in (one.notification_id, *one.carries)]
                ours = claims.begin(session, ids, lease=lease, now=clock()) if lease else set()
            return [one for one in next_ if one.notification_id in ours]
        except OperationalError:
            if not left:
                raise
            time.sleep(WRITE_PAUSE)
    return []
