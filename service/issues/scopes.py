"""Which issues a viewer may list: the SQL twin of :func:`service.issues.case.parties_of`, held to it by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import sqlalchemy as sa

from service.accounts.roles import Actor, Grant, Role
from service.db import Among
from service.errors import Forbidden
from service.issues.lifecycle import Party, State
from service.issues.lines import Listed
from service.issues.models import Issue, IssueAssignment, IssueFollower, IssueTally
from service.issues.models.issue import OPEN_ONLY, TO_PUBLISH, URGENT
from service.issues.states import PUBLISHABLE
from service.issues.words import Confined
from service.units.models import HandlingUnit

Clause = sa.ColumnElement[bool]
Ways = Callable[[Grant], list[Clause]]
Of = type[Issue] | type[IssueTally]


class Box(StrEnum):
    MINE = "mine"
    INBOX = "inbox"
    STATION = "station"
    UNIT = "unit"
    DISTRICT = "district"
    DEPUTY = "deputy"
    """All a deputy ever had that is still theirs to open, finished or not."""
    PUBLISH = "publish"


BOX_ROLES: dict[Box, tuple[Role, ...]] = {
    Box.DEPUTY: (Role.DEPUTY,),
    Box.STATION: (Role.STATION_CLERK, Role.STATION_HEAD, Role.TOWNSHIP),
    Box.UNIT: (Role.UNIT_CLERK, Role.UNIT_LEADER),
    Box.PUBLISH: (Role.REVIEWER,),
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


def clause(actor: Actor, box: Box) -> Clause:
    """WHERE clause of a box for this viewer.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    return sa.or_(*branches(actor, box))


def branches(actor: Actor, box: Box) -> list[Clause]:
    """The ways into a box, each such that one index leads to its rows in order; a row may come in by several.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    if box is Box.MINE:
        return _mine(actor.account_id) if actor.account_id else [sa.false()]
    one_by_one = _INBOX if box is Box.INBOX else _SCOPE
    return [way for grant in grants_in(actor, box) for way in one_by_one[grant.role](grant)]


def grants_in(actor: Actor, box: Box) -> list[Grant]:
    """The viewer's roles that have such a box.

    :raises Forbidden: when there is none.
    """
    grants = list(actor.grants_of(*BOX_ROLES[box]))
    if not grants:
        raise Forbidden("您没有查看这个列表的权限。")
    return grants


def owes(actor: Actor) -> tuple[tuple[str, str | None], ...]:
    """(role, holder) as an issue names whoever owes its next step, for every role of the actor."""
    return tuple((grant.role.value, holder(grant)) for grant in actor.grants if (holder := _HOLDER.get(grant.role)))


def owed_by(responsible: Iterable[tuple[str, str | None]]) -> Clause:
    """One of these owes the next step."""
    pairs = [sa.and_(Issue.responsible_role == role, Issue.responsible_id == held) for role, held in responsible]
    return sa.or_(sa.false(), *pairs)


def place(actor: Actor, box: Box) -> str | None:
    """The one station or township a box is about, None where it is about several, or the district."""
    places = {grant.station_id or grant.township_code for grant in actor.grants_of(*BOX_ROLES.get(box, ()))}
    return places.pop() if len(places) == 1 else None


def tallied(grants: Iterable[Grant]) -> Clause | None:
    """The same scopes over the counted totals, which know places but no assignments; None where they cannot say."""
    ways = [_PLACE[grant.role](grant, IssueTally) for grant in grants if grant.role in _PLACE]
    return sa.or_(*ways) if ways else None


def _mine(account_id: str) -> list[Clause]:
    """What somebody submitted under their account, and what they joined (我也遇到)."""
    joined = sa.select(IssueFollower.issue_id).where(IssueFollower.account_id == account_id)
    return [Issue.account_id == account_id, Issue.id.in_(joined)]


def _station(grant: Grant, of: Of = Issue) -> Clause:
    return sa.and_(_district(grant, of), of.station_id == grant.station_id, of.confined_to.is_(None))


def _township(grant: Grant, of: Of = Issue) -> Clause:
    kept = sa.or_(of.confined_to.is_(None), of.confined_to != Confined.DISTRICT.value)
    return sa.and_(_district(grant, of), of.township_code == grant.township_code, kept)


def _district(grant: Grant, of: Of = Issue) -> Clause:
    return of.district_id == grant.district_id


def _committee(grant: Grant, of: Of = Issue) -> Clause:
    reviewed = of.state != State.CONTENT_REVIEW.value
    return sa.and_(_district(grant, of), of.confined_to.is_(None), reviewed)


_ASSIGNED = sa.select(IssueAssignment.issue_id).where(IssueAssignment.ended_at.is_(None))


def _unit(grant: Grant) -> Clause:
    return sa.and_(_district(grant), Issue.id.in_(_ASSIGNED.where(IssueAssignment.unit_id == grant.unit_id)))


def _of_unit(grant: Grant) -> Clause:
    return sa.and_(_district(grant), Among(Issue.id, _ASSIGNED.where(IssueAssignment.unit_id == grant.unit_id)))


def _government(grant: Grant) -> Clause:
    led = _ASSIGNED.join(HandlingUnit).where(IssueAssignment.role == "lead", HandlingUnit.is_government.is_(True))
    return sa.and_(_district(grant), Issue.confined_to.is_(None), Issue.id.in_(led))


def _deputy(grant: Grant) -> list[Clause]:
    """Open issues with this deputy, handed up by them, or waiting for their word."""
    return [sa.and_(sa.text(OPEN_ONLY), way) for way in _deputy_ever(grant)]


def _deputy_ever(grant: Grant) -> list[Clause]:
    with_me = sa.and_(Issue.deputy_id == grant.deputy_id, Issue.state != State.CONTENT_REVIEW.value)
    waiting = sa.and_(
        Issue.responsible_role == Role.DEPUTY.value,
        Issue.responsible_id == grant.deputy_id,
        Issue.state != State.MERGED.value,  # shows whoever has the other issue, who need not see this one
    )
    about_me = sa.and_(Issue.about_type == "deputy", Issue.about_id == grant.deputy_id)
    mine = (with_me, Issue.contact_deputy_id == grant.deputy_id, waiting)
    kept = sa.and_(_district(grant), sa.not_(sa.func.coalesce(about_me, sa.false())))
    return [sa.and_(kept, way) for way in mine]


def _one_way(scope: Callable[[Grant], Clause]) -> Ways:
    return lambda grant: [scope(grant)]


def _responsible(role: Role, holder: Callable[[Grant], str | None], scope: Callable[[Grant], Clause]) -> Ways:
    def build(grant: Grant) -> list[Clause]:
        mine = sa.and_(Issue.responsible_role == role.value, Issue.responsible_id == holder(grant))
        return [sa.and_(scope(grant), mine)]

    return build


def _reviewer(grant: Grant) -> Clause:
    return sa.and_(_district(grant), Issue.state == State.CONTENT_REVIEW.value)


def _to_publish(grant: Grant) -> Clause:
    """What residents consent to publish and the reviewer has not decided about."""
    states = Issue.state.in_([state.value for state in PUBLISHABLE])
    return sa.and_(_district(grant), sa.text(TO_PUBLISH), states)


def _clerk_inbox(grant: Grant) -> list[Clause]:
    """A clerk's work now: what waits at the front of the station's queue."""
    return [sa.and_(_station(grant), _is(state)) for state in (State.PENDING_ACCEPT, State.UNIT_DONE)]


def _is(state: State) -> Clause:
    """A state that is always asked for stands in the statement itself: its plan is then kept, not made for each page."""
    return Issue.state == sa.literal_column(f"'{state.value}'")


def _head_inbox(grant: Grant) -> list[Clause]:
    own = _responsible(Role.STATION_HEAD, lambda grant: grant.station_id, _station)(grant)
    waiting = (sa.text(URGENT), _is(State.PENDING_ACCEPT))
    return [*own, *(sa.and_(_station(grant), way) for way in waiting)]


_HOLDER: dict[Role, Callable[[Grant], str | None]] = {
    Role.DEPUTY: lambda grant: grant.deputy_id,
    Role.STATION_CLERK: lambda grant: grant.station_id,
    Role.STATION_HEAD: lambda grant: grant.station_id,
    Role.TOWNSHIP: lambda grant: grant.township_code,
    Role.DISTRICT: lambda grant: grant.district_id,
    Role.UNIT_CLERK: lambda grant: grant.unit_id,
    Role.UNIT_LEADER: lambda grant: grant.unit_id,
    Role.REVIEWER: lambda grant: grant.district_id,
}

_PLACE: dict[Role, Callable[[Grant, Of], Clause]] = {
    Role.STATION_CLERK: _station,
    Role.STATION_HEAD: _station,
    Role.TOWNSHIP: _township,
    Role.DISTRICT: _district,
    Role.COMMITTEE: _committee,
}

_SCOPE: dict[Role, Ways] = {
    Role.DEPUTY: _deputy_ever,
    Role.STATION_CLERK: _one_way(_station),
    Role.STATION_HEAD: _one_way(_station),
    Role.TOWNSHIP: _one_way(_township),
    Role.DISTRICT: _one_way(_district),
    Role.COMMITTEE: _one_way(_committee),
    Role.GOVERNMENT_OFFICE: _one_way(_government),
    Role.UNIT_CLERK: _one_way(_of_unit),
    Role.UNIT_LEADER: _one_way(_of_unit),
    Role.REVIEWER: _one_way(_to_publish),
}

_INBOX: dict[Role, Ways] = {
    Role.DEPUTY: _deputy,
    Role.STATION_CLERK: _clerk_inbox,
    Role.STATION_HEAD: _head_inbox,
    Role.TOWNSHIP: _responsible(Role.TOWNSHIP, lambda grant: grant.township_code, _township),
    Role.DISTRICT: _responsible(Role.DISTRICT, lambda grant: grant.district_id, _district),
    Role.GOVERNMENT_OFFICE: _one_way(_government),
    Role.UNIT_CLERK: _responsible(Role.UNIT_CLERK, lambda grant: grant.unit_id, _unit),
    Role.UNIT_LEADER: _responsible(Role.UNIT_LEADER, lambda grant: grant.unit_id, _unit),
    Role.REVIEWER: _one_way(_reviewer),
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


def parties_in(actor: Actor, box: Box, issue: Listed) -> frozenset[Party]:
    """As what a viewer sees a line of a list, without a query per row: the least of the roles that bring it there.

    Somebody who is clerk at one station and committee member sees full text only of that station's issues.
    """
    if box is Box.MINE:
        return frozenset({Party.OWNER if issue.account_id == actor.account_id else Party.FOLLOWER})
    if box is Box.PUBLISH:
        return frozenset({Party.REVIEWER})
    grants = [grant for grant in actor.grants_of(*BOX_ROLES[box]) if grant.district_id == issue.district_id]
    return frozenset(_PARTY_IN_BOX[grant.role] for grant in grants if _covers(grant, issue))


def _covers(grant: Grant, issue: Listed) -> bool:
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
