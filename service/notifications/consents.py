"""The ledger of consents: what people agreed to be sent, what was reserved, spent, given back or refused.

A consent for a one-time template (一次性订阅) is one message; for a long-term one (长期订阅) it holds until it is refused.
``subscription_credits`` is the running balance; every function here changes both together, and :func:`recomputed` adds
the ledger up again. None of these commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.db import is_sqlite
from service.notifications.models import (
    CREDITS,
    DELIVERED,
    ENTRIES,
    GIVEN_BACK,
    GRANTED,
    NOTIFICATIONS,
    PENDING,
    RESERVED,
    SENT,
    SPENT,
    WITHDRAWN,
    ConsentEntry,
    Notification,
    SubscriptionCredit,
)
from service.notifications.sharing import Held
from service.notifications.templates import Channel
from service.rows import among

CLIENT, EVENT, DELIVERY, WECHAT = "client", "event", "delivery", "wechat"
_OTHER = {CLIENT: EVENT, EVENT: CLIENT}


def popup(session: Session, *, account_id: str, answers: Mapping[str, bool], now: dt.datetime) -> None:
    """WeChat reports what was tapped in the window that asks (``subscribe_msg_popup_event``): template → agreed?"""
    _answered(session, account_id, answers, EVENT, now)


def reported(session: Session, *, account_id: str, answers: Mapping[str, bool], now: dt.datetime) -> None:
    """The client reports the same (``POST /subscriptions``).

    One tap is told twice, by the client and by WeChat, in any order, and either report may get lost. So of an account, a
    template and a day in China, as many consents count as the side that reported more of them says. A day, because no
    exact time of a tap may be kept (ADR 0004); where the two reports lie on either side of midnight one is counted too
    many, which WeChat's refusal corrects (43101).
    """
    _answered(session, account_id, answers, CLIENT, now)


def changed(session: Session, *, account_id: str, answers: Mapping[str, bool], now: dt.datetime) -> None:
    """Templates switched off or on in WeChat's settings (``subscribe_msg_change_event``).

    Off: WeChat refuses whatever was agreed to before. On is noted; a one-time consent comes from the next tap.
    """
    off = [template_id for template_id, on in answers.items() if not on]
    take_away(session, [(account_id, template_id) for template_id in off], source=EVENT, now=now)
    for template_id in (template_id for template_id, on in answers.items() if on):
        session.add(_entry(account_id, template_id, GRANTED, 0, EVENT, now))


def sent(session: Session, *, msgid: str, template_id: str | None, error: str, now: dt.datetime) -> bool:
    """WeChat's report of one message (``subscribe_msg_sent_event``): it arrived, or why not. False: no such id (yet).

    One that did not arrive goes on to the next channel; its consent is spent. ``template_id`` None: a report of the
    official account about a template message (``TEMPLATESENDJOBFINISH``), whose ids are its own.
    """
    mine = Notification.channel == Channel.OFFICIAL if template_id is None else Notification.template_id == template_id
    statement = sa.select(Notification).where(
        Notification.msgid == msgid, mine, Notification.push_state.in_([SENT, DELIVERED])
    )
    row = session.scalar(statement.with_for_update())
    if row is None:
        return False
    if not error:
        row.push_state = DELIVERED
        return True
    row.push_state, row.next_at, row.msgid = PENDING, now, None
    row.last_error = f"reported {error}"
    row.tried = ",".join(filter(None, [row.tried, row.channel]))
    row.consent_taken = False
    return True


def _answered(session: Session, account_id: str, answers: Mapping[str, bool], source: str, now: dt.datetime) -> None:
    agreed = [template_id for template_id, yes in answers.items() if yes]
    counts = _counts_of_day(session, account_id, agreed, now)
    new = []
    for template_id, yes in answers.items():
        told, other = counts.get((template_id, source), 0), counts.get((template_id, _OTHER[source]), 0)
        counted = yes and told >= other
        session.add(_entry(account_id, template_id, GRANTED if yes else WITHDRAWN, int(counted), source, now))
        if counted:
            new.append(template_id)
    _add(session, account_id, new)


def _counts_of_day(
    session: Session, account_id: str, template_ids: Sequence[str], now: dt.datetime
) -> dict[tuple[str, str], int]:
    if not template_ids:
        return {}
    statement = (
        sa.select(ConsentEntry.template_id, ConsentEntry.source, sa.func.count())
        .where(
            ConsentEntry.account_id == account_id,
            ConsentEntry.template_id.in_(template_ids),
            ConsentEntry.on_day == local_date(now),
            ConsentEntry.state == GRANTED,
        )
        .group_by(ConsentEntry.template_id, ConsentEntry.source)
    )
    return {(template_id, source): count for template_id, source, count in session.execute(statement)}


def _entry(account_id: str, template_id: str, state: str, change: int, source: str, now: dt.datetime) -> ConsentEntry:
    return ConsentEntry(
        account_id=account_id,
        template_id=template_id,
        state=state,
        change=change,
        source=source,
        on_day=local_date(now),
    )


def _add(session: Session, account_id: str, template_ids: Iterable[str]) -> None:
    rows = [
        {"account_id": account_id, "template_id": template_id, "remaining": 1} for template_id in sorted(template_ids)
    ]
    if not rows:
        return
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    statement = insert(SubscriptionCredit).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "template_id"],
            set_={"remaining": SubscriptionCredit.remaining + statement.excluded.remaining},
        )
    )


def take_away(session: Session, held: Iterable[Held], *, source: str, now: dt.datetime) -> None:
    """WeChat says that there is no consent (any more): the balances are none, and the ledger says why."""
    keys = sorted(set(held))
    if not keys:
        return
    which = sa.tuple_(SubscriptionCredit.account_id, SubscriptionCredit.template_id).in_(keys)
    locked = session.execute(
        sa.select(SubscriptionCredit.account_id, SubscriptionCredit.template_id, SubscriptionCredit.remaining)
        .where(which)
        .order_by(SubscriptionCredit.account_id, SubscriptionCredit.template_id)
        .with_for_update()
    ).all()
    had = {(account_id, template_id): remaining for account_id, template_id, remaining in locked}
    session.add_all(_entry(*key, WITHDRAWN, -had.get(key, 0), source, now) for key in keys)
    session.execute(
        sa.update(SubscriptionCredit).where(which).values(remaining=0).execution_options(synchronize_session=False)
    )


def lock(session: Session, keys: Iterable[Held]) -> dict[Held, int]:
    """How many consents there are, locked in one order so that two workers with the same people never wait for each other."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = session.execute(
        sa.select(CREDITS.c.account_id, CREDITS.c.template_id, CREDITS.c.remaining)
        .where(
            among(session, CREDITS.c.account_id, {account_id for account_id, _ in wanted}),
            CREDITS.c.template_id.in_({template_id for _, template_id in wanted}),
            CREDITS.c.remaining > 0,
        )
        .order_by(CREDITS.c.account_id, CREDITS.c.template_id)
        .with_for_update()
    )
    return {(account_id, template_id): remaining for account_id, template_id, remaining in rows}


def reserve(session: Session, notification_ids: Sequence[str], *, now: dt.datetime) -> None:
    """Take the consents for these pushes, whose template is set; the balances were locked and suffice."""
    _note(session, notification_ids, RESERVED, -1, now)
    _shift(session, notification_ids, -1)


def spend(session: Session, notification_ids: Sequence[str], *, now: dt.datetime) -> None:
    """They were sent, or may have been: what was reserved for them is used up."""
    _note(session, notification_ids, SPENT, 0, now)


def give_back(session: Session, notification_ids: Sequence[str], *, now: dt.datetime) -> None:
    """They did not go out: what was reserved for them is free again."""
    _note(session, notification_ids, GIVEN_BACK, 1, now)
    _shift(session, notification_ids, 1)
    let_go(session, notification_ids)


def holders(session: Session, notification_ids: Sequence[str]) -> set[Held]:
    """Whose consents for which templates these pushes go by."""
    statement = sa.select(NOTIFICATIONS.c.account_id, NOTIFICATIONS.c.template_id)
    rows = session.execute(statement.where(among(session, NOTIFICATIONS.c.id, notification_ids)))
    return {(account_id, template_id) for account_id, template_id in rows if template_id is not None}


def let_go(session: Session, notification_ids: Sequence[str]) -> None:
    """They hold no consent any more; the ledger has said why."""
    statement = sa.update(NOTIFICATIONS).where(among(session, NOTIFICATIONS.c.id, notification_ids))
    session.execute(statement.values(consent_taken=sa.false()))


def _note(session: Session, notification_ids: Sequence[str], state: str, change: int, now: dt.datetime) -> None:
    """A line of the ledger for each push that holds a consent, written by the database from the pushes."""
    chance = sa.func.lower(sa.func.hex(sa.func.randomblob(16)))
    if not is_sqlite(session):
        chance = sa.func.replace(sa.cast(sa.func.gen_random_uuid(), sa.String), "-", "")
    lines = sa.select(
        chance,
        NOTIFICATIONS.c.account_id,
        NOTIFICATIONS.c.template_id,
        sa.literal(state),
        sa.literal(change),
        sa.literal(DELIVERY),
        NOTIFICATIONS.c.id,
        sa.literal(local_date(now), sa.Date),
    ).where(among(session, NOTIFICATIONS.c.id, notification_ids), NOTIFICATIONS.c.consent_taken)
    columns = ["id", "account_id", "template_id", "state", "change", "source", "notification_id", "on_day"]
    session.execute(sa.insert(ENTRIES).from_select(columns, lines))


def _shift(session: Session, notification_ids: Sequence[str], by: int) -> None:
    """Move the balances by what these pushes hold."""
    held = (
        sa.select(NOTIFICATIONS.c.account_id, NOTIFICATIONS.c.template_id, sa.func.count().label("pushes"))
        .where(among(session, NOTIFICATIONS.c.id, notification_ids), NOTIFICATIONS.c.consent_taken)
        .group_by(NOTIFICATIONS.c.account_id, NOTIFICATIONS.c.template_id)
        .subquery()
    )
    statement = sa.update(CREDITS).where(
        CREDITS.c.account_id == held.c.account_id, CREDITS.c.template_id == held.c.template_id
    )
    session.execute(statement.values(remaining=CREDITS.c.remaining + by * held.c.pushes))


def balances(session: Session, account_id: str) -> dict[str, int]:
    """Template → messages left."""
    statement = sa.select(SubscriptionCredit.template_id, SubscriptionCredit.remaining)
    rows = session.execute(statement.where(SubscriptionCredit.account_id == account_id))
    return {row[0]: row[1] for row in rows}


def recomputed(session: Session) -> dict[Held, int]:
    """The balances as the ledger has them, for checking."""
    statement = sa.select(ConsentEntry.account_id, ConsentEntry.template_id, sa.func.sum(ConsentEntry.change))
    rows = session.execute(statement.group_by(ConsentEntry.account_id, ConsentEntry.template_id))
    return {(account_id, template_id): int(total) for account_id, template_id, total in rows}


def forget_account(session: Session, account_id: str) -> None:
    """An erased account agreed to nothing (PIPL Art. 47): nobody can be sent anything either."""
    for model in (ConsentEntry, SubscriptionCredit):
        session.execute(sa.delete(model).where(model.account_id == account_id))
