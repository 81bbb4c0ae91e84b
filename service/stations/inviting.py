"""Inviting deputies and staff (邀请绑定): by those who may end the same work identity, for places of their own. Rulebook §9.8."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import binding, trail
from service.accounts.models import Invitation
from service.accounts.roles import Actor, Grant, Role
from service.calendar.workdays import local_date
from service.deputies.models import Deputy
from service.errors import Forbidden, Invalid, NotFound
from service.ids import clean_code, token_digest
from service.stations.models import Station
from service.stations.offices import END, within
from service.territory.models import Division
from service.units.models import HandlingUnit

NOT_YOURS = "您不能邀请这个角色，或者这个地方不归您管理。请联系区人大代表工委或系统管理员。"
NO_PLACE = "没有找到，请从列表中选择。"
GONE = "没有找到这份邀请，可能已经使用、取消或过期。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody invites; exactly the place the role asks for (``SCOPE_FIELD``) is set."""

    role: Role
    person_name: str
    phone: str
    township_code: str | None = None
    station_id: str | None = None
    unit_id: str | None = None
    deputy_id: str | None = None


def invite(session: Session, actor: Actor, wanted: Wanted, *, now: dt.datetime) -> tuple[Invitation, str]:
    """The invitation and its code, shown once. An earlier open one for the same phone and place is worthless then.

    :raises Forbidden: for a role or a place that is not in the actor's hands.
    :raises Invalid: for a place that does not exist, is missing or too many, and for what is no mobile number.
    """
    keepers = list(actor.grants_of(*END.get(wanted.role, ())))
    if not keepers:
        raise Forbidden(NOT_YOURS)
    place = (wanted.township_code, wanted.station_id, wanted.unit_id, wanted.deputy_id)
    grant = Grant(wanted.role, _district(session, wanted) or keepers[0].district_id, *place)
    _end_earlier(session, grant, wanted.phone, now)
    code = binding.invite(session, grant, person_name=wanted.person_name.strip(), phone=wanted.phone, now=now)
    row = session.scalars(sa.select(Invitation).filter_by(code_digest=token_digest(clean_code(code)))).one()
    mine = within(actor, Invitation, END, on=local_date(now))
    if session.scalar(sa.select(Invitation.id).where(Invitation.id == row.id, mine)) is None:
        raise Forbidden(NOT_YOURS)
    _note(session, trail.Access.INVITED, row, actor, now)
    return row, code


def open_invitations(actor: Actor, *, now: dt.datetime) -> sa.Select[Invitation]:
    """Those that wait for their person, of the roles and places one may end."""
    mine = within(actor, Invitation, END, on=local_date(now))
    waiting = (Invitation.used_at.is_(None), Invitation.expires_at > now)
    return sa.select(Invitation).where(mine, *waiting).order_by(Invitation.id)


def cancel(session: Session, actor: Actor, invitation_id: str, *, now: dt.datetime) -> None:
    """Its code opens nothing any more.

    :raises NotFound: for one that is not open, or not in the actor's hands.
    """
    row = session.scalar(open_invitations(actor, now=now).where(Invitation.id == invitation_id).with_for_update())
    if row is None:
        raise NotFound(GONE)
    row.expires_at = now
    _note(session, trail.Access.UNINVITED, row, actor, now)


def _note(session: Session, kind: trail.Access, row: Invitation, actor: Actor, now: dt.datetime) -> None:
    data = {"role": row.role}
    trail.record(
        session, kind, now=now, account_id=None, actor_id=actor.account_id, district_id=row.district_id, data=data
    )


def _district(session: Session, wanted: Wanted) -> str | None:
    """The district of the place, None for a role of the whole district.

    :raises Invalid: naming the place that does not exist.
    """
    for name, found, key in (
        ("township_code", Division.district_id, Division.code == wanted.township_code),
        ("station_id", Station.district_id, Station.id == wanted.station_id),
        ("unit_id", HandlingUnit.district_id, HandlingUnit.id == wanted.unit_id),
        ("deputy_id", Deputy.district_id, Deputy.id == wanted.deputy_id),
    ):
        if getattr(wanted, name) is not None:
            district_id: str | None = session.scalar(sa.select(found).where(key))
            if district_id is None:
                raise Invalid(fields={name: NO_PLACE})
            return district_id
    return None


def _end_earlier(session: Session, grant: Grant, phone: str, now: dt.datetime) -> None:
    same = sa.update(Invitation).where(
        Invitation.phone_index == binding.phone_index(phone),
        Invitation.role == grant.role.value,
        Invitation.district_id == grant.district_id,
        *(
            getattr(Invitation, name).is_not_distinct_from(getattr(grant, name))
            for name in ("township_code", "station_id", "unit_id", "deputy_id")
        ),
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
    session.execute(same.values(expires_at=now).execution_options(synchronize_session=False))
