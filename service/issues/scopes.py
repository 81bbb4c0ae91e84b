"""Which issues a viewer may list: the SQL twin of :func:`service.issues.case.parties_of`, held to it by a test."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import sqlalchemy as sa

from service.accounts.roles import Actor, Grant, Role
from service.errors import Forbidden
from service.issues.lifecycle import TERMINAL, Party, State
from service.issues.models import Issue, IssueAssignment, IssueFollower
from service.issues.words import Confined
from service.units.models import HandlingUnit

Clause = sa.ColumnElement[bool]


class Box(StrEnum):
    MINE = "mine"
    INBOX = "inbox"
    STATION = "station"
    UNIT = "unit"
    DISTRICT = "district"


BOX_ROLES: dict[Box, tuple[Role, ...]] = {
    Box.STATION: (Role.STATION_CLERK, Role.STATION_HEAD, Role.TOWNSHIP),
    Box.UNIT: (Role.UNIT_CLERK, Role.UNIT_LEADER),
    Box.DISTRICT: (Role.DISTRICT, Role.TOWNSHIP, Role.COMMITTEE, Role.GOVERNMENT_OFFICE),
    Box.INBOX: (
        Role.DEPUTY,
        Role.STATION_CLERK,
        Role.STATION_HEAD,
        Role.TOWNSHIP,
        Role.DISTRICT,
        Role.GOVERNMENT_OFFICE,
        Role.UNIT_CLERK,
        Role.UNIT_LEADER,
        Role.REVIEWER,
    ),
}
_OPEN = [state.value for state in State if state not in TERMINAL]


def clause(actor: Actor, box: Box) -> Clause:
    """WHERE clause of a box for this viewer.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    if box is Box.MINE:
        return _mine(actor.account_id) if actor.account_id else sa.false()
    grants = list(actor.grants_of(*BOX_ROLES[box]))
    if not grants:
        raise Forbidden("您没有查看这个列表的权限。")
    one_by_one = _INBOX if box is Box.INBOX else _SCOPE
    return sa.or_(*(one_by_one[grant.role](grant) for grant in grants))


def _mine(account_id: str) -> Clause:
    """What somebody submitted under their account, and what they joined (我也遇到)."""
    joined = sa.select(IssueFollower.issue_id).where(IssueFollower.account_id == account_id)
    return sa.or_(Issue.account_id == account_id, Issue.id.in_(joined))


def _station(grant: Grant) -> Clause:
    return sa.and_(_district(grant), Issue.station_id == grant.station_id, Issue.confined_to.is_(None))


def _township(grant: Grant) -> Clause:
    kept = sa.or_(Issue.confined_to.is_(None), Issue.confined_to != Confined.DISTRICT.value)
    return sa.and_(_district(grant), Issue.township_code == grant.township_code, kept)


def _district(grant: Grant) -> Clause:
    return Issue.district_id == grant.district_id


def _committee(grant: Grant) -> Clause:
    reviewed = Issue.state != State.CONTENT_REVIEW.value
    return sa.and_(_district(grant), Issue.confined_to.is_(None), reviewed)


def _assigned(*conditions: Clause) -> Clause:
    rows = sa.select(IssueAssignment.issue_id).join(HandlingUnit)
    return Issue.id.in_(rows.where(IssueAssignment.ended_at.is_(None), *conditions))


def _unit(grant: Grant) -> Clause:
    return sa.and_(_district(grant), _assigned(IssueAssignment.unit_id == grant.unit_id))


def _government(grant: Grant) -> Clause:
    led = _assigned(IssueAssignment.role == "lead", HandlingUnit.is_government.is_(True))
    return sa.and_(_district(grant), Issue.confined_to.is_(None), led)


def _deputy(grant: Grant) -> Clause:
    """Open issues with this deputy, handed up by them, or waiting for their word."""
    with_me = sa.and_(Issue.deputy_id == grant.deputy_id, Issue.state != State.CONTENT_REVIEW.value)
    waiting = sa.and_(
        Issue.responsible_role == Role.DEPUTY.value,
        Issue.responsible_id == grant.deputy_id,
        Issue.state != State.MERGED.value,  # shows whoever has the other issue, who need not see this one
    )
    about_me = sa.and_(Issue.about_type == "deputy", Issue.about_id == grant.deputy_id)
    mine = sa.or_(with_me, Issue.contact_deputy_id == grant.deputy_id, waiting)
    return sa.and_(_district(grant), Issue.state.in_(_OPEN), mine, sa.not_(sa.func.coalesce(about_me, sa.false())))


def _responsible(
    role: Role, holder: Callable[[Grant], str | None], scope: Callable[[Grant], Clause]
) -> Callable[[Grant], Clause]:
    def build(grant: Grant) -> Clause:
        mine = sa.and_(Issue.responsible_role == role.value, Issue.responsible_id == holder(grant))
        return sa.and_(scope(grant), mine)

    return build


def _reviewer(grant: Grant) -> Clause:
    return sa.and_(_district(grant), Issue.state == State.CONTENT_REVIEW.value)


def _clerk_inbox(grant: Grant) -> Clause:
    """A clerk's work now: what waits at the front of the station's queue."""
    return sa.and_(_station(grant), Issue.state.in_([State.PENDING_ACCEPT.value, State.UNIT_DONE.value]))


_SCOPE: dict[Role, Callable[[Grant], Clause]] = {
    Role.STATION_CLERK: _station,
    Role.STATION_HEAD: _station,
    Role.TOWNSHIP: _township,
    Role.DISTRICT: _district,
    Role.COMMITTEE: _committee,
    Role.GOVERNMENT_OFFICE: _government,
    Role.UNIT_CLERK: _unit,
    Role.UNIT_LEADER: _unit,
}


def _head_inbox(grant: Grant) -> Clause:
    own = _responsible(Role.STATION_HEAD, lambda grant: grant.station_id, _station)(grant)
    urgent = sa.and_(Issue.emergency_at.is_not(None), Issue.emergency_confirmed_at.is_(None))
    return sa.or_(own, sa.and_(_station(grant), sa.or_(urgent, Issue.state == State.PENDING_ACCEPT.value)))


_INBOX: dict[Role, Callable[[Grant], Clause]] = {
    Role.DEPUTY: _deputy,
    Role.STATION_CLERK: _clerk_inbox,
    Role.STATION_HEAD: _head_inbox,
    Role.TOWNSHIP: _responsible(Role.TOWNSHIP, lambda grant: grant.township_code, _township),
    Role.DISTRICT: _responsible(Role.DISTRICT, lambda grant: grant.district_id, _district),
    Role.GOVERNMENT_OFFICE: _government,
    Role.UNIT_CLERK: _responsible(Role.UNIT_CLERK, lambda grant: grant.unit_id, _unit),
    Role.UNIT_LEADER: _responsible(Role.UNIT_LEADER, lambda grant: grant.unit_id, _unit),
    Role.REVIEWER: _reviewer,
}


_READ_ALL = frozenset({Role.STATION_CLERK, Role.STATION_HEAD, Role.TOWNSHIP, Role.DISTRICT})


def searchable(actor: Actor, box: Box) -> sa.ColumnElement[str]:
    """The text a viewer may search is the text they may read: a search must not tell what the page hides."""
    if box is Box.MINE:
        return sa.case((Issue.account_id == actor.account_id, Issue.content), else_=sa.literal(""))
    full = all(grant.role in _READ_ALL for grant in actor.grants_of(*BOX_ROLES[box]))
    return Issue.content.expression if full else Issue.redacted.expression


_PARTY_IN_BOX: dict[Role, Party] = {
    Role.DEPUTY: Party.DEPUTY,
    Role.STATION_CLERK: Party.CLERK,
    Role.STATION_HEAD: Party.HEAD,
    Role.TOWNSHIP: Party.TOWNSHIP,
    Role.DISTRICT: Party.DISTRICT,
    Role.COMMITTEE: Party.COMMITTEE,
    Role.GOVERNMENT_OFFICE: Party.GOVERNMENT,
    Role.UNIT_CLERK: Party.UNIT,
    Role.UNIT_LEADER: Party.UNIT_LEADER,
    Role.REVIEWER: Party.REVIEWER,
}


def parties_in(actor: Actor, box: Box, issue: Issue) -> frozenset[Party]:
    """As what a viewer sees a line of a list, without a query per row: the least of the roles that bring it there.

    Somebody who is clerk at one station and committee member sees full text only of that station's issues.
    """
    if box is Box.MINE:
        return frozenset({Party.OWNER if issue.account_id == actor.account_id else Party.FOLLOWER})
    grants = [grant for grant in actor.grants_of(*BOX_ROLES[box]) if grant.district_id == issue.district_id]
    return frozenset(_PARTY_IN_BOX[grant.role] for grant in grants if _covers(grant, issue))


def _covers(grant: Grant, issue: Issue) -> bool:
    if grant.role in (Role.STATION_CLERK, Role.STATION_HEAD):
        return grant.station_id == issue.station_id and issue.confined_to is None
    if grant.role is Role.TOWNSHIP:
        return grant.township_code == issue.township_code and issue.confined_to != Confined.DISTRICT
    if grant.role is Role.DEPUTY:
        return grant.deputy_id == issue.deputy_id
    if grant.role is Role.REVIEWER:
        return issue.state in (State.CONTENT_REVIEW, State.CONTENT_REJECTED)
    if grant.role in (Role.UNIT_CLERK, Role.UNIT_LEADER):
        return grant.unit_id == issue.unit_id
    return True
