"""What people and workers do with a run: begin, apply, try again, give up; take, conclude, fail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import rows_changed
from service.errors import Conflict, Invalid, Unavailable
from service.ids import new_id
from service.imports import queries
from service.imports.models import ImportFile, ImportRun
from service.imports.parts import PARTS, Files
from service.imports.states import AT_WORK, DUE, LEFT, UNDER_WAY, Kind, RunState
from service.sheets.report import Report
from service.territory import queries as territory

LEASE = dt.timedelta(minutes=5)
"""A worker that says nothing for so long has died; RQ ends a job after two minutes."""
MOST_ATTEMPTS = 3
AT_IT = "这个区县正有一个导入在处理，请等它完成后再试。"
_NOTHING_FOUND: dict[str, Any] = {"problems": [], "notices": [], "found": None}
"""It names people, as the files do."""
KEPT = dt.timedelta(days=7)
"""How long files wait for a person's decision."""
DIED = "处理中断了几次，什么也没有写入。请重新排队；再不行请运维人员看日志。"
FORGOTTEN = "七天没有处理，文件已经删除。需要时请重新上传。"


def begin(
    session: Session,
    *,
    district_id: str,
    kind: Kind,
    files: Files,
    account_id: str,
    now: dt.datetime,
    create_categories: bool = False,
    asked: dict[str, Any] | None = None,
) -> ImportRun:
    """Keep the files and let a worker check them; nothing is brought in yet.

    :raises Invalid: without a file, or for a part the kind does not have.
    :raises Conflict: while another run of the district is being worked on, or a command of the operators'.
    """
    if not files or not set(files) <= {"", *PARTS[kind]}:
        raise Invalid("请选择要导入的文件。", fields={"file": "请选择 CSV 或 XLSX 文件。"})
    _alone(session, district_id)  # before the lock: whoever works on one holds it for minutes
    try:
        territory.lock_district_soon(session, district_id)
    except Unavailable:  # a command of the operators' works on it
        raise Conflict(AT_IT) from None
    _alone(session, district_id)
    row = ImportRun(
        id=new_id(),
        district_id=district_id,
        kind=kind.value,
        state=RunState.WAITING.value,
        create_categories=create_categories,
        started_by=account_id,
        started_at=now,
        changed_at=now,
        asked=asked,
    )
    session.add(row)
    session.flush()
    for part, (name, data) in files.items():
        session.add(ImportFile(run_id=row.id, part=part, name=name[:120], content=data))
    session.flush()
    return row


def _alone(session: Session, district_id: str) -> None:
    """:raises Conflict: while another run of the district is being worked on."""
    if queries.under_way(session, district_id) is not None:
        raise Conflict(AT_IT)


def files_of(session: Session, run_id: str) -> dict[str, tuple[str, bytes]]:
    """What the run was begun with, readable."""
    rows = session.scalars(sa.select(ImportFile).where(ImportFile.run_id == run_id).order_by(ImportFile.part))
    return {row.part: (row.name, row.content) for row in rows}


def _step(
    session: Session, run: ImportRun, to: RunState, allowed: frozenset[RunState], version: int, now: dt.datetime
) -> None:
    """:raises Conflict: when somebody, or the worker, was faster, or another run is under way."""
    session.refresh(run, with_for_update=True)
    if run.version != version or RunState(run.state) not in allowed:
        raise Conflict("这次导入的情况有了变化，请看过最新的情况再决定。", current=run.state)
    if to in UNDER_WAY:
        _alone(session, run.district_id)
    _to(run, to, now)
    run.attempts, run.failure = 0, None


def _to(run: ImportRun, state: RunState, now: dt.datetime) -> None:
    run.state, run.changed_at, run.lease_until, run.version = state.value, now, None, run.version + 1


def apply(session: Session, run: ImportRun, *, version: int, now: dt.datetime) -> None:
    """Write all of it: a worker does, and checks once more while doing so."""
    _step(session, run, RunState.QUEUED, frozenset({RunState.READY}), version, now)


def again(session: Session, run: ImportRun, *, version: int, now: dt.datetime) -> None:
    """After a failure: from the beginning, with the same files."""
    _step(session, run, RunState.WAITING, frozenset({RunState.FAILED}), version, now)


def drop(session: Session, run: ImportRun, *, version: int, now: dt.datetime) -> None:
    """Give up: nothing was written, and the files go with all that was found in them."""
    _step(session, run, RunState.DROPPED, LEFT, version, now)
    _forget_files(session, run.id)
    for name, nothing in _NOTHING_FOUND.items():
        setattr(run, name, nothing)


def _forget_files(session: Session, run_id: str) -> None:
    session.execute(sa.delete(ImportFile).where(ImportFile.run_id == run_id))


def claim(session: Session, *, now: dt.datetime) -> str | None:
    """The next run to work on, taken; None when none is due. One whose worker died is taken again, or given up."""
    due = sa.and_(ImportRun.state.in_([state.value for state in DUE]))
    dead = sa.and_(ImportRun.state.in_([state.value for state in AT_WORK]), ImportRun.lease_until < now)
    wanted = sa.select(ImportRun).where(sa.or_(due, dead)).order_by(ImportRun.changed_at, ImportRun.id)
    row = session.scalar(wanted.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        fail(session, row.id, DIED, now=now)
        return None
    state = RunState(row.state)
    _to(row, DUE.get(state, state), now)
    row.attempts, row.lease_until = row.attempts + 1, now + LEASE
    session.flush()
    return row.id


def conclude(session: Session, run: ImportRun, report: Report, *, lines: int, now: dt.datetime) -> None:
    """What came out, in the transaction in which it was written."""
    run.lines, run.counts = lines, [[title, number] for title, number in report.counts.items()]
    run.notices, run.bad_lines = list(report.notices), len(report.problems)
    run.problems = [[one.file, one.line, one.field, one.reason] for one in report.problems]
    if report.applied:
        _to(run, RunState.APPLIED, now)
        _forget_files(session, run.id)
    else:
        _to(run, RunState.FAULTY if report.problems else RunState.READY, now)
    run.attempts = 0
    session.flush()


def fail(session: Session, run_id: str, why: str, *, now: dt.datetime) -> None:
    """Nothing was written; ``why`` says what to do. What ended otherwise stays so: a connection may go after the commit."""
    run = session.get_one(ImportRun, run_id, with_for_update=True, populate_existing=True)
    if RunState(run.state) not in UNDER_WAY:
        return
    _to(run, RunState.FAILED, now)
    run.failure = why[:300]
    session.flush()


def forget_old(session: Session, *, now: dt.datetime) -> int:
    """For the clock: files nobody decided about are deleted; how many runs."""
    left = sa.select(ImportRun.id).where(
        ImportRun.state.in_([state.value for state in LEFT]), ImportRun.changed_at < now - KEPT
    )
    ids = list(session.scalars(left.limit(100)))
    if not ids:
        return 0
    session.execute(sa.delete(ImportFile).where(ImportFile.run_id.in_(ids)))
    dropped = {
        "state": RunState.DROPPED.value,
        "failure": FORGOTTEN,
        "changed_at": now,
        "version": ImportRun.version + 1,
        **_NOTHING_FOUND,
    }
    return rows_changed(session.execute(sa.update(ImportRun).where(ImportRun.id.in_(ids)).values(**dropped)))


def has_due(session: Session, *, now: dt.datetime) -> bool:
    """Whether a worker should be woken."""
    states = [state.value for state in UNDER_WAY]
    wanted = sa.select(ImportRun.id).where(ImportRun.state.in_(states))
    wanted = wanted.where(sa.or_(ImportRun.lease_until.is_(None), ImportRun.lease_until < now))
    return session.scalar(wanted.limit(1)) is not None
