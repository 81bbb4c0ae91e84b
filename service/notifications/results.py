"""Write down how a batch went: what ended alike together, what is tried again at its own time."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.notifications import claims, consents, pauses, timing
from service.notifications.delivery import NO_CONSENT_CODE, Result, with_carried
from service.notifications.models import DIGESTED, FAILED, INVALID, REFUSED, SENT, UNKNOWN
from service.notifications.templates import Channel
from service.wechat import WeChatFault

Ids = list[str]


def write_results(session: Session, results: Sequence[Result], *, now: dt.datetime) -> None:
    """Close, pass on or put off every push of the batch; consents follow what became of them."""
    if not results:
        return
    _sent(session, [result for result in results if result.state == SENT], now)
    began = pauses.note(session, results, now=now)
    rest = [one for result in results if result.state != SENT for one in with_carried(result)]
    if rest:
        _doubtful(session, [one for one in rest if one.state == UNKNOWN], now)
        _refused(session, [one for one in rest if one.state in (REFUSED, INVALID)], now)
        _again(session, [one for one in rest if one.state is None], began, now)


def _ids(results: Sequence[Result]) -> Ids:
    return [result.envelope.notification_id for result in results]


def _sent(session: Session, results: Sequence[Result], now: dt.datetime) -> None:
    if not results:
        return
    claims.close_sent(session, {one.envelope.notification_id: one.msgid for one in results}, now=now)
    consents.spend(session, _ids(results), now=now)
    for one in results:
        if one.envelope.carries:
            carried_by = one.envelope.notification_id
            claims.close(session, one.envelope.carries, DIGESTED, now=now, carried_by=carried_by)


def _doubtful(session: Session, results: Sequence[Result], now: dt.datetime) -> None:
    """It may have arrived, and its consent with it."""
    if results:
        for error, group in _by_error(results).items():
            claims.close(session, _ids(group), UNKNOWN, now=now, error=error)
        consents.spend(session, _ids(results), now=now)


def _refused(session: Session, results: Sequence[Result], now: dt.datetime) -> None:
    """No by this channel: bad data waits for an operator, the others go on to the next channel.

    Where WeChat knows of no consent (43101) the ledger was wrong, and is put right.
    """
    unwilling = [one for one in results if one.code == NO_CONSENT_CODE and one.envelope.channel is Channel.SUBSCRIPTION]
    unsent = [one for one in results if one not in unwilling]
    if unwilling:
        consents.spend(session, _ids(unwilling), now=now)
        people = consents.holders(session, _ids(unwilling))
        consents.take_away(session, people, source=consents.WECHAT, now=now)
        consents.let_go(session, _ids(unwilling))
    if unsent:
        consents.give_back(session, _ids(unsent), now=now)
    for error, group in _by_error(results).items():
        invalid = [one for one in group if one.state == INVALID]
        claims.close(session, _ids(invalid), INVALID, now=now, error=error)
        others = [one for one in group if one.state != INVALID]
        for channel in {one.envelope.channel for one in others}:
            ids = _ids([one for one in others if one.envelope.channel is channel])
            claims.next_channel(session, ids, channel.value, now=now, error=error)


def _again(session: Session, results: Sequence[Result], began: dict[Channel, dt.datetime], now: dt.datetime) -> None:
    """Temporary trouble with one message costs an attempt; trouble with its whole channel, or time, does not.

    The consent stays with the push for its next attempt; after the last one it is free again and the push has failed.
    """
    waiting: dict[tuple[dt.datetime, str], Ids] = defaultdict(list)
    later, failed = [], []
    for one in results:
        envelope = one.envelope
        until = began.get(envelope.channel)
        if one.fault is None or (until is not None and (one.technical or one.fault is WeChatFault.STOP_BATCH)):
            waiting[until or now, one.error].append(envelope.notification_id)
        elif envelope.attempt >= timing.MAX_ATTEMPTS:
            failed.append(one)
        else:
            at = now + timing.back_off(envelope.attempt, random.random())
            later.append((envelope.notification_id, at, one.error))
    for (moment, error), ids in waiting.items():
        claims.postpone(session, ids, moment, error=error)
    claims.try_later(session, later)
    if failed:
        consents.give_back(session, _ids(failed), now=now)
        for error, group in _by_error(failed).items():
            claims.close(session, _ids(group), FAILED, now=now, error=error)


def _by_error(results: Sequence[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        groups[one.error].append(one)
    return groups
