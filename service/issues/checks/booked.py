"""The topic of a booking (预约事由) meets the word list, the policy and WeChat as a submission does. The row is the queue.

No openid is kept, as with :class:`ContentCheck`. What a claim takes is due again after a minute, if nothing came of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import openids
from service.issues.case import rules_of
from service.issues.checks import opening
from service.issues.checks.asking import QUOTA_WAIT, Question, Reply
from service.issues.checks.opening import Way
from service.issues.checks.states import CheckState, why_a_person
from service.notifications import said
from service.stations.models import ReceptionBooking, ReceptionDay
from service.stations.receptions.topics import TopicState

LEASE, GIVE_UP, BATCH = dt.timedelta(seconds=60), dt.timedelta(days=1), 50
_DUE = (
    ReceptionBooking.topic_state == TopicState.PENDING.value,
    ReceptionBooking.topic_next_at <= sa.bindparam("now", type_=ReceptionBooking.topic_next_at.type),
)
_HAS_DUE = sa.select(ReceptionBooking.id).where(*_DUE).limit(1)
_ENDS = {CheckState.PASSED: TopicState.PASSED, CheckState.RISKY: TopicState.RISKY}


def begin(session: Session, row: ReceptionBooking, district_id: str, *, now: dt.datetime) -> None:
    """A new topic passes, is left to the station's staff with the reason, or waits for WeChat."""
    if row.topic_state != TopicState.NEW or row.topic is None or row.account_id is None:
        return
    found = opening.look_at(session, row.account_id, rules_of(session, district_id, now=now), row.topic, now=now)
    if found.way is Way.ASK:
        row.topic_state, row.topic_next_at = TopicState.PENDING.value, now
    elif found.way is Way.PASS:
        row.topic_state = TopicState.PASSED.value
    else:
        row.topic_state, row.topic_doubt = TopicState.DOUBTFUL.value, found.why
    session.flush()


def has_due(session: Session, *, now: dt.datetime) -> bool:
    return session.scalar(_HAS_DUE, {"now": now}) is not None


def claim(session: Session, *, now: dt.datetime) -> Sequence[ReceptionBooking]:
    """Take due topics, the oldest first; nobody else has the same for a minute."""
    due = sa.select(ReceptionBooking).where(*_DUE).order_by(ReceptionBooking.topic_next_at, ReceptionBooking.id)
    rows = session.scalars(due.limit(BATCH).with_for_update(skip_locked=True), {"now": now}).all()
    for row in rows:
        row.topic_next_at = now + LEASE
    return rows


def questions(session: Session, rows: Sequence[ReceptionBooking]) -> tuple[list[Question], list[Reply]]:
    """What to ask; and replies for those behind whom there is no openid any more."""
    known = openids(session, {row.account_id for row in rows if row.account_id})
    asked, unknown = [], []
    for row in rows:
        openid = known.get(row.account_id or "")
        if openid is None:
            unknown.append(Reply(row.id, CheckState.FAILED))
        else:
            asked.append(Question(row.id, openid, text=row.topic or ""))
    return asked, unknown


def write(session: Session, replies: Sequence[Reply], asked: Mapping[str, str | None], *, now: dt.datetime) -> None:
    """What came back; whoever wrote a risky topic is told, and that the booking stands.

    ``asked``: booking → the words that were asked about. Other words stand there when it was cancelled and made again
    meanwhile; they wait for an answer of their own.
    """
    found = {reply.check_id: reply for reply in replies}
    statement = sa.select(ReceptionBooking).where(
        ReceptionBooking.id.in_(found), ReceptionBooking.topic_state == TopicState.PENDING.value
    )
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    for row in session.scalars(fresh).all():
        if row.topic != asked.get(row.id):
            continue
        _end(row, found[row.id], now)
        if row.topic_state == TopicState.RISKY:
            district = session.get_one(ReceptionDay, row.reception_id).district_id
            key = f"topic:{row.id}:{row.created_at:%Y%m%d%H%M%S}"  # made again with other words, it is told again
            told = [row.account_id] if row.account_id else []
            said.write(session, told, "booking_topic", key=key, district_id=district, now=now)


def _end(row: ReceptionBooking, reply: Reply, now: dt.datetime) -> None:
    state = reply.state
    if state is None and row.created_at + GIVE_UP > now:
        row.topic_next_at = now + (QUOTA_WAIT if reply.stop else LEASE)
        return
    state = state or CheckState.UNANSWERED
    row.topic_next_at, row.topic_state = None, _ENDS.get(state, TopicState.DOUBTFUL).value
    if row.topic_state == TopicState.DOUBTFUL:
        row.topic_doubt = why_a_person(state, picture=False, label=reply.label, error=reply.error)[:80]
