"""Write notifications, keep track of consents, claim and close pushes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.errors import NotFound
from service.ids import new_id
from service.notifications.models import (
    FAILED,
    FINAL,
    NO_CHANNEL,
    NO_CONSENT,
    PENDING,
    SENDING,
    Notification,
    SubscriptionCredit,
)

LEASE = dt.timedelta(seconds=60)
MAX_ATTEMPTS = 6
MAX_CREDIT = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """One message for one account. ``title`` and ``body`` hold neither the complaint's text nor a name."""

    account_id: str
    kind: str
    title: str
    body: str
    issue_id: str | None = None
    reference: str | None = None
    due_at: dt.datetime | None = None


def write(session: Session, notices: Iterable[Notice], *, key: str, district_id: str | None, now: dt.datetime) -> int:
    """Put notices into inboxes; with the same ``key`` an account gets a notice once, however often this runs."""
    rows = [
        {
            "id": new_id(),
            "district_id": district_id,
            "account_id": notice.account_id,
            "dedupe_key": f"{key}:{notice.kind}",
            "kind": notice.kind,
            "title": notice.title,
            "body": notice.body,
            "issue_id": notice.issue_id,
            "reference": notice.reference,
            "due_at": notice.due_at,
            "created_at": now,
            "push_state": PENDING,
            "consent_taken": False,
            "attempts": 0,
            "next_at": now,
        }
        for notice in notices
    ]
    if not rows:
        return 0
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    session.execute(insert(Notification).on_conflict_do_nothing(), rows)
    return len(rows)


def claim(session: Session, *, now: dt.datetime, limit: int = 500) -> Sequence[Notification]:
    """Lease due pushes. One left ``sending`` by a worker that died is taken again when its lease is over."""
    due = sa.select(Notification.id).where(
        Notification.push_state.in_([PENDING, SENDING]),
        Notification.next_at <= now,
        sa.or_(Notification.lease_until.is_(None), Notification.lease_until < now),
    )
    due = due.order_by(Notification.next_at, Notification.id).limit(limit).with_for_update(skip_locked=True)
    claimed = (
        sa.update(Notification)
        .where(Notification.id.in_(due.scalar_subquery()))
        .values(push_state=SENDING, attempts=Notification.attempts + 1, lease_until=now + LEASE)
        .returning(Notification)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return session.scalars(claimed).all()


def close(row: Notification, state: str, *, now: dt.datetime, error: str | None = None) -> None:
    """Give a push its final, named state. A final state is never changed."""
    if row.push_state in FINAL:
        return
    row.push_state, row.lease_until, row.last_error = state, None, error
    row.pushed_at = now


def try_later(row: Notification, *, now: dt.datetime, error: str, wait: dt.timedelta | None = None) -> None:
    """Back off (4, 8, 16 … seconds, at most 10 minutes); after the last attempt the push has failed, and staff see it."""
    if row.attempts >= MAX_ATTEMPTS:
        close(row, FAILED, now=now, error=error)
        return
    row.push_state, row.lease_until, row.last_error = PENDING, None, error
    row.next_at = now + (wait or dt.timedelta(seconds=min(2 ** (row.attempts + 1), 600)))


def without_channel(row: Notification, *, now: dt.datetime, has_openid: bool) -> None:
    """Nobody to push to, or no consent: the inbox entry is the notice."""
    close(row, NO_CONSENT if has_openid else NO_CHANNEL, now=now)


def add_consents(session: Session, account_id: str, template_ids: Iterable[str], *, now: dt.datetime) -> None:
    """One accepted tap is one message of that template."""
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    for template_id in template_ids:
        statement = insert(SubscriptionCredit).values(
            account_id=account_id, template_id=template_id, remaining=1, updated_at=now
        )
        more = sa.case((SubscriptionCredit.remaining < MAX_CREDIT, SubscriptionCredit.remaining + 1), else_=MAX_CREDIT)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["account_id", "template_id"], set_={"remaining": more, "updated_at": now}
            )
        )


def close_all(
    session: Session, notification_ids: Sequence[str], state: str, *, now: dt.datetime, error: str | None = None
) -> None:
    """:func:`close` for many pushes that ended alike, in one statement."""
    statement = sa.update(Notification).where(
        Notification.id.in_(notification_ids), Notification.push_state.not_in(FINAL)
    )
    values = {"push_state": state, "lease_until": None, "last_error": error, "pushed_at": now}
    session.execute(statement.values(**values).execution_options(synchronize_session=False))


def use_consents(
    session: Session, wanted: Mapping[tuple[str, str], int], *, now: dt.datetime
) -> dict[tuple[str, str], int]:
    """Take up to so many consents per (account, template); how many there were.

    Locked in one order, so that two workers with the same people never wait for each other.
    """
    if not wanted:
        return {}
    key = sa.tuple_(SubscriptionCredit.account_id, SubscriptionCredit.template_id)
    held = session.execute(
        sa.select(SubscriptionCredit.account_id, SubscriptionCredit.template_id, SubscriptionCredit.remaining)
        .where(key.in_(sorted(wanted)), SubscriptionCredit.remaining > 0)
        .order_by(SubscriptionCredit.account_id, SubscriptionCredit.template_id)
        .with_for_update()
    ).all()
    taken = {(account, template): min(wanted[account, template], left) for account, template, left in held}
    changes = [
        {"account": account, "template": template, "left": left - taken[account, template], "at": now}
        for account, template, left in held
    ]
    if changes:
        session.connection().execute(_LEAVE, changes)
    return taken


_LEAVE = (
    sa.update(SubscriptionCredit)
    .where(
        SubscriptionCredit.account_id == sa.bindparam("account"),
        SubscriptionCredit.template_id == sa.bindparam("template"),
    )
    .values(remaining=sa.bindparam("left"), updated_at=sa.bindparam("at"))
)


def give_back_consent(session: Session, account_id: str, template_id: str, *, now: dt.datetime) -> None:
    """The message did not go out, so the consent is not used up."""
    add_consents(session, account_id, [template_id], now=now)


def mark_read(session: Session, account_id: str, notification_ids: Sequence[str] | None, *, now: dt.datetime) -> int:
    """Mark own notifications read, all of them when no ids are given; returns how many changed."""
    statement = sa.update(Notification).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    if notification_ids is not None:
        statement = statement.where(Notification.id.in_(notification_ids))
    result = session.execute(statement.values(read_at=now).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def requeue(session: Session, notification_id: str, *, now: dt.datetime) -> Notification:
    """Try a failed, refused or unknown push again.

    :raises NotFound: when there is no such push.
    """
    row = session.get(Notification, notification_id)
    if row is None or row.push_state not in FINAL:
        raise NotFound(f"没有编号为 {notification_id} 的已结束推送。")
    row.push_state, row.attempts, row.next_at, row.lease_until = PENDING, 0, now, None
    row.consent_taken = False
    return row
