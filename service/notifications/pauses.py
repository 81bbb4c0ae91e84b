"""Channels that rest: out of quota, without a token, or down. What would go by them waits, and nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.notifications.delivery import DEAF, Result
from service.notifications.models import ChannelPause
from service.notifications.templates import Channel
from service.notifications.timing import pause, quota_resets
from service.wechat import WeChatFault

_OVER = sa.delete(ChannelPause).where(
    ChannelPause.channel == sa.bindparam("heard"), ChannelPause.until <= sa.bindparam("now")
)
"""What got through beside the message for which a channel rests does not open it again."""


def open_pauses(session: Session, *, now: dt.datetime) -> dict[Channel, dt.datetime]:
    """Channel → until when it rests."""
    statement = sa.select(ChannelPause.channel, ChannelPause.until).where(ChannelPause.until > now)
    return {Channel(channel): until for channel, until in session.execute(statement)}


def kept(session: Session) -> Sequence[ChannelPause]:
    """Every channel that rests or rested until it was heard of again, for operators."""
    return session.scalars(sa.select(ChannelPause).order_by(ChannelPause.channel)).all()


def note(session: Session, results: Sequence[Result], *, now: dt.datetime) -> dict[Channel, dt.datetime]:
    """What a batch says about its channels: pauses that begin now, and an end to those that are over.

    A quota rests until it resets; a refused token and a channel nobody answers on rest a little longer each time.
    """
    began: dict[Channel, dt.datetime] = {}
    for channel in {result.envelope.channel for result in results}:
        of_channel = [result for result in results if result.envelope.channel is channel]
        worst = _worst(of_channel)
        if worst is not None:
            began[channel] = _rest(session, channel, worst, now)
        elif any(result.fault is None and result.state is not None for result in of_channel):
            session.execute(_OVER, {"heard": channel.value, "now": now})
    return began


def _worst(results: Collection[Result]) -> Result | None:
    """The result for which the whole channel must rest, if there is one. A quota ends it for all; a refused token only
    where nothing went out beside it, else it is the trouble of one message."""
    for result in results:
        if result.fault is WeChatFault.STOP_BATCH:
            return result
    if any(_answered(result) for result in results):
        return None
    silent = [result for result in results if result.fault is WeChatFault.UNKNOWN]
    unheard = [result for result in results if result.technical]
    return next(iter(unheard or silent), None) if unheard or len(silent) >= DEAF else None


def _answered(result: Result) -> bool:
    """Whether the other side said anything about this message."""
    unheard = result.technical or result.fault is WeChatFault.UNKNOWN
    return not unheard and (result.state is not None or result.fault is not None)


def _rest(session: Session, channel: Channel, because: Result, now: dt.datetime) -> dt.datetime:
    row = session.get(ChannelPause, channel.value, populate_existing=True)
    failures = 1 if row is None else row.failures + (row.until <= now)
    until = now + pause(failures)
    if because.fault is WeChatFault.STOP_BATCH:
        until = quota_resets(now, because.code if isinstance(because.code, int) else None)
    if row is not None:
        until = max(until, row.until)
    values = {"until": until, "reason": because.error[:200], "failures": failures}
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    statement = insert(ChannelPause).values(channel=channel.value, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["channel"], set_=values))
    return until
