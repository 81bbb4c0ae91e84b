"""The public face of whoever acts: an office, a deputy's name, "群众"; never a resident's or clerk's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.accounts.roles import ROLE_TITLES, Role
from service.deputies.models import Deputy
from service.issues.lifecycle import Party
from service.issues.models import Issue
from service.issues.words import Confined
from service.stations.models import Station
from service.territory.models import Division
from service.units.models import HandlingUnit

Named = Station | Deputy | Division | HandlingUnit


@dataclass(frozen=True, slots=True)
class Label:
    role: str
    text: str


ROLE_OF = {
    Party.OWNER: Role.RESIDENT,
    Party.FOLLOWER: Role.RESIDENT,
    Party.DEPUTY: Role.DEPUTY,
    Party.CLERK: Role.STATION_CLERK,
    Party.HEAD: Role.STATION_HEAD,
    Party.STAND_IN: Role.STATION_HEAD,
    Party.TOWNSHIP: Role.TOWNSHIP,
    Party.DISTRICT: Role.DISTRICT,
    Party.GOVERNMENT: Role.GOVERNMENT_OFFICE,
    Party.UNIT: Role.UNIT_CLERK,
    Party.UNIT_LEADER: Role.UNIT_LEADER,
    Party.REVIEWER: Role.REVIEWER,
    Party.COMMITTEE: Role.COMMITTEE,
    Party.CO_UNIT: Role.UNIT_CLERK,
}


def label_of(session: Session, issue: Issue, party: Party, *, unit_id: str | None = None) -> Label:
    """Role and words for the history line of someone acting as ``party``; ``unit_id``: the co-unit they act for."""
    if party is Party.DECIDER:
        return _of_role(session, issue, issue.responsible_role or Role.TOWNSHIP, issue.responsible_id)
    if party is Party.RAISED:
        raised_to = Role.DISTRICT if issue.confined_to == Confined.DISTRICT else Role.TOWNSHIP
        return _of_role(session, issue, raised_to, None)
    role = ROLE_OF[party]
    if party is Party.STAND_IN:
        return Label(role.value, f"{_name(session, Station, issue.station_id)}站长（由站代答）")
    holder = {
        Role.DEPUTY: issue.deputy_id,
        Role.STATION_CLERK: issue.station_id,
        Role.STATION_HEAD: issue.station_id,
        Role.TOWNSHIP: issue.township_code,
        Role.UNIT_CLERK: unit_id or issue.unit_id,
        Role.UNIT_LEADER: issue.unit_id,
    }.get(role)
    return _of_role(session, issue, role, holder)


def _of_role(session: Session, issue: Issue, role: str, holder: str | None) -> Label:
    if role == Role.DEPUTY and holder:
        return Label(role, f"代表 {_name(session, Deputy, holder)}")
    if role in (Role.STATION_CLERK, Role.STATION_HEAD):
        office = _name(session, Station, issue.station_id)
        return Label(role, f"{office}{'站长' if role == Role.STATION_HEAD else '工作人员'}")
    if role == Role.TOWNSHIP:
        return Label(role, f"{_name(session, Division, issue.township_code)}人大")
    if role in (Role.UNIT_CLERK, Role.UNIT_LEADER) and holder:
        return Label(role, f"{_name(session, HandlingUnit, holder)}{'负责人' if role == Role.UNIT_LEADER else ''}")
    return Label(role, ROLE_TITLES[Role(role)])


def holder_name(session: Session, issue: Issue, role: str, holder: str | None) -> str:
    """The same words for whoever is responsible now ("谁在办")."""
    return "您（群众）" if role == Role.RESIDENT else _of_role(session, issue, role, holder).text


def _name(session: Session, table: type[Named], key: str) -> str:
    row = session.get(table, key)
    return row.name if isinstance(row, Named) else ""
