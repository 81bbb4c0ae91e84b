"""One batch of pushes: claim and prepare in a transaction, send without one, write the results in another.

A batch goes out in slices: each is marked as begun right before it leaves, so that a worker that is killed leaves few in
doubt, and those of the slice before it are written down at the same time.
"""

from __future__ import annotations

import datetime as dt
import time
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
from workers.context import transaction
from workers.letters import Doors
from workers.preparing import Preparation

log = structlog.get_logger(__name__)
SLICE = 256
WRITE_TRIES, WRITE_PAUSE = 4, 0.5


def deliver_due(wechat: WeChat, sms: Sms | None, clock: Clock, doors: Doors) -> int:
    """Deliver one batch; returns how many pushes were taken, 0 when nothing is due."""
    with transaction() as session:
        doubtful = claims.settle_doubt(session, now=clock())
        now = clock()
        pushes = claims.claim(session, now=now)
        envelopes = Preparation(session, doors, now).run(pushes) if pushes else []
    results = _send(wechat, sms, clock, envelopes, claims.lease_of(now))
    if pushes or doubtful:
        sent = sum(result.state == SENT for result in results)
        log.info("pushes", taken=len(pushes), begun=len(results), sent=sent, in_doubt=doubtful)
    return len(pushes)


def _send(
    wechat: WeChat, sms: Sms | None, clock: Clock, envelopes: Sequence[Envelope], lease: dt.datetime
) -> list[Result]:
    """Every slice: what came of the last is written and the next one begun in one transaction, then it is sent."""
    everything: list[Result] = []
    last: list[Result] = []
    for start in range(0, len(envelopes), SLICE):
        ours = _write_and_begin(clock, last, envelopes[start : start + SLICE], lease)
        last = delivery.send_all(wechat, ours, sms)
        everything += last
    _write_and_begin(clock, last, (), lease)
    return everything


def _write_and_begin(
    clock: Clock, results: Sequence[Result], next_: Sequence[Envelope], lease: dt.datetime
) -> list[Envelope]:
    """Results that cannot be written would leave their pushes in doubt: a database that restarts gets a moment."""
    for left in reversed(range(WRITE_TRIES)):
        try:
            with transaction() as session:
                write_results(session, results, now=clock())
                ids = [push for one in next_ for push in (one.notification_id, *one.carries)]
                ours = claims.begin(session, ids, lease=lease, now=clock())
            return [one for one in next_ if one.notification_id in ours]
        except OperationalError:
            if not left:
                raise
            time.sleep(WRITE_PAUSE)
    return []
