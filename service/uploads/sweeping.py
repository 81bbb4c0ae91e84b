"""What nobody needs any more: pictures never used, files without a row, and rows whose files are gone. None of these commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.uploads.models import Upload, UploadState
from service.uploads.storage import Missing
from service.uploads.vault import Kind, Vault

SETTLED_AFTER = dt.timedelta(hours=2)
"""Younger files may belong to a request or a worker still busy."""
_EXPECTED = {
    UploadState.RECEIVED: (Kind.RECEIVED,),
    UploadState.PARKED: (Kind.RECEIVED,),
    UploadState.READY: (Kind.PHOTO, Kind.THUMBNAIL),
    UploadState.LOST: (Kind.PHOTO, Kind.THUMBNAIL),
    UploadState.REFUSED: (),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Names of files nobody knows, ids of pictures whose files are gone, and of lost ones that came back."""

    strays: Sequence[str]
    lost: Sequence[str]
    found: Sequence[str]


def drop_orphans(session: Session, *, now: dt.datetime, limit: int = 200) -> Sequence[str]:
    """Delete rows never attached in time, or taken back; their ids. Files are deleted after the commit: a crash between
    leaves files without a row, which :func:`compare` finds."""
    due = sa.select(Upload.id).where(Upload.sweep_at <= now, Upload.issue_id.is_(None)).order_by(Upload.id).limit(limit)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    session.execute(sa.delete(Upload).where(Upload.id.in_(ids)).execution_options(synchronize_session=False))
    return ids


def compare(session: Session, stored: Mapping[str, dt.datetime], *, now: dt.datetime) -> Comparison:
    """Hold the names in the store, with the moments they were written, against the table. They were listed before the
    rows are read here: what was written meanwhile may seem lost (see :func:`is_there`), but never a stray."""
    known = session.execute(sa.select(Upload.id, Upload.state, Upload.cover_id)).all()
    rows = {row[0]: UploadState(row[1]) for row in known}
    expected = {f"{kind}/{upload_id}" for upload_id, state in rows.items() for kind in _EXPECTED[state]}
    expected |= {f"{kind}/{row[2]}" for row in known if row[2] for kind in (Kind.COVERED, Kind.COVEREDSMALL)}
    strays = [name for name, at in stored.items() if name not in expected and at < now - SETTLED_AFTER]
    whole = {
        upload_id
        for upload_id, state in rows.items()
        if _EXPECTED[state] and all(f"{kind}/{upload_id}" in stored for kind in _EXPECTED[state])
    }
    lost = [one for one, state in rows.items() if state is UploadState.READY and one not in whole]
    return Comparison(
        strays=sorted(strays),
        lost=lost,
        found=[one for one, state in rows.items() if state is UploadState.LOST and one in whole],
    )


def mark(session: Session, comparison: Comparison) -> None:
    """Name what was found; nothing is deleted, since a store that was mounted wrongly may come back."""
    for ids, before, after in (
        (comparison.lost, UploadState.READY, UploadState.LOST),
        (comparison.found, UploadState.LOST, UploadState.READY),
    ):
        rows = sa.update(Upload).where(Upload.id.in_(ids), Upload.state == before.value)
        session.execute(rows.values(state=after.value).execution_options(synchronize_session=False))


def is_there(vault: Vault, upload_id: str) -> bool:
    """Whether both copies can be read, asked of the store itself."""
    try:
        return all(vault.get(kind, upload_id) for kind in (Kind.PHOTO, Kind.THUMBNAIL))
    except (Missing, ValueError):
        return False
