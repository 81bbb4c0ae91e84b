"""Imports begun at a desk: one run per call, one transaction for what it writes; it ends in a named state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module

import structlog
from sqlalchemy.exc import DBAPIError

from service.errors import DomainError, Invalid
from service.imports import actions
from service.imports.models import ImportRun
from service.imports.states import AT_WORK, Kind, RunState
from service.progress import Counting, Progress
from workers.context import transaction

log = structlog.get_logger(__name__)
Clock = Callable[[], dt.datetime]
BROKEN = "处理时出错，什么也没有写入。请重新排队；再出错请把时间告诉运维人员。"
NOT_TAKEN = "数据库没有接受，什么也没有写入：可能有人同时在改。请重新排队。"


def take_next(progress: Progress, clock: Clock) -> bool:
    """Work on one run; False when none was due."""
    with transaction() as session:
        run_id = actions.claim(session, now=clock())
    if run_id is None:
        return False
    try:
        _take(run_id, progress, clock)
    except DomainError as fault:
        fields = fault.fields.values() if isinstance(fault, Invalid) else ()
        _fail(run_id, "".join([fault.detail, *fields]), clock)
    except DBAPIError as fault:
        log.exception("import_not_taken", run_id=run_id, error=type(fault.orig).__name__)
        _fail(run_id, NOT_TAKEN, clock)
    except Exception as fault:  # a named state for whatever a file does to a library, and for a job out of time
        log.exception("import_failed", run_id=run_id, error=type(fault).__name__)
        _fail(run_id, BROKEN, clock)
    return True


def _take(run_id: str, progress: Progress, clock: Clock) -> None:
    taking = import_module("service.imports.taking")  # heavy, and seldom needed (tests/house_rules)
    with transaction() as session:
        kind, files = Kind(session.get_one(ImportRun, run_id).kind), actions.files_of(session, run_id)
    tables = taking.tables_of(kind, files)  # a large workbook takes a while, and on SQLite nobody else could write
    lines = taking.lines_of(tables)
    with transaction() as session:
        run = session.get_one(ImportRun, run_id, with_for_update=True, populate_existing=True)
        if RunState(run.state) not in AT_WORK:
            return  # another worker took it over and was faster
        apply = run.state == RunState.APPLYING
        told = Counting(progress, run_id, 2 * lines if run.kind == Kind.REGISTER and apply else lines)
        taker = import_module("service.issues.new_term.taking") if run.kind == Kind.TERM else taking
        report = taker.take(session, run, tables, apply=apply, now=clock(), progress=told)
        actions.conclude(session, run, report, lines=lines, now=clock())


def _fail(run_id: str, why: str, clock: Clock) -> None:
    with transaction() as session:
        actions.fail(session, run_id, why, now=clock())
