"""One batch of content checks: claim in a transaction, ask WeChat without one, write the answers in another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

from service.incoming import actions as incoming
from service.issues.checks import asking, booked, queue
from service.issues.checks.states import CheckState
from service.wechat import WeChat
from workers.context import transaction

log = structlog.get_logger(__name__)


def ask_due(wechat: WeChat, clock: Callable[[], dt.datetime], *, base_url: str) -> int:
    """Ask about one batch; how many checks were taken, 0 when none is due or WeChat takes no more for now.

    A result can be pushed before the name it comes under is written here; it is looked at again then.
    """
    with transaction() as session:
        rows = queue.claim(session, now=clock())
        batch = queue.prepare(session, rows, base_url=base_url, now=clock()) if rows else None
    if batch is None:
        return 0
    replies = [*batch.replies, *asking.ask_all(wechat, batch.questions)]
    with transaction() as session:
        queue.write(session, batch, replies, now=clock())
        traces = [reply.trace_id for reply in replies if reply.state is CheckState.ASKED and reply.trace_id]
        incoming.look_again(session, traces, now=clock())
    stopped = any(reply.stop for reply in replies)
    log.info("content_checks", taken=len(rows), ended=sum(bool(reply.state) for reply in replies), stopped=stopped)
    return 0 if stopped else len(rows)


def ask_topics(wechat: WeChat, clock: Callable[[], dt.datetime]) -> int:
    """The same for topics of bookings; they are few."""
    with transaction() as session:
        rows = booked.claim(session, now=clock())
        questions, replies = booked.questions(session, rows) if rows else ([], [])
        asked = {row.id: row.topic for row in rows}
    if not rows:
        return 0
    replies += asking.ask_all(wechat, questions)
    with transaction() as session:
        booked.write(session, replies, asked, now=clock())
    return 0 if any(reply.stop for reply in replies) else len(rows)
