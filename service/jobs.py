"""Names of the jobs. Web and workers meet only here and in the outbox; each name resolves in ``workers/jobs.py``."""

from __future__ import annotations

from collections.abc import Callable

DRAIN_OUTBOX = "workers.jobs.drain_outbox"
DELIVER_NOTIFICATIONS = "workers.jobs.deliver_notifications"
LINK_LEDGER = "workers.jobs.link_ledger"
LINK_FORGOTTEN = "workers.jobs.link_forgotten"
RUN_TIMERS = "workers.jobs.run_timers"
SWEEP = "workers.jobs.sweep"
COUNT_SCANS = "workers.jobs.count_scans"
REFRESH_LISTS = "workers.jobs.refresh_lists"
PROCESS_UPLOADS = "workers.jobs.process_uploads"
SWEEP_UPLOADS = "workers.jobs.sweep_uploads"
COMPARE_FILES = "workers.jobs.compare_files"
WATCH_MATTERS = "workers.jobs.watch_matters"
TRAIN_CATEGORIES = "workers.jobs.train_categories"
FETCH_MINI_CODES = "workers.jobs.fetch_mini_codes"
ASK_CHECKS = "workers.jobs.ask_checks"
CHASE_CHECKS = "workers.jobs.chase_checks"
FORGET_TRAIL = "workers.jobs.forget_trail"
KEEP_FACTS = "workers.jobs.keep_facts"
INDEX_MISSING = "workers.jobs.index_missing"
RUN_IMPORTS = "workers.jobs.run_imports"

ALL = (
    DRAIN_OUTBOX,
    DELIVER_NOTIFICATIONS,
    LINK_LEDGER,
    LINK_FORGOTTEN,
    RUN_TIMERS,
    SWEEP,
    COUNT_SCANS,
    REFRESH_LISTS,
    PROCESS_UPLOADS,
    SWEEP_UPLOADS,
    COMPARE_FILES,
    WATCH_MATTERS,
    TRAIN_CATEGORIES,
    FETCH_MINI_CODES,
    ASK_CHECKS,
    CHASE_CHECKS,
    FORGET_TRAIL,
    KEEP_FACTS,
    INDEX_MISSING,
    RUN_IMPORTS,
)

DECIDE_QUEUE = "decide"
DELIVER_QUEUE = "deliver"
LATER_QUEUE = "later"
"""Served last: takes a worker longer than anything else, and nobody waits for it before going on."""
_ELSEWHERE = {
    DELIVER_NOTIFICATIONS: DELIVER_QUEUE,
    ASK_CHECKS: DELIVER_QUEUE,
    PROCESS_UPLOADS: LATER_QUEUE,
    SWEEP_UPLOADS: LATER_QUEUE,
    COMPARE_FILES: LATER_QUEUE,
    FETCH_MINI_CODES: LATER_QUEUE,
    WATCH_MATTERS: LATER_QUEUE,
    LINK_FORGOTTEN: LATER_QUEUE,
    REFRESH_LISTS: LATER_QUEUE,
    KEEP_FACTS: LATER_QUEUE,
    INDEX_MISSING: LATER_QUEUE,
    FORGET_TRAIL: LATER_QUEUE,
    RUN_IMPORTS: LATER_QUEUE,
}
QUEUE_OF = {name: _ELSEWHERE.get(name, DECIDE_QUEUE) for name in ALL}

Wake = Callable[[str], None]
"""Push a job by name, best effort: what is written is found by the sweeper when this fails."""
