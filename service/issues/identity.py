"""Looking behind the mask: with a reason, a log row, and a line the resident can see (rulebook §0.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.db import is_sqlite
from service.errors import Forbidden, Invalid, NotFound
from service.events import Event
from service.ids import new_id
from service.issues.case import load_case, parties_of
from service.issues.insight import insight
from service.issues.labels import label_of
from service.issues.lifecycle import Party
from service.issues.models import IdentityReveal, IssueView
from service.masking import SHORTEST_REASON
from service.outbox import actions as outbox


def reveal(session: Session, issue_id: str, *, actor: Actor, reason: str, now: dt.datetime) -> dict[str, str | None]:
    """Name and phone in full.

    :raises NotFound: not the viewer's issue. :raises Forbidden: the resident did not choose that this office may know.
    :raises Invalid: without a real reason.
    """
    case = load_case(session, issue_id, now=now)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    if not insight(parties, case.issue).may_reveal or actor.account_id is None:
        raise Forbidden("群众没有同意向您这里提供身份信息。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(
            fields={"reason": f"请写明查看身份的理由（至少 {SHORTEST_REASON} 个字），群众可以看到有人查看过。"}
        )
    party = sorted(parties - {Party.OWNER, Party.DECIDER, Party.STAND_IN})[0]
    label = label_of(session, case.issue, party)
    row = IdentityReveal(issue_id=issue_id, account_id=actor.account_id, role=label.text, reason=reason.strip(), at=now)
    session.add(row)
    payload = {"issue_id": issue_id, "by": label.text}
    outbox.record(session, Event.IDENTITY_REVEALED, payload, district_id=case.issue.district_id, now=now)
    return {"name": case.issue.contact_name, "phone": case.issue.contact_phone}


def reveals(session: Session, issue_id: str) -> Sequence[IdentityReveal]:
    return session.scalars(
        sa.select(IdentityReveal).where(IdentityReveal.issue_id == issue_id).order_by(IdentityReveal.at)
    ).all()


def note_view(session: Session, issue_id: str, *, actor: Actor, role: str, now: dt.datetime) -> None:
    """Remember that somebody in office opened the issue, once a day (viewing trail)."""
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    values = {
        "id": new_id(),
        "issue_id": issue_id,
        "account_id": actor.account_id,
        "role": role,
        "on_date": local_date(now),
        "at": now,
    }
    session.execute(insert(IssueView).values(**values).on_conflict_do_nothing())
