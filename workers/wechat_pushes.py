"""What follows from what WeChat pushed: one table by the event's name. Each may run twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.orm import Session

from service.incoming import actions as incoming
from service.incoming.models import WeChatPush
from service.incoming.reading import Push, media_result, push_of
from service.issues.checks import chasing
from service.outbox.models import OutboxRow

log = structlog.get_logger(__name__)
Handler = Callable[[Session, Push, dt.datetime], bool]
"""False: nobody to tell yet; what came is kept and looked at again."""


def picture_checked(session: Session, push: Push, now: dt.datetime) -> bool:
    """The result of a picture's check (rulebook §7.5)."""
    result = media_result(push.body)
    return chasing.settle_picture(session, result.trace_id, result.suggestion, result.label, now=now)


def _follows(following: bool) -> Handler:
    def remember(session: Session, push: Push, _now: dt.datetime) -> bool:
        at = dt.datetime.fromtimestamp(push.sent_at, dt.UTC)
        incoming.remember_follower(session, push.sender, following=following, at=at)
        return True

    return remember


HANDLERS: Mapping[str, Handler] = {
    "wxa_media_check": picture_checked,
    "subscribe": _follows(True),
    "unsubscribe": _follows(False),
}


def take_push(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """Act on one push, then forget what was in it. Events nobody asked for are only forgotten."""
    kept = session.get(WeChatPush, row.payload["push_id"], with_for_update=True)
    if kept is None or kept.payload is None:
        return
    push = push_of(kept.payload)
    handle = HANDLERS.get(push.event)
    try:
        done = handle is None or handle(session, push, now)
    except ValueError:
        log.warning("wechat_push_unreadable", push_event=push.event)
        done = True
    if done:
        kept.payload = None
