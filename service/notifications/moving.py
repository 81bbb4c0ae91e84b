"""Two accounts become one: their inboxes and consents."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.notifications.models import ConsentEntry, Notification, SubscriptionCredit


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """A notice both got stays once; consents stay with the openid they were given by, hence count up."""
    seen = sa.select(Notification.dedupe_key).where(Notification.account_id == into)
    session.execute(
        sa.delete(Notification).where(Notification.account_id == closed_id, Notification.dedupe_key.in_(seen))
    )
    session.execute(sa.update(Notification).where(Notification.account_id == closed_id).values(account_id=into))
    session.execute(sa.update(ConsentEntry).where(ConsentEntry.account_id == closed_id).values(account_id=into))
    for row in session.scalars(sa.select(SubscriptionCredit).where(SubscriptionCredit.account_id == closed_id)):
        there = session.get(SubscriptionCredit, (into, row.template_id))
        if there is None:
            row.account_id = into
        else:
            there.remaining += row.remaining
            session.delete(row)
    session.flush()
