"""Once a week, at night: learn the categories again, and use what came out only if it is better."""

from __future__ import annotations

import datetime as dt
import threading

import structlog

from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.classification import actions, queries, trainer
from service.errors import DomainError
from service.issues import learning
from workers.context import context, transaction

log = structlog.get_logger(__name__)
A_WEEK = dt.timedelta(days=7)
NIGHT = range(1, 5)
"""Hours of the day in China at which the machine has little else to do."""
_running = threading.Lock()


def run_due() -> None:
    """Every district whose model nobody has looked at for a week; nothing by day, and never twice at once."""
    with context():
        now = core().clock()
        if now.astimezone(SHANGHAI).hour not in NIGHT or not _running.acquire(blocking=False):
            return
        try:
            with transaction() as session:
                districts = queries.due(session, now=now, after=A_WEEK)
            for district_id in districts:
                _retrain(district_id, now)
        finally:
            _running.release()


def _retrain(district_id: str, now: dt.datetime) -> None:
    """A fault leaves the model that is there in use; next week is another day."""
    try:
        with transaction() as session:
            prepared = learning.prepare(session, district_id, now=now)
        if prepared.unchanged is not None:
            return
        candidate = trainer.train(prepared.lesson)
        with transaction() as session:
            row = learning.keep(session, prepared, candidate, now=now)
            log.info("category_model_trained", district=district_id, version=row.version, state=row.state)
    except (DomainError, RuntimeError, OSError) as error:
        log.exception("retraining_failed", district=district_id, error=type(error).__name__)
        with transaction() as session:
            actions.put_off(session, district_id, now=now)
