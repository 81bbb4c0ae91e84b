"""Mini-program codes (小程序码) of scan codes: asked for by people, fetched by a worker, named where it did not work.

The row is the queue, as with pictures: asking WeChat is no database transaction and may be repeated. None of these commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, NotFound
from service.stations.models import MiniCode, ScanCode

PAGE = "pages/scan/index"
"""Of the mini-program; the scene is the scan code, 10 of at most 32 characters (rulebook §7.5)."""
WIDTH = 1024
"""Pixels: 270 dpi at the full size of a poster's code. WeChat draws 280 to 1280."""
MAX_ATTEMPTS = 5
LEASE = dt.timedelta(seconds=60)
DIED = "the worker stopped during every attempt"


class MiniState(StrEnum):
    """``FAILED`` ones, and waiting ones with a reason, are shown to operators (``flask parked``) and can be requeued."""

    WANTED = "wanted"  # 等待向微信获取
    READY = "ready"  # 可以印制
    FAILED = "failed"  # 没有取到，已搁置


SENTENCES = {
    MiniState.WANTED: "正在向微信获取小程序码，一般一分钟内就好；请稍后刷新。",
    MiniState.READY: "小程序码可以印制。",
    MiniState.FAILED: "没有取到小程序码，请运维人员查看原因（flask parked）；海报可以先只印普通二维码。",
}
SCAN_BY_HAND = "小程序码可以印制；它没有程序能读，请先印一张，用手机微信扫过再张贴。"

_WAITING = MiniCode.state == MiniState.WANTED.value


def want(session: Session, codes: Collection[ScanCode], *, version: str, now: dt.datetime) -> Sequence[MiniCode]:
    """Ask for the codes of this version of the mini-program: what is there or on its way stays, the rest is fetched anew.

    :raises Conflict: for a revoked code: nothing new should be hung up for it.
    """
    if any(code.revoked_at is not None for code in codes):
        raise Conflict("这个编码已经停用，不再获取小程序码。")
    wanted = sa.select(MiniCode).where(MiniCode.code.in_([code.code for code in codes])).with_for_update()
    known = {row.code: row for row in session.scalars(wanted)}
    rows = []
    for code in codes:
        row = known.get(code.code) or MiniCode(code=code.code, version="", state=MiniState.FAILED.value)
        if row.version != version or row.state == MiniState.FAILED:
            row.picture, row.reading, row.version = None, None, version
            _queue(row, now)
            session.add(row)
        rows.append(row)
    session.flush()
    return rows


def claim(session: Session, *, now: dt.datetime) -> tuple[str, str] | None:
    """Lease one due row and count the attempt, to be committed before WeChat is asked: (code, version)."""
    gone = sa.update(MiniCode).where(_WAITING, MiniCode.attempts >= MAX_ATTEMPTS, MiniCode.lease_until < now)
    ended = {"state": MiniState.FAILED.value, "last_error": DIED, "next_at": None, "lease_until": None}
    session.execute(gone.values(ended).execution_options(synchronize_session=False))
    due = _due(now).order_by(MiniCode.attempts, MiniCode.next_at, MiniCode.code)
    chosen = due.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    leased = {"lease_until": now + LEASE, "next_at": now + LEASE, "attempts": MiniCode.attempts + 1}
    claimed = sa.update(MiniCode).where(MiniCode.code == chosen).values(leased)
    row = session.execute(
        claimed.returning(MiniCode.code, MiniCode.version).execution_options(synchronize_session=False)
    ).first()
    return (row[0], row[1]) if row else None


def has_due(session: Session, *, now: dt.datetime) -> bool:
    return session.scalar(_due(now).limit(1)) is not None


def _due(now: dt.datetime) -> sa.Select[str]:
    return sa.select(MiniCode.code).where(_WAITING, MiniCode.next_at <= now)


def keep(session: Session, code: str, version: str, *, picture: bytes, reading: str, now: dt.datetime) -> None:
    """The picture was looked at and may be printed; nothing happens where another version is wanted meanwhile."""
    row = _working_on(session, code, version)
    if row is not None:
        row.picture, row.reading, row.fetched_at = picture, reading, now
        _settle(row, MiniState.READY)


def try_later(
    session: Session, code: str, version: str, *, error: str, wait: dt.timedelta, counts: bool, now: dt.datetime
) -> None:
    """Plan the next attempt, or name it failed after the last one; what is not the code's fault does not count."""
    row = _working_on(session, code, version)
    if row is None:
        return
    row.attempts -= 0 if counts else 1
    row.last_error, row.lease_until, row.next_at = error[:500], None, now + wait
    if row.attempts >= MAX_ATTEMPTS:
        _settle(row, MiniState.FAILED, error)


def give_up(session: Session, code: str, version: str, *, error: str) -> None:
    """Repeating cannot help until a person has done something; ``error`` says what."""
    row = _working_on(session, code, version)
    if row is not None:
        _settle(row, MiniState.FAILED, error)


def requeue(session: Session, code: str, *, now: dt.datetime) -> MiniCode:
    """Fetch once more, at once: a failed one, or one that is waiting.

    :raises NotFound: when there is no such row.
    """
    row = session.get(MiniCode, code, with_for_update=True)
    if row is None or row.state == MiniState.READY:
        raise NotFound(f"没有编码为 {code} 的未取到的小程序码。")
    _queue(row, now)
    return row


def of_codes(session: Session, codes: Collection[str], *, version: str) -> dict[str, MiniCode]:
    """Code → its row for this version of the mini-program, without the picture."""
    wanted = sa.select(MiniCode).where(MiniCode.code.in_(codes), MiniCode.version == version)
    return {row.code: row for row in session.scalars(wanted)}


def pictures(session: Session, codes: Collection[str], *, version: str) -> dict[str, tuple[bytes, str]]:
    """Code → (picture, reading) of those that may be printed."""
    wanted = sa.select(MiniCode.code, MiniCode.picture, MiniCode.reading).where(
        MiniCode.code.in_(codes), MiniCode.version == version, MiniCode.state == MiniState.READY.value
    )
    return {code: (picture, reading) for code, picture, reading in session.execute(wanted) if picture and reading}


def troubled(session: Session, limit: int = 100) -> Sequence[MiniCode]:
    """Failed ones, and those waiting after a failure, for operators."""
    wanted = sa.or_(MiniCode.state == MiniState.FAILED.value, sa.and_(_WAITING, MiniCode.last_error.is_not(None)))
    return session.scalars(sa.select(MiniCode).where(wanted).order_by(MiniCode.code).limit(limit)).all()


def _working_on(session: Session, code: str, version: str) -> MiniCode | None:
    found = sa.select(MiniCode).where(MiniCode.code == code, MiniCode.version == version, _WAITING)
    return session.scalar(found.with_for_update())


def _queue(row: MiniCode, now: dt.datetime) -> None:
    row.state, row.attempts, row.next_at = MiniState.WANTED.value, 0, now
    row.lease_until, row.last_error = None, None


def _settle(row: MiniCode, state: MiniState, error: str | None = None) -> None:
    row.state, row.next_at, row.lease_until = state.value, None, None
    row.last_error = error[:500] if error else None
