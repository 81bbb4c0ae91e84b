"""A deputy's photo (代表照片): sent by the deputy or the desk, shown to the public once the desk has looked at it.

It goes when the desk or the deputy takes it away, when the deputy erases the account, and with the last mandate. None of
these commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.crypto import ring
from service.deputies import availability
from service.deputies.mandates import OVER
from service.deputies.models import Deputy, Mandate
from service.errors import Conflict, NotFound
from service.events import Event
from service.outbox.actions import record
from service.uploads import actions as uploads
from service.uploads import queries as photos
from service.uploads.models import Upload, UploadState

CHANGED = "照片已经换过，请刷新后再看。"
NOT_READY = "照片还在处理，请稍等片刻再公开。"
NO_PHOTO = "没有这位代表的照片。"
REMOVALS = {
    "person": "不是代表本人",
    "unclear": "照片不清楚",
    "pose": "不是正面半身照",
    "old": "照片太旧",
    "asked": "应代表要求",
    "other": "其他原因",
}
"""Why a station takes a photo down: a list, since the deputy reads it where others may read along (a lock screen)."""
OTHER = "other"


def address(deputy_id: str, upload_id: str) -> str:
    """Path of the photo for everybody; another photo has another path, and none tells the upload's id."""
    return f"/api/v1/deputies/{deputy_id}/photo?v={ring().blind_index(upload_id, 'deputy.portrait')[:12]}"


def offer(session: Session, deputy: Deputy, upload_id: str, *, account_id: str, now: dt.datetime) -> None:
    """A picture just sent waits for the desk, in place of one that waited before. Safe to repeat.

    :raises Invalid: when the picture is not the sender's, used already or broken.
    """
    session.refresh(deputy, with_for_update=True)  # somebody may be taking it down at this moment
    if upload_id in (deputy.portrait_id, deputy.portrait_waiting_id):
        return
    uploads.adopt(session, upload_id, account_id=account_id, deputy_id=deputy.id)
    _release(session, [deputy.portrait_waiting_id], now)
    deputy.portrait_waiting_id = upload_id
    _happened(session, Event.PORTRAIT_OFFERED, deputy, now, upload_id=upload_id, account_id=account_id)


def publish(session: Session, deputy: Deputy, upload_id: str, *, now: dt.datetime) -> None:
    """The one that waited is shown from now on. Safe to repeat.

    :raises Conflict: when another one waits by now, or its copies are not made yet.
    """
    session.refresh(deputy, with_for_update=True)
    if deputy.portrait_id == upload_id:
        return
    if deputy.portrait_waiting_id != upload_id:
        raise Conflict(CHANGED)
    row = session.get(Upload, upload_id)
    if row is None or row.state != UploadState.READY:
        raise Conflict(NOT_READY, code="not_ready")
    _release(session, [deputy.portrait_id], now)
    deputy.portrait_id, deputy.portrait_waiting_id = upload_id, None
    _happened(session, Event.PORTRAIT_SHOWN, deputy, now, upload_id=upload_id)


def take_down(session: Session, deputy_ids: Sequence[str], *, now: dt.datetime, reason: str | None = None) -> None:
    """Neither shown nor waiting any more. ``reason``, of :data:`REMOVALS`: the station did it, and the deputy is told."""
    wanted = sa.select(Deputy).where(Deputy.id.in_(deputy_ids), _has_one()).order_by(Deputy.id)
    for deputy in session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all():
        _release(session, [deputy.portrait_id, deputy.portrait_waiting_id], now)
        deputy.portrait_id = deputy.portrait_waiting_id = None
        if reason is not None:
            _happened(session, Event.PORTRAIT_REMOVED, deputy, now, reason=reason)
    session.flush()


def drop_former(session: Session, *, now: dt.datetime) -> None:
    """Photos of those whose last mandate ran out by its date."""
    serves = sa.select(Mandate.id).where(Mandate.deputy_id == Deputy.id, Mandate.state.not_in(OVER))
    serves = serves.where(sa.or_(Mandate.valid_to.is_(None), Mandate.valid_to > local_date(now)))
    former = session.scalars(sa.select(Deputy.id).where(_has_one(), ~serves.exists())).all()
    if former:
        take_down(session, former, now=now)


def shown(session: Session, deputy_id: str, *, on: dt.date) -> str:
    """The upload everybody may see.

    :raises NotFound: without a photo, and without a mandate in force that day.
    """
    serves = sa.select(Mandate.id).where(Mandate.deputy_id == Deputy.id, availability.active_mandate(on)).exists()
    found = session.scalar(sa.select(Deputy.portrait_id).where(Deputy.id == deputy_id, serves))
    if found is None:
        raise NotFound(NO_PHOTO)
    return found


def _happened(session: Session, event: Event, deputy: Deputy, now: dt.datetime, **facts: str) -> None:
    payload = {"deputy_id": deputy.id, **facts}
    record(session, event, payload, district_id=deputy.district_id, now=now)


def people(session: Session, deputy_ids: Sequence[str]) -> Sequence[Deputy]:
    """Whose photos a desk looks at."""
    return session.scalars(sa.select(Deputy).where(Deputy.id.in_(deputy_ids)).order_by(Deputy.name, Deputy.id)).all()


def pictures(session: Session, deputies: Sequence[Deputy], *, now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Those shown and those that wait, by upload: as their deputy and the desk get them. One statement."""
    ids = [one for row in deputies for one in (row.portrait_id, row.portrait_waiting_id) if one]
    return {key: photos.shown(row, now=now) for key, row in photos.by_ids(session, ids).items()} if ids else {}


def waiting(session: Session, deputy_ids: Sequence[str]) -> int:
    """Of how many a photo waits for the desk's look."""
    wanted = sa.select(sa.func.count()).where(Deputy.id.in_(deputy_ids), Deputy.portrait_waiting_id.is_not(None))
    return session.scalar(wanted) or 0


def _has_one() -> sa.ColumnElement[bool]:
    return sa.or_(Deputy.portrait_id.is_not(None), Deputy.portrait_waiting_id.is_not(None))


def _release(session: Session, upload_ids: Sequence[str | None], now: dt.datetime) -> None:
    given = [one for one in upload_ids if one is not None]
    if given:
        uploads.release(session, given, now=now)
