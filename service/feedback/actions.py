"""Say something about the service itself, and answer it (rulebook §7.4: a complaint channel is mandatory)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import Conflict, NotFound
from service.feedback.models import ServiceFeedback
from service.ids import new_id

ANSWERING = (Role.DISTRICT, Role.ADMIN)


def give(
    session: Session,
    *,
    district_id: str,
    account_id: str | None,
    text: str,
    contact: str | None,
    now: dt.datetime,
) -> ServiceFeedback:
    row = ServiceFeedback(
        id=new_id(),
        district_id=district_id,
        account_id=account_id,
        text=text,
        contact=contact,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def answer(session: Session, feedback_id: str, *, text: str, actor: Actor, now: dt.datetime) -> ServiceFeedback:
    """One answer, shown to who gave the feedback.

    :raises NotFound: when it is none of the actor's districts'.
    :raises Conflict: when it was answered already.
    """
    row = session.get(ServiceFeedback, feedback_id, with_for_update=True)
    if row is None or row.district_id not in {grant.district_id for grant in actor.grants_of(*ANSWERING)}:
        raise NotFound
    if row.answered_at is not None:
        raise Conflict("这条反馈已经答复过了。")
    row.answer, row.answered_at = text, now
    session.flush()
    return row


def erase_account(session: Session, account_id: str) -> None:
    """The feedback stays, who gave it does not."""
    theirs = sa.update(ServiceFeedback).where(ServiceFeedback.account_id == account_id)
    session.execute(theirs.values(account_id=None, contact=None))


def move_account(session: Session, closed_id: str, *, into: str) -> None:
    """Two accounts become one: what one said is the other's."""
    theirs = sa.update(ServiceFeedback).where(ServiceFeedback.account_id == closed_id)
    session.execute(theirs.values(account_id=into))
