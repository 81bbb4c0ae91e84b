"""Work identities (工作身份) in one's hands: whose they are, ending them, and their desk's set-up code. Rulebook §9.8, §11."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import enrolment, leaving
from service.accounts.models import Account, GrantRow, Invitation
from service.accounts.roles import Actor, Role
from service.calendar.workdays import local_date
from service.deputies.models import Deputy
from service.errors import Forbidden, NotFound
from service.stations import identity_notices
from service.stations.models import Station
from service.stations.offices import END, within
from service.territory.models import Division
from service.units.models import HandlingUnit

NO_GRANT = "没有找到这个身份，可能已经解除。"
MORE_THAN_YOURS = "这个账号还有不归您管理的工作身份，不能由您发放设置码。请联系系统管理员。"
OFFICES = (Role.DISTRICT, Role.ADMIN)
"""Who hands out set-up codes: whoever holds one could sign in as that person, so no station's staff."""


class Held(NamedTuple):
    """``place``: the name of the station, unit, township or deputy the role is bound to; None for the whole district."""

    grant: GrantRow
    account: Account
    place: str | None


_PLACE = sa.func.coalesce(Station.name, HandlingUnit.name, Deputy.name, Division.name)


def with_place(
    wanted: sa.Select[*tuple[Any, ...]], table: type[GrantRow] | type[Invitation]
) -> sa.Select[*tuple[Any, ...]]:
    """The same rows, each with the name of the station, unit, deputy or township its role is for; None: the district."""
    return (
        wanted.add_columns(_PLACE)
        .outerjoin(Station, Station.id == table.station_id)
        .outerjoin(HandlingUnit, HandlingUnit.id == table.unit_id)
        .outerjoin(Deputy, Deputy.id == table.deputy_id)
        .outerjoin(Division, Division.code == table.township_code)
    )


def held(
    session: Session,
    actor: Actor,
    *,
    role: Role | None = None,
    q: str | None = None,
    after: str | None = None,
    limit: int,
    now: dt.datetime,
) -> Sequence[Held]:
    """Those the actor may end, in one statement; ``after``: the id of the last one shown. ``q``: a part of the place's or
    the deputy's name; the holders' own names are encrypted and cannot be searched."""
    held = sa.select(GrantRow, Account).join(Account, Account.id == GrantRow.account_id)
    wanted = with_place(held, GrantRow).where(*_mine(actor, now))
    if role is not None:
        wanted = wanted.where(GrantRow.role == role.value)
    if q:
        wanted = wanted.where(_PLACE.contains(q, autoescape=True))
    if after is not None:
        wanted = wanted.where(GrantRow.id > after)
    return [Held(row[0], row[1], row[2]) for row in session.execute(wanted.order_by(GrantRow.id).limit(limit))]


def _mine(actor: Actor, now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return GrantRow.revoked_at.is_(None), within(actor, GrantRow, END, on=local_date(now))


def own_grant(session: Session, actor: Actor, grant_id: str, *, now: dt.datetime) -> GrantRow:
    """:raises NotFound: when it has ended, or is not in the actor's hands."""
    found = session.scalar(sa.select(GrantRow).where(GrantRow.id == grant_id, *_mine(actor, now)))
    if found is None:
        raise NotFound(NO_GRANT)
    return found


def end(session: Session, actor: Actor, grant_id: str, *, reason: str, now: dt.datetime) -> GrantRow:
    """Staff leaves: disabled the same day; told to the person and written down.

    :raises NotFound: as :func:`own_grant`.
    """
    found = own_grant(session, actor, grant_id, now=now)
    row = leaving.end_grant(session, found.id, actor_id=actor.account_id, reason=reason, now=now)
    identity_notices.grant_ended(session, row, by_self=False, now=now)
    return row


def issue_setup(session: Session, actor: Actor, grant_id: str, *, reset: bool, now: dt.datetime) -> str:
    """The set-up code of the account that holds the role, shown once.

    :raises NotFound: as :func:`own_grant`; only the offices of :data:`OFFICES` count.
    :raises Forbidden: when the account holds another role that is not in the actor's hands: it would be theirs too.
    """
    office = Actor(actor.account_id, tuple(actor.grants_of(*OFFICES)))
    row = own_grant(session, office, grant_id, now=now)
    of_account = sa.select(sa.func.count()).where(GrantRow.account_id == row.account_id, GrantRow.revoked_at.is_(None))
    if session.scalar(of_account) != session.scalar(of_account.where(*_mine(office, now))):
        raise Forbidden(MORE_THAN_YOURS)
    return enrolment.issue_setup(session, row.account_id, reset=reset, actor_id=actor.account_id, now=now)
