"""Take a push once, hand it on as an event, forget it. None of these commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.crypto import ring
from service.db import is_sqlite
from service.events import Event
from service.ids import new_id
from service.incoming.models import OfficialFollower, WeChatPush
from service.incoming.reading import Push, media_key
from service.outbox import actions as outbox

KEEP = dt.timedelta(days=7)
OFFICIAL_PROVIDER = "wechat_official"
REPORT_WAIT = dt.timedelta(seconds=30)
"""A report of a message comes before the batch that sent it is written down: it is looked at when that has been done."""
REPORT, FINISHED = "subscribe_msg_sent_event", "TEMPLATESENDJOBFINISH"
REPORTS = frozenset({REPORT, FINISHED})
REPORT_LIFE = dt.timedelta(minutes=10)
"""After that nobody will know the message: of another server with the same account, or forgotten."""


class Taken(Enum):
    NEW = auto()
    REPEATED = auto()
    FORGED = auto()
    """Its signature was used before, around another message."""


def take(session: Session, push: Push, *, envelope: str, sealed: bool, now: dt.datetime) -> Taken:
    """Write a push down, and the event that lets a worker act on it; of what a person typed only that it came.

    ``envelope``: time and nonce as sent. Plain mode (``sealed`` False) signs nothing else, so there they must not open a
    second message.
    """
    key = _index(push.repeats_as, "wechat_push")
    opened_by = _index(envelope, "wechat_envelope")
    if not sealed and _used_for_another(session, opened_by, key):
        return Taken.FORGED
    row = {
        "id": new_id(),
        "key": key,
        "envelope": opened_by,
        "event": push.event or push.kind[:60],
        "payload": dict(push.body) if push.event else None,
        "received_at": now,
    }
    insert: Any = sqlite_insert if is_sqlite(session) else pg_insert
    written = session.scalar(insert(WeChatPush).values(row).on_conflict_do_nothing().returning(WeChatPush.id))
    if written is None:
        return Taken.REPEATED
    if push.event:
        due = now + REPORT_WAIT if push.event in REPORTS else now
        outbox.record(session, Event.WECHAT_PUSHED, {"push_id": written}, district_id=None, now=due)
    return Taken.NEW


def _used_for_another(session: Session, envelope: str, key: str) -> bool:
    before = sa.select(WeChatPush.id).where(WeChatPush.envelope == envelope, WeChatPush.key != key).limit(1)
    return session.scalar(before) is not None


def _index(value: str, purpose: str) -> str:
    return ring().blind_index(value, purpose)


def look_again(session: Session, trace_ids: Sequence[str], *, now: dt.datetime) -> None:
    """Results that came before anybody knew the names they came under: their events once more."""
    if not trace_ids:
        return
    keys = [_index(media_key(trace), "wechat_push") for trace in trace_ids]
    early = sa.select(WeChatPush.id).where(WeChatPush.key.in_(keys), WeChatPush.payload.is_not(None))
    for push_id in session.scalars(early):
        outbox.record(session, Event.WECHAT_PUSHED, {"push_id": push_id}, district_id=None, now=now)


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """WeChat repeats within seconds; a week is for whoever must look into something."""
    session.execute(
        sa.delete(WeChatPush).where(WeChatPush.received_at < now - KEEP).execution_options(synchronize_session=False)
    )


def remember_follower(session: Session, openid: str, *, following: bool, at: dt.datetime) -> None:
    """Somebody follows the official account, or does so no more; an older event changes nothing."""
    insert: Any = sqlite_insert if is_sqlite(session) else pg_insert
    row = {
        "subject_index": _index(openid, f"identity.{OFFICIAL_PROVIDER}"),
        "following": following,
        "event_at": at,
    }
    statement = insert(OfficialFollower).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["subject_index"],
            set_={"following": following, "event_at": at},
            where=OfficialFollower.event_at <= at,
        )
    )


def forget_followers(session: Session, subject_indexes: Sequence[str]) -> None:
    """What is known about these openids goes with their account."""
    session.execute(
        sa.delete(OfficialFollower)
        .where(OfficialFollower.subject_index.in_(subject_indexes))
        .execution_options(synchronize_session=False)
    )
