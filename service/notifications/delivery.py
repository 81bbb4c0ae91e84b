"""Deliver a batch of pushes: the only code that lets a notification reach WeChat. Repeatable; touches no issue."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from service.calendar.workdays import SHANGHAI
from service.notifications.models import REFUSED, SENT, UNKNOWN, Notification
from service.wechat import WeChat, WeChatError, WeChatFault

THREADS = 32
BEGIN_WITHIN = 30.0
"""Seconds after which no push of a batch is begun: the batch is leased, and another worker must not send it again."""
TASK_TEMPLATE, PROGRESS_TEMPLATE = "tmpl-issue-task", "tmpl-issue-progress"
PAGE = "pages/inbox/index"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What leaves the database for a push: no issue text, no name."""

    notification_id: str
    openid: str
    template_id: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """``state`` None: try later, because of ``error``; ``stop``: nothing more goes out until the quota resets."""

    notification_id: str
    state: str | None
    error: str | None = None
    stop: bool = False


def template_of(kind: str) -> str:
    """Tasks go to those who work, progress to residents."""
    return TASK_TEMPLATE if kind.startswith("task") else PROGRESS_TEMPLATE


def envelope(row: Notification, openid: str) -> Envelope:
    """Fields of the message template: title and hint (thing, ≤ 20 characters), the issue's number, until when.

    Where there is no number or deadline, the field says when the notice was written: templates take no empty field.
    """
    until = (row.due_at or row.created_at).astimezone(SHANGHAI)
    data = {
        "thing1": row.title[:20],
        "character_string2": row.reference or row.id[:12],
        "time3": until.strftime("%Y-%m-%d %H:%M"),
        "thing4": row.body.rpartition(f"{row.reference}。")[2][:20],
    }
    return Envelope(row.id, openid, template_of(row.kind), data)


def send_all(wechat: WeChat, envelopes: Sequence[Envelope]) -> list[Result]:
    """Send in parallel (50 ms each at WeChat: one after the other would be 20 a second).

    Once WeChat says that the quota is used up, or time is, the rest of the batch waits for another round.
    """
    if not envelopes:
        return []
    stopped, latest = threading.Event(), time.monotonic() + BEGIN_WITHIN

    def send(one: Envelope) -> Result:
        if stopped.is_set():
            return Result(one.notification_id, None, "quota", stop=True)
        if time.monotonic() > latest:
            return Result(one.notification_id, None, "not begun in time")
        result = _send(wechat, one)
        if result.stop:
            stopped.set()
        return result

    with ThreadPoolExecutor(max_workers=min(THREADS, len(envelopes))) as pool:
        return list(pool.map(send, envelopes))


_STATE_OF_FAULT = {WeChatFault.PERMANENT: REFUSED, WeChatFault.UNKNOWN: UNKNOWN}


def _send(wechat: WeChat, one: Envelope) -> Result:
    try:
        wechat.send_subscription(openid=one.openid, template_id=one.template_id, page=PAGE, data=one.data)
    except WeChatError as error:
        words = f"{error.errcode or ''} {error.fault}".strip()
        state = _STATE_OF_FAULT.get(error.fault)
        return Result(one.notification_id, state, words, stop=error.fault is WeChatFault.STOP_BATCH)
    return Result(one.notification_id, SENT)


QUOTA_WAIT = dt.timedelta(hours=1)
