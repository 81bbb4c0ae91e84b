"""One batch of pushes: claim in a transaction, send without one, write the results in another."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.orm import Session

from service.accounts.queries import openids
from service.notifications import actions, delivery
from service.notifications.delivery import Envelope, Result
from service.notifications.models import FINAL, SENT, UNKNOWN, Notification
from service.wechat import WeChat
from workers.context import transaction

log = structlog.get_logger(__name__)


def deliver_due(wechat: WeChat, clock: Callable[[], dt.datetime]) -> int:
    """Deliver one batch; returns how many rows were taken, 0 when nothing is due or WeChat's quota is used up."""
    with transaction() as session:
        rows = actions.claim(session, now=clock())
        envelopes = _prepare(session, rows, clock())
    if not rows:
        return 0
    results = delivery.send_all(wechat, envelopes)
    with transaction() as session:
        _write_results(session, results, clock())
    stopped = any(result.stop for result in results)
    log.info("pushes", taken=len(rows), sent=sum(result.state == SENT for result in results), stopped=stopped)
    return 0 if stopped else len(rows)


def _prepare(session: Session, rows: Sequence[Notification], now: dt.datetime) -> list[Envelope]:
    """Envelopes for those with an openid and a consent left; the others end here: their inbox entry is the notice."""
    ids = openids(session, {row.account_id for row in rows})
    left: list[Notification] = []
    for row in rows:
        if row.attempts > actions.MAX_ATTEMPTS:  # nobody came back from any of them to say how it went
            actions.close(row, UNKNOWN, now=now, error="the worker stopped during every attempt")
        elif row.account_id not in ids:
            actions.without_channel(row, now=now, has_openid=False)
        else:
            left.append(row)
    wanted = Counter(_consent_of(row) for row in left if not row.consent_taken)
    granted = actions.use_consents(session, wanted, now=now)
    envelopes = []
    for row in left:
        if not row.consent_taken:
            if not granted.get(_consent_of(row)):
                actions.without_channel(row, now=now, has_openid=True)
                continue
            granted[_consent_of(row)] -= 1
            row.consent_taken = True
        envelopes.append(delivery.envelope(row, ids[row.account_id]))
    return envelopes


def _consent_of(row: Notification) -> tuple[str, str]:
    return row.account_id, delivery.template_of(row.kind)


def _write_results(session: Session, results: Sequence[Result], now: dt.datetime) -> None:
    """What ended alike is written together; what is to be tried again, one by one."""
    ended: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for result in results:
        if result.state is not None:
            ended[result.state, result.error].append(result.notification_id)
    for (state, error), ids in sorted(ended.items(), key=str):
        actions.close_all(session, ids, state, now=now, error=error)
    for result in results:
        if result.state is None:
            _try_later(session, result, now)


def _try_later(session: Session, result: Result, now: dt.datetime) -> None:
    row = session.get(Notification, result.notification_id, with_for_update=True)
    if row is None or row.push_state in FINAL:
        return
    wait = delivery.QUOTA_WAIT if result.stop else None
    actions.try_later(row, now=now, error=result.error or "retry", wait=wait)
    if row.push_state in FINAL:  # else the consent stays with the push for its next attempt
        actions.give_back_consent(session, row.account_id, delivery.template_of(row.kind), now=now)
        row.consent_taken = False
