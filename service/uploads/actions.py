"""Receive a picture, attach it once, take it away again. None of these commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.crypto import ring
from service.db import rows_changed
from service.errors import Conflict, Invalid, NotFound
from service.uploads.inspection import Header
from service.uploads.models import Upload, UploadState
from service.uploads.vault import Kind, Vault

KEEP_UNATTACHED = dt.timedelta(hours=24)
MOST_UNATTACHED = 30
"""Pictures an account may have sent and not used yet; a submission takes nine."""
NOT_THESE = "没有找到这些图片，请重新上传，或不带图片提交。"
NOT_THIS = "没有找到这张照片，或者它打不开，请重新上传。"
BROKEN = "第 {number} 张图片无法打开，请换一张，或去掉后再提交。"


def portrait_digest(deputy_id: str) -> str:
    """As :func:`owner_digest`, for a picture that is a deputy's photo: it is no account's any more."""
    return ring().blind_index(deputy_id, "upload.portrait")


def owner_digest(account_id: str) -> str:
    """Finds an account's own pictures; names nobody without the server's secret."""
    return ring().blind_index(account_id, "upload.owner")


def holder_digest(receipt_digest: str) -> str:
    """As :func:`owner_digest`, for whoever sends with a receipt code: it leads to the issue of that code and to nobody."""
    return ring().blind_index(receipt_digest, "upload.holder")


def receive(
    session: Session, vault: Vault, data: bytes, header: Header, *, upload_id: str, owner: str, now: dt.datetime
) -> Upload:
    """Keep inspected bytes, encrypted, until a worker has made the copies. Stored before the row is: a file without a
    row is swept, a row without a file would be a broken promise. ``owner``: an account's or a receipt's digest.

    :raises Conflict: when this very picture was sent before (the same request again), or the sender has too many that
        were never used.
    """
    if session.get(Upload, upload_id) is not None:
        raise Conflict("这张图片已经收到。", code="received_before")
    waiting = sa.select(sa.func.count()).where(Upload.owner_digest == owner)
    if (session.scalar(waiting) or 0) >= MOST_UNATTACHED:
        raise Conflict(
            f"您有 {MOST_UNATTACHED} 张图片还没有提交，请先提交，或删除不用的图片。", code="too_many_uploads"
        )
    vault.put(Kind.RECEIVED, upload_id, data)
    upload = Upload(
        id=upload_id,
        state=UploadState.RECEIVED.value,
        width=header.width,
        height=header.height,
        owner_digest=owner,
        sweep_at=_next_hour(now + KEEP_UNATTACHED),
        next_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def _next_hour(moment: dt.datetime) -> dt.datetime:
    """Rounded up: the row must not tell the moment at which somebody sent it."""
    return moment.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)


def attach(
    session: Session,
    upload_ids: Sequence[str],
    *,
    issue_id: str,
    account_id: str | None,
    message_id: str | None = None,
    history_seq: int | None = None,
) -> None:
    """Give pictures to an issue, in this order, each once; from now on no row says whose they were.

    ``account_id`` None: whoever holds the receipt code, without a session. Then the id itself is the proof: 128 random
    bits that nobody but the sender was ever shown.

    :raises Invalid: when one is unknown, somebody else's, used already or broken; then none is attached.
    """
    wanted = list(dict.fromkeys(upload_ids))
    free = [Upload.id.in_(wanted), *_own_and_free(account_id)]
    position = {upload_id: place for place, upload_id in enumerate(wanted)}
    values = {
        "issue_id": issue_id,
        "message_id": message_id,
        "history_seq": history_seq,
        "position": sa.case(position, value=Upload.id),
        "owner_digest": None,
        "sweep_at": None,
    }
    statement = sa.update(Upload).where(*free, Upload.state != UploadState.REFUSED.value).values(values)
    done = session.execute(statement.execution_options(synchronize_session=False))
    if rows_changed(done) != len(wanted):
        raise Invalid(fields={"upload_ids": _fault(session, wanted, free)})


def adopt(session: Session, upload_id: str, *, account_id: str, deputy_id: str) -> None:
    """One's own picture becomes a deputy's photo; it stays until it is released.

    :raises Invalid: when it is unknown, somebody else's, used already or broken.
    """
    mine = sa.update(Upload).where(Upload.id == upload_id, *_own_and_free(account_id))
    mine = mine.where(Upload.state != UploadState.REFUSED.value)
    values = {"owner_digest": portrait_digest(deputy_id), "sweep_at": None}
    done = session.execute(mine.values(values).execution_options(synchronize_session=False))
    if not rows_changed(done):
        raise Invalid(fields={"upload_id": NOT_THIS})


def release(session: Session, upload_ids: Sequence[str], *, now: dt.datetime) -> None:
    """Pictures that are nobody's photo any more; the sweeper deletes their files."""
    session.execute(_disowned(sa.update(Upload).where(Upload.id.in_(upload_ids), Upload.issue_id.is_(None)), now))


def _own_and_free(account_id: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    owned = Upload.owner_digest.is_not(None) if account_id is None else Upload.owner_digest == owner_digest(account_id)
    return Upload.issue_id.is_(None), owned


def _fault(session: Session, wanted: Sequence[str], free: Sequence[sa.ColumnElement[bool]]) -> str:
    refused = sa.select(Upload.id).where(*free, Upload.state == UploadState.REFUSED.value)
    broken = set(session.scalars(refused))
    numbers = [number for number, upload_id in enumerate(wanted, 1) if upload_id in broken]
    return BROKEN.format(number=numbers[0]) if numbers else NOT_THESE


def remove(session: Session, upload_id: str, *, account_id: str, now: dt.datetime) -> None:
    """Take back one's own picture before it is used; the sweeper deletes its files.

    :raises NotFound: when it is not theirs, or attached, hence part of an issue.
    """
    mine = sa.update(Upload).where(Upload.id == upload_id, *_own_and_free(account_id))
    done = session.execute(_disowned(mine, now))
    if not rows_changed(done):
        raise NotFound("没有找到这张图片，可能已经删除，或已随意见提交。")


def forget_account(session: Session, account_id: str, *, now: dt.datetime) -> None:
    """What an account sent and never used goes with it; attached pictures belong to their issues."""
    mine = sa.update(Upload).where(*_own_and_free(account_id))
    session.execute(_disowned(mine, now))


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """Two accounts become one: pictures sent and not used yet."""
    mine = sa.update(Upload).where(*_own_and_free(closed_id))
    session.execute(mine.values(owner_digest=owner_digest(into)).execution_options(synchronize_session=False))


def _disowned(statement: sa.Update, now: dt.datetime) -> sa.Update:
    return statement.values(owner_digest=None, sweep_at=now).execution_options(synchronize_session=False)
