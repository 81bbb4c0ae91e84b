"""What follows from what WeChat pushed: one table by the event's name. Each may run twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy.orm import Session

from service.accounts.reach import account_of_openid
from service.incoming import actions as incoming
from service.incoming import subscriptions
from service.incoming.models import WeChatPush
from service.incoming.reading import Body, Push, media_result, push_of
from service.issues.checks import chasing
from service.notifications import consents
from service.outbox import actions as outbox
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


def _answers(take: Callable[..., None]) -> Handler:
    """Consents given or taken back in WeChat's own window or settings; of a stranger there is nothing to note."""

    def note(session: Session, push: Push, now: dt.datetime) -> bool:
        account_id = account_of_openid(session, push.sender)
        if account_id is not None:
            take(session, account_id=account_id, answers=subscriptions.answers(push.body), now=now)
        return True

    return note


def _reports(read: Callable[[Body], Sequence[subscriptions.Sent]]) -> Handler:
    """WeChat says of messages whether they reached the phone. The batch that sent them may not be written down yet."""

    def report(session: Session, push: Push, now: dt.datetime) -> bool:
        found = [
            consents.sent(session, msgid=one.msgid, template_id=one.template_id, error=one.error, now=now)
            for one in read(push.body)
        ]
        return all(found) or now.timestamp() - push.sent_at > incoming.REPORT_LIFE.total_seconds()

    return report


HANDLERS: Mapping[str, Handler] = {
    "wxa_media_check": picture_checked,
    "subscribe": _follows(True),
    "unsubscribe": _follows(False),
    "subscribe_msg_popup_event": _answers(consents.popup),
    "subscribe_msg_change_event": _answers(consents.changed),
    incoming.REPORT: _reports(subscriptions.sent),
    incoming.FINISHED: _reports(subscriptions.finished),
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
    elif kept.event in incoming.REPORTS:
        outbox.put_off(session, row, until=now + incoming.REPORT_WAIT)
