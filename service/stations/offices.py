"""Whose work identity one may confirm or end: by role and by place, as SQL conditions. Rulebook §9.8, §11; ADR 0015."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from service.accounts.models import GrantRow, Invitation
from service.accounts.roles import Actor, Grant, Role
from service.stations.models import RosterEntry, Station

Table = type[GrantRow] | type[Invitation]
Authority = Mapping[Role, tuple[Role, ...]]

_STAFF: dict[Role, tuple[Role, ...]] = {
    Role.STATION_CLERK: (Role.STATION_HEAD, Role.TOWNSHIP, Role.DISTRICT),
    Role.STATION_HEAD: (Role.TOWNSHIP, Role.DISTRICT),
    Role.TOWNSHIP: (Role.DISTRICT,),
    Role.UNIT_CLERK: (Role.UNIT_LEADER, Role.DISTRICT),
    Role.UNIT_LEADER: (Role.DISTRICT,),
    Role.GOVERNMENT_OFFICE: (Role.DISTRICT,),
    Role.REVIEWER: (Role.DISTRICT,),
    Role.COMMITTEE: (Role.DISTRICT,),
    Role.DISTRICT: (Role.ADMIN,),
    Role.AUDITOR: (Role.ADMIN,),
    Role.ADMIN: (Role.ADMIN,),
}
CONFIRM: Authority = _STAFF | {Role.DEPUTY: (Role.STATION_HEAD, Role.DISTRICT)}
"""Role → who may say "this is the person who was invited" (contract: the station head, for the deputies stationed there)."""

END: Authority = _STAFF | {Role.DEPUTY: (Role.DISTRICT,)}
"""Role → who may end it. A deputy's access is not in the hands of the station: only A, who registered them (§9.8)."""

KEEPERS = (Role.STATION_HEAD, Role.TOWNSHIP, Role.UNIT_LEADER, Role.DISTRICT, Role.ADMIN)


def within(actor: Actor, table: Table, authority: Authority, *, on: dt.date) -> sa.ColumnElement[bool]:
    """Rows of ``table`` over which ``actor`` has ``authority``; ``on`` counts for who is stationed where."""
    conditions = [
        sa.and_(table.role == role.value, table.district_id == grant.district_id, _place(grant, role, table, on))
        for role, keepers in authority.items()
        for grant in actor.grants_of(*keepers)
    ]
    return sa.or_(sa.false(), *conditions)


def _place(grant: Grant, role: Role, table: Table, on: dt.date) -> sa.ColumnElement[bool]:
    """Whether the keeper's ``grant`` covers the row's place; district roles cover the district."""
    if grant.role is Role.STATION_HEAD and role is Role.DEPUTY:
        here = sa.select(RosterEntry.deputy_id).where(
            RosterEntry.station_id == grant.station_id,
            RosterEntry.from_on <= on,
            sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on),
        )
        return table.deputy_id.in_(here)
    if grant.role is Role.STATION_HEAD:
        return table.station_id == grant.station_id
    if grant.role is Role.TOWNSHIP:
        return table.station_id.in_(sa.select(Station.id).where(Station.township_code == grant.township_code))
    if grant.role is Role.UNIT_LEADER:
        return table.unit_id == grant.unit_id
    return sa.true()
