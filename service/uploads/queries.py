"""Pictures of an issue, of an account, and those operators must look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.uploads.actions import owner_digest
from service.uploads.links import link
from service.uploads.models import Upload, UploadState

SENTENCES = {
    UploadState.RECEIVED: "照片正在处理，稍等片刻就能看到。",
    UploadState.PARKED: "照片暂时处理不了，工作人员会再试；也可以换一张重新上传。",
    UploadState.REFUSED: "照片无法打开，请换一张重新上传。",
    UploadState.LOST: "照片暂时找不到，工作人员会处理。",
}
_SHOWN_AS = {
    UploadState.RECEIVED: "processing",
    UploadState.READY: "ready",
    UploadState.REFUSED: "refused",
    UploadState.PARKED: "delayed",
    UploadState.LOST: "lost",
}


def shown(row: Upload, *, now: dt.datetime) -> dict[str, Any]:
    """A picture as a viewer gets it who may see it: signed addresses for an hour, and a sentence while there is none."""
    state = UploadState(row.state)
    return {
        "id": row.id,
        "url": link(row.id, "photo", now=now, edition=row.cover_id),
        "thumbnail_url": link(row.id, "thumbnail", now=now, edition=row.cover_id),
        "width": row.width,
        "height": row.height,
        "state": _SHOWN_AS[state],
        "detail": SENTENCES.get(state),
        "covered": row.cover_id is not None,
    }


def by_ids(session: Session, upload_ids: Sequence[str]) -> dict[str, Upload]:
    return {row.id: row for row in session.scalars(sa.select(Upload).where(Upload.id.in_(upload_ids)))}


def of_issue(session: Session, issue_id: str) -> Sequence[Upload]:
    """Everything attached to an issue, its messages and its steps, each in the order given."""
    return session.scalars(
        sa.select(Upload)
        .where(Upload.issue_id == issue_id, Upload.withheld_at.is_(None))
        .order_by(Upload.position, Upload.id)
    ).all()


def of_submissions(session: Session, issue_ids: Sequence[str]) -> Sequence[Upload]:
    """Pictures that can be shown and came with the submissions themselves, of each issue in the order given."""
    wanted = sa.select(Upload).where(
        Upload.issue_id.in_(issue_ids),
        Upload.message_id.is_(None),
        Upload.history_seq.is_(None),
        Upload.withheld_at.is_(None),
        Upload.state == UploadState.READY.value,
    )
    return session.scalars(wanted.order_by(Upload.issue_id, Upload.position, Upload.id)).all()


def of_message(session: Session, message_id: str) -> Sequence[Upload]:
    return session.scalars(sa.select(Upload).where(Upload.message_id == message_id).order_by(Upload.position)).all()


def to_show(session: Session, upload_id: str) -> Upload:
    """:raises NotFound: for none, for one that was taken back, and for one that did not pass the content check."""
    row = session.get(Upload, upload_id)
    if row is None or row.withheld_at is not None or (row.issue_id is None and row.owner_digest is None):
        raise NotFound
    return row


def unattached(session: Session, account_id: str) -> Sequence[Upload]:
    """What an account sent and has not used yet."""
    mine = sa.select(Upload).where(Upload.owner_digest == owner_digest(account_id))
    return session.scalars(mine.order_by(Upload.id)).all()


def troubled(session: Session, limit: int = 100) -> Sequence[Upload]:
    """Parked and lost ones, for operators."""
    states = [UploadState.PARKED.value, UploadState.LOST.value]
    return session.scalars(sa.select(Upload).where(Upload.state.in_(states)).order_by(Upload.id).limit(limit)).all()
