"""Names of the jobs. Web and workers meet only here and in the outbox; each name resolves in ``workers/jobs.py``."""

from __future__ import annotations

from collections.abc import Callable

DRAIN_OUTBOX = "workers.jobs.drain_outbox"
DELIVER_NOTIFICATIONS = "workers.jobs.deliver_notifications"
LINK_LEDGER = "workers.jobs.link_ledger"
RUN_TIMERS = "workers.jobs.run_timers"
SWEEP = "workers.jobs.sweep"
WATCH_MATTERS = "workers.jobs.watch_matters"
TRAIN_CATEGORIES = "workers.jobs.train_categories"

ALL = (DRAIN_OUTBOX, DELIVER_NOTIFICATIONS, LINK_LEDGER, RUN_TIMERS, SWEEP, WATCH_MATTERS, TRAIN_CATEGORIES)

DECIDE_QUEUE = "decide"
DELIVER_QUEUE = "deliver"
QUEUE_OF = {name: DELIVER_QUEUE if name == DELIVER_NOTIFICATIONS else DECIDE_QUEUE for name in ALL}

Wake = Callable[[str], None]
"""Push a job by name, best effort: what is written is found by the sweeper when this fails."""
