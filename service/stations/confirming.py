"""Saying "this is the person who was invited" (绑定申请): whom one may confirm, and what follows. Rulebook §9.8; ADR 0015."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import confirming
from service.accounts.desk_models import BindingRequest
from service.accounts.models import Account, GrantRow, Invitation
from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.errors import Invalid, NotFound
from service.stations import identity_notices
from service.stations.identities import with_place
from service.stations.offices import CONFIRM, within

MOST_SHOWN = 100
LONGEST_REASON = 200


class Waiting(NamedTuple):
    """``place``: what the role is for, as in :class:`service.stations.identities.Held`."""

    request: BindingRequest
    invitation: Invitation
    place: str | None


def waiting(session: Session, actor: Actor, *, now: dt.datetime) -> Sequence[Waiting]:
    """Requests of the people ``actor`` may confirm, oldest first; a handful at most."""
    rows = session.execute(with_place(_mine(actor, now), Invitation).limit(MOST_SHOWN))
    return [Waiting(row[0], row[1], row[2]) for row in rows]


def confirm(session: Session, actor: Actor, request_id: str, *, now: dt.datetime) -> GrantRow:
    """Having met or called them: the role is theirs; written down with who confirmed, told to both their phones.

    :raises NotFound: when it is not one the actor may decide.  :raises Forbidden: for one's own.
    """
    request = _request(session, actor, request_id, now)
    row = confirming.confirm(session, request.id, actor_id=str(actor.account_id), now=now)
    identity_notices.binding_decided(session, request, row, confirmed=True, now=now)
    identity_notices.bound_elsewhere(session, row, session.get_one(Account, row.account_id).phone_index, now=now)
    return row


def refuse(session: Session, actor: Actor, request_id: str, *, reason: str, now: dt.datetime) -> None:
    """It is somebody else: the invitation is dead as well, since somebody else holds its code.

    :raises NotFound: when it is not one the actor may decide.  :raises Invalid: without a reason.
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(fields={"reason": f"请写明拒绝的理由（最多 {LONGEST_REASON} 个字）。"})
    request = _request(session, actor, request_id, now)
    confirming.refuse(session, request.id, actor_id=str(actor.account_id), reason=reason.strip(), now=now)
    invitation = session.get_one(Invitation, request.invitation_id)
    identity_notices.binding_decided(session, request, invitation, confirmed=False, now=now)


def _mine(actor: Actor, now: dt.datetime) -> sa.Select[BindingRequest, Invitation]:
    return confirming.open_requests(now=now).where(within(actor, Invitation, CONFIRM, on=local_date(now)))


def _request(session: Session, actor: Actor, request_id: str, now: dt.datetime) -> BindingRequest:
    found = session.execute(_mine(actor, now).where(BindingRequest.id == request_id)).first()
    if found is None:
        raise NotFound(confirming.GONE)
    request: BindingRequest = found[0]
    return request
