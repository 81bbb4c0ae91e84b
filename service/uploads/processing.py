"""Pictures waiting to be re-encoded: claimed one at a time, counted before the work, parked when it fails every time.

The row is the queue, as with pushes: the work is no database transaction and may be repeated. None of these commits.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.uploads.models import Upload, UploadState

MAX_ATTEMPTS = 3
LEASE = dt.timedelta(seconds=60)
WAIT = dt.timedelta(seconds=20)
STORAGE_WAIT = dt.timedelta(seconds=30)
DIED = "the worker stopped during every attempt"
_WAITING = Upload.state == UploadState.RECEIVED.value


def claim(session: Session, *, now: dt.datetime) -> str | None:
    """Lease one due picture and count the attempt, to be committed before the work; None when there is none, or while
    another worker has one: people's requests must always find a free worker, however many pictures wait.

    Those tried least come first, so that one that kills its worker does not hold up the others.
    """
    park_exhausted(session, now=now)
    if session.scalar(sa.select(Upload.id).where(_WAITING, Upload.lease_until >= now).limit(1)):
        return None
    due = (
        sa.select(Upload.id).where(_WAITING, Upload.next_at <= now).order_by(Upload.attempts, Upload.next_at, Upload.id)
    )
    chosen = due.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    claimed = sa.update(Upload).where(Upload.id == chosen).values(lease_until=now + LEASE, attempts=Upload.attempts + 1)
    return session.scalar(claimed.returning(Upload.id).execution_options(synchronize_session=False))


def has_due(session: Session, *, now: dt.datetime) -> bool:
    return session.scalar(sa.select(Upload.id).where(_WAITING, Upload.next_at <= now).limit(1)) is not None


def ready(session: Session, upload_id: str, *, width: int, height: int) -> bool:
    """The copies are stored. False when the picture was taken away meanwhile: the copies must go, too."""
    row = _working_on(session, upload_id)
    if row is None:
        return False
    _settle(row, UploadState.READY)
    row.width, row.height = width, height
    return True


def refuse(session: Session, upload_id: str) -> None:
    """It cannot be decoded. Final: whoever sees it is told."""
    row = _working_on(session, upload_id)
    if row is not None:
        _settle(row, UploadState.REFUSED)


def fail(session: Session, upload_id: str, *, error: str, now: dt.datetime) -> None:
    """Plan the next attempt, or park it where operators see it."""
    row = _working_on(session, upload_id)
    if row is None:
        return
    row.lease_until, row.last_error = None, error[:500]
    row.next_at = now + WAIT * row.attempts
    if row.attempts >= MAX_ATTEMPTS:
        _settle(row, UploadState.PARKED, error)


def postpone(session: Session, upload_id: str, *, now: dt.datetime) -> None:
    """The store is away: that is no fault of the picture, so the attempt does not count."""
    row = _working_on(session, upload_id)
    if row is not None:
        row.lease_until, row.next_at, row.attempts = None, now + STORAGE_WAIT, row.attempts - 1


def park_exhausted(session: Session, *, now: dt.datetime) -> None:
    """Park those whose worker died on every attempt."""
    gone = sa.update(Upload).where(_WAITING, Upload.attempts >= MAX_ATTEMPTS, Upload.lease_until < now)
    values = {"state": UploadState.PARKED.value, "last_error": DIED, "next_at": None, "lease_until": None}
    session.execute(gone.values(values).execution_options(synchronize_session=False))


def requeue(session: Session, upload_id: str, *, now: dt.datetime) -> Upload:
    """Give a parked picture another round of attempts.

    :raises NotFound: when there is no such parked picture.
    """
    row = session.get(Upload, upload_id, with_for_update=True)
    if row is None or row.state != UploadState.PARKED:
        raise NotFound(f"没有编号为 {upload_id} 的搁置图片。")
    row.state, row.attempts, row.next_at = UploadState.RECEIVED.value, 0, now
    return row


def _working_on(session: Session, upload_id: str) -> Upload | None:
    return session.scalar(sa.select(Upload).where(Upload.id == upload_id, _WAITING).with_for_update())


def _settle(row: Upload, state: UploadState, error: str | None = None) -> None:
    row.state, row.last_error, row.next_at, row.lease_until = state.value, error, None, None
