"""One batch of pushes: claim in a transaction, send without one, write the results in another."""

from __future__ import annotations

import datetime as dt
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
    envelopes = []
    for row in rows:
        if row.attempts > actions.MAX_ATTEMPTS:  # nobody came back from any of them to say how it went
            actions.close(row, UNKNOWN, now=now, error="the worker stopped during every attempt")
            continue
        openid = ids.get(row.account_id)
        template = delivery.template_of(row.kind)
        if openid is None or not (row.consent_taken or actions.use_consent(session, row.account_id, template, now=now)):
            actions.without_channel(row, now=now, has_openid=openid is not None)
        else:
            row.consent_taken = True
            envelopes.append(delivery.envelope(row, openid))
    return envelopes


def _write_results(session: Session, results: Sequence[Result], now: dt.datetime) -> None:
    for result in results:
        row = session.get(Notification, result.notification_id, with_for_update=True)
        if row is None or row.push_state in FINAL:
            continue
        if result.state is not None:
            actions.close(row, result.state, now=now, error=result.error)
            continue
        wait = delivery.QUOTA_WAIT if result.stop else None
        actions.try_later(row, now=now, error=result.error or "retry", wait=wait)
        if row.push_state not in FINAL:
            continue  # the consent stays with the push for its next attempt
        actions.give_back_consent(session, row.account_id, delivery.template_of(row.kind), now=now)
        row.consent_taken = False
