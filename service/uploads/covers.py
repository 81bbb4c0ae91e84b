"""Covered pictures: each edition of the boxes is kept, the newest is what everybody gets. None of these commits.

The copies are made and stored before the row names them, under a name of their own: whatever fails between, nobody is
shown less covered than before. What no row names any more is swept (:mod:`.sweeping`); the master is never touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.ids import new_id
from service.uploads.covering import Box, Edition, burn
from service.uploads.models import Upload, UploadCover
from service.uploads.vault import Kind, Vault

_MASTERS = {"photo": Kind.PHOTO, "thumbnail": Kind.THUMBNAIL}
_COVERED = {"photo": Kind.COVERED, "thumbnail": Kind.COVEREDSMALL}


def make(vault: Vault, upload_id: str, boxes: Sequence[Box]) -> str | None:
    """Burn and store; the name of the new copies, None where there is nothing to cover. Talks to the store: no
    transaction may be open.

    :raises Missing: when the master is gone.
    """
    if not boxes:
        return None
    made, copies = new_id(), burn(vault.get(Kind.PHOTO, upload_id), boxes)
    vault.put(Kind.COVERED, made, copies.photo)
    vault.put(Kind.COVEREDSMALL, made, copies.thumbnail)
    return made


def put_on(
    session: Session,
    upload: Upload,
    boxes: Sequence[Box],
    made: str | None,
    *,
    account_id: str,
    label: str,
    seen: int,
    now: dt.datetime,
) -> None:
    """From the commit on everybody gets ``made``. ``seen``: number of the edition the change was drawn on, 0: none.

    :raises Conflict: somebody changed the boxes meanwhile.
    """
    last = next(iter(editions(session, upload.id)), None)
    if (last.number if last else 0) != seen:
        raise Conflict("刚刚有人改过这张照片的遮盖，请看过最新的样子再改。", code="stale_version")
    row = UploadCover(
        id=made or new_id(),
        upload_id=upload.id,
        number=seen + 1,
        boxes=[[box.x, box.y, box.width, box.height] for box in boxes],
        account_id=account_id,
        label=label,
        at=now,
    )
    session.add(row)
    upload.cover_id = made


def editions(session: Session, upload_id: str) -> Sequence[UploadCover]:
    """Newest first."""
    mine = sa.select(UploadCover).where(UploadCover.upload_id == upload_id)
    return session.scalars(mine.order_by(UploadCover.number.desc())).all()


def edition(row: UploadCover) -> Edition:
    return Edition(tuple(Box(*box) for box in row.boxes), row.account_id, row.at)


def shown_bytes(vault: Vault, upload: Upload, variant: str) -> bytes:
    """What everybody gets: the covered copy where there is one, and then never the master in its stead.

    :raises Missing: when it is not there.
    """
    if upload.cover_id is not None:
        return vault.get(_COVERED[variant], upload.cover_id)
    return vault.get(_MASTERS[variant], upload.id)
