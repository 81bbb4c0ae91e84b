"""Covering what a picture shows of people (遮盖): faces, plates, papers, door signs.

Who sorts an issue, and the reviewer, may draw black boxes; from then on everybody gets the covered copy: the resident,
the deputy, units, others, also those who drew. The master stays with reviewer and district, each look with a reason,
written down where the resident can see it. Boxes are added by any of them; they are taken off by reviewer and district,
or by whoever drew them while it can still be a slip (``slips.minutes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.issues import views
from service.issues.case import Case, load_case, parties_of
from service.issues.insight import sorts
from service.issues.labels import label_of
from service.issues.lifecycle import Party
from service.issues.models import IdentityReveal
from service.masking import SHORTEST_REASON
from service.uploads import covers
from service.uploads.covering import Box, must_stay
from service.uploads.models import Upload, UploadCover, UploadState

_MASTER = frozenset({Party.REVIEWER, Party.DISTRICT})
_IN_WHOSE_NAME = (Party.RAISED, Party.HEAD, Party.CLERK, Party.TOWNSHIP, Party.DISTRICT, Party.REVIEWER)
LOOKED = "查看未遮盖的照片："


@dataclass(frozen=True, slots=True)
class Desk:
    """A picture before somebody who may cover it. ``editions``: newest first; ``fixed``: boxes that must stay."""

    case: Case
    upload: Upload
    editions: Sequence[UploadCover]
    fixed: tuple[Box, ...]
    label: str
    sees_master: bool

    @property
    def boxes(self) -> tuple[Box, ...]:
        return covers.edition(self.editions[0]).boxes if self.editions else ()

    @property
    def number(self) -> int:
        return self.editions[0].number if self.editions else 0


def may_cover(parties: frozenset[Party]) -> bool:
    return sorts(parties) or Party.REVIEWER in parties


def at_desk(session: Session, issue_id: str, upload_id: str, *, actor: Actor, now: dt.datetime) -> Desk:
    """:raises NotFound: not the viewer's issue, or no picture they see there. :raises Forbidden: sees it, covers none.
    :raises Conflict: it is not ready, or its file is gone."""
    case = load_case(session, issue_id, now=now, for_update=False)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    if not may_cover(parties) or actor.account_id is None:
        raise Forbidden("照片由联络站、上级人大机关或内容审核员遮盖。")
    if upload_id not in {picture["id"] for picture in pictures_in(views.detail(session, case, actor))}:
        raise NotFound("没有找到这张照片。")
    upload = session.get_one(Upload, upload_id)
    if upload.state != UploadState.READY:
        raise Conflict("这张照片还没有处理好，请稍后再遮盖。", code="picture_not_ready")
    editions = covers.editions(session, upload_id)
    return Desk(
        case=case,
        upload=upload,
        editions=editions,
        fixed=() if parties & _MASTER else _fixed(editions, case, actor.account_id),
        label=label_of(session, case.issue, next(party for party in _IN_WHOSE_NAME if party in parties)).text,
        sees_master=bool(parties & _MASTER),
    )


def _fixed(editions: Sequence[UploadCover], case: Case, account_id: str) -> tuple[Box, ...]:
    since = case.now - dt.timedelta(minutes=case.rules.number("slips.minutes"))
    return must_stay([covers.edition(row) for row in editions], account_id=account_id, since=since)


def pictures_in(view: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Every picture in an issue as somebody sees it: of the submission, the talk and the steps."""
    yield from view["photos"]
    for part in (*view["messages"], *view["history"]):
        yield from part["photos"]


def check(desk: Desk, boxes: Sequence[Box]) -> None:
    """:raises Invalid: when a box is missing that must stay."""
    missing = [box for box in desk.fixed if box not in boxes]
    if missing:
        raise Invalid(fields={"boxes": "已有的遮盖不能去掉或改小。需要去掉时，请联系内容审核员或区人大代表工委。"})


def cover(
    session: Session,
    issue_id: str,
    upload_id: str,
    boxes: Sequence[Box],
    made: str | None,
    *,
    seen: int,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Let everybody see ``made`` (:func:`service.uploads.covers.make`) from the commit on; decided anew, since that took
    a while.

    :raises Conflict: somebody changed the boxes meanwhile.
    """
    session.execute(sa.select(Upload.id).where(Upload.id == upload_id).with_for_update())
    desk = at_desk(session, issue_id, upload_id, actor=actor, now=now)
    check(desk, boxes)
    covers.put_on(
        session,
        desk.upload,
        boxes,
        made,
        account_id=str(actor.account_id),
        label=desk.label,
        seen=seen,
        now=now,
    )


def look_at_master(
    session: Session, issue_id: str, upload_id: str, *, actor: Actor, reason: str, now: dt.datetime
) -> None:
    """Write a look behind the boxes down, before the picture is handed out; each look is one.

    :raises Forbidden: for anybody but reviewer and district. :raises Invalid: without a real reason.
    :raises Conflict: nothing is covered: everybody who sees the issue sees this picture.
    """
    desk = at_desk(session, issue_id, upload_id, actor=actor, now=now)
    if not desk.sees_master:
        raise Forbidden("未遮盖的照片只有内容审核员和区人大代表工委可以查看。")
    if desk.upload.cover_id is None:
        raise Conflict("这张照片没有遮盖。", code="not_covered")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields={"reason": f"请写明查看的理由（至少 {SHORTEST_REASON} 个字），群众可以看到有人查看过。"})
    row = IdentityReveal(
        issue_id=issue_id, account_id=str(actor.account_id), role=desk.label, reason=LOOKED + reason.strip(), at=now
    )
    session.add(row)
