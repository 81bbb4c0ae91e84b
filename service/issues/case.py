"""An issue with everything a decision about it needs, loaded once; and what an actor is to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from service.accounts.roles import Actor, Role
from service.calendar.workdays import WorkCalendar
from service.errors import NotFound
from service.issues.deadlines import SILENT_STATES, Rules, silent_too_long
from service.issues.lifecycle import Action, Party, State
from service.issues.models import (
    IdentityReveal,
    Issue,
    IssueAssignment,
    IssueDecision,
    IssueFollower,
    IssueMessage,
    IssueRating,
)
from service.issues.states import PUBLISHABLE, UNREVIEWED
from service.issues.words import Confined
from service.parameters import queries as parameters
from service.units.models import HandlingUnit

LEAD, CO = "lead", "co"


@dataclass
class Case:
    """One issue under a transaction, with its open assignments and decision and the district's rules."""

    issue: Issue
    assignments: list[IssueAssignment]
    decision: IssueDecision | None
    lead_is_government: bool
    rules: Rules
    now: dt.datetime
    followers: frozenset[str] = field(default_factory=frozenset)
    rating: IssueRating | None = None
    """Of the latest round rated, as it was when this was loaded."""
    has_messages: bool = False
    was_revealed: bool = False

    @property
    def state(self) -> State:
        return State(self.issue.state)

    @property
    def waiting_for(self) -> Action | None:
        return Action(self.decision.action) if self.decision else None

    def assignment(self, role: str) -> IssueAssignment | None:
        return next((row for row in self.assignments if row.role == role), None)


def rules_of(session: Session, district_id: str, *, now: dt.datetime) -> Rules:
    calendar: WorkCalendar = parameters.work_calendar(session)
    return Rules(parameters.load(session, district_id, at=now), calendar)


_messages, _reveals, _ratings = (
    sa.exists().where(IssueMessage.issue_id == Issue.id).correlate_except(IssueMessage),
    sa.exists().where(IdentityReveal.issue_id == Issue.id).correlate_except(IdentityReveal),
    sa.select(sa.func.max(IssueRating.round)).where(IssueRating.issue_id == Issue.id).correlate_except(IssueRating),
)
_rated = aliased(IssueRating)
_WHOLE = (
    sa.select(Issue, IssueDecision, _rated, _messages, _reveals)
    .outerjoin(IssueDecision, sa.and_(IssueDecision.issue_id == Issue.id, IssueDecision.outcome.is_(None)))
    .outerjoin(_rated, sa.and_(_rated.issue_id == Issue.id, _rated.round == _ratings.scalar_subquery()))
)
Whole = sa.Select[Issue, IssueDecision, IssueRating, bool, bool]
_BY_ID = _WHOLE.where(Issue.id == sa.bindparam("issue"))
_BY_RECEIPT = _WHOLE.where(Issue.receipt_digest == sa.bindparam("digest"))
_LOCK = sa.select(Issue.id).where(Issue.id == sa.bindparam("issue")).with_for_update()
_ASSIGNMENTS = (
    sa.select(IssueAssignment, HandlingUnit.is_government)
    .join(HandlingUnit)
    .where(IssueAssignment.issue_id == sa.bindparam("issue"), IssueAssignment.ended_at.is_(None))
)
_FOLLOWERS = sa.select(IssueFollower.account_id).where(IssueFollower.issue_id == sa.bindparam("issue"))


def load_case(session: Session, issue_id: str, *, now: dt.datetime, for_update: bool = True) -> Case:
    """Load an issue, locked against a second writer unless only read.

    Locked first and read then: what hangs on it is as the writer before left it.

    :raises NotFound: when there is none; scope is checked by :func:`parties_of`.
    """
    if for_update:
        session.execute(_LOCK, {"issue": issue_id})
    found = _case(session, _BY_ID.execution_options(populate_existing=True), {"issue": issue_id}, now)
    if found is None:
        raise NotFound()
    return found


_LOCK_ALL = (
    sa.select(Issue)
    .where(Issue.id.in_(sa.bindparam("issues", expanding=True)))
    .order_by(Issue.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def lock_issues(session: Session, issue_ids: Collection[str]) -> Sequence[Issue]:
    """Lock several issues at once, in one order, so that two who need some of the same never wait for each other.

    As long as the answer is held, ``session.get`` asks for none of them again.
    """
    return session.scalars(_LOCK_ALL, {"issues": list(issue_ids)}).all() if issue_ids else []


def case_by_receipt(session: Session, digest: str, *, now: dt.datetime) -> Case | None:
    """The issue with this receipt digest, only to be read; None when there is none."""
    return _case(session, _BY_RECEIPT, {"digest": digest}, now)


def case_of(session: Session, issue: Issue, *, now: dt.datetime) -> Case:
    """A :class:`Case` around an issue already loaded."""
    found = _case(session, _BY_ID, {"issue": issue.id}, now)
    if found is None:
        raise NotFound()
    return found


def _case(session: Session, statement: Whole, values: dict[str, str], now: dt.datetime) -> Case | None:
    """Assignments and followers are asked only where there can be some."""
    row = session.execute(statement, values).one_or_none()
    if row is None:
        return None
    issue, decision, rating, has_messages, was_revealed = row
    units = session.execute(_ASSIGNMENTS, {"issue": issue.id}).all() if issue.unit_id is not None else []
    followers = session.scalars(_FOLLOWERS, {"issue": issue.id}) if issue.follower_count else ()
    return Case(
        issue=issue,
        assignments=[unit[0] for unit in units],
        decision=decision,
        lead_is_government=any(unit[1] for unit in units if unit[0].role == LEAD),
        rules=rules_of(session, issue.district_id, now=now),
        now=now,
        followers=frozenset(followers),
        rating=rating,
        has_messages=has_messages,
        was_revealed=was_revealed,
    )


def parties_of(actor: Actor, case: Case) -> frozenset[Party]:
    """Everything ``actor`` is to this issue; empty: the issue does not exist for them (rulebook §12, scopes)."""
    issue = case.issue
    found: set[Party] = set()
    if is_owner(actor, issue):
        found.add(Party.OWNER)
    elif actor.account_id in case.followers:
        found.add(Party.FOLLOWER)
    for grant in actor.grants:
        if grant.district_id == issue.district_id:
            found |= _parties_of_grant(grant, case)
    return frozenset(found)


def is_owner(actor: Actor, issue: Issue) -> bool:
    by_account = actor.account_id is not None and actor.account_id == issue.account_id
    by_receipt = actor.receipt_digest is not None and actor.receipt_digest == issue.receipt_digest
    return by_account or by_receipt


def _parties_of_grant(grant: Any, case: Case) -> set[Party]:
    issue, role = case.issue, grant.role
    found: set[Party] = set()
    if role is Role.DEPUTY:
        found |= _deputy_parties(grant.deputy_id, case)
    elif (
        role in (Role.STATION_CLERK, Role.STATION_HEAD)
        and grant.station_id == issue.station_id
        and not issue.confined_to
    ):
        found.add(Party.CLERK if role is Role.STATION_CLERK else Party.HEAD)
        if role is Role.STATION_HEAD and _may_stand_in(case):
            found.add(Party.STAND_IN)
    elif (
        role is Role.TOWNSHIP and grant.township_code == issue.township_code and issue.confined_to != Confined.DISTRICT
    ):
        found.add(Party.TOWNSHIP)
        found |= {Party.RAISED} if issue.confined_to == Confined.TOWNSHIP else set()
    elif role is Role.DISTRICT:
        found.add(Party.DISTRICT)
        found |= {Party.RAISED} if issue.confined_to == Confined.DISTRICT else set()
    elif role in (Role.UNIT_CLERK, Role.UNIT_LEADER):
        found |= _unit_parties(role, grant.unit_id, case)
    elif role is Role.REVIEWER and _reviews(case):
        found.add(Party.REVIEWER)
    elif role is Role.COMMITTEE and not issue.confined_to and case.state is not State.CONTENT_REVIEW:
        found.add(Party.COMMITTEE)
    elif role is Role.GOVERNMENT_OFFICE and case.lead_is_government and not issue.confined_to:
        found.add(Party.GOVERNMENT)
    if found and _decides(grant, case):
        found.add(Party.DECIDER)
    return found


def _reviews(case: Case) -> bool:
    """Before anybody else may see it; and what the resident allows to be published."""
    issue = case.issue
    may_publish = issue.consent_publish and issue.confined_to is None and case.state in PUBLISHABLE
    return case.state in UNREVIEWED or may_publish or issue.published_at is not None


def _deputy_parties(deputy_id: str, case: Case) -> set[Party]:
    """A deputy sees what is with them, what they handed up, and what they are asked to take over."""
    issue = case.issue
    if issue.about_type == "deputy" and issue.about_id == deputy_id:
        return set()
    found: set[Party] = set()
    if issue.deputy_id == deputy_id and case.state is not State.CONTENT_REVIEW:
        found.add(Party.DEPUTY)
    if issue.contact_deputy_id == deputy_id:
        found.add(Party.COMMITTEE)
    if case.decision and case.decision.decider_role == Role.DEPUTY and case.decision.decider_id == deputy_id:
        found |= {Party.DECIDER, Party.COMMITTEE}
    return found


def _unit_parties(role: Role, unit_id: str, case: Case) -> set[Party]:
    lead = case.assignment(LEAD)
    if lead is not None and lead.unit_id == unit_id:
        return {Party.UNIT if role is Role.UNIT_CLERK else Party.UNIT_LEADER}
    return {Party.CO_UNIT} if any(row.unit_id == unit_id for row in case.assignments) else set()


def _may_stand_in(case: Case) -> bool:
    """由站代答: no deputy to answer, or the deputy silent for three workdays (rulebook §11)."""
    issue = case.issue
    if issue.deputy_id is None:
        return True
    if issue.responsible_role != Role.DEPUTY or issue.duty_since is None or case.state not in SILENT_STATES:
        return False
    return silent_too_long(issue.duty_since, case.now, case.rules)


def _decides(grant: Any, case: Case) -> bool:
    decision = case.decision
    if decision is None:
        return False
    if grant.role is Role.GOVERNMENT_OFFICE:
        return decision.action == Action.RETURN and decision.decider_role == Role.DISTRICT
    place = {
        Role.DEPUTY: grant.deputy_id,
        Role.STATION_HEAD: grant.station_id,
        Role.TOWNSHIP: grant.township_code,
        Role.DISTRICT: grant.district_id,
    }.get(grant.role)
    return decision.decider_role == grant.role and decision.decider_id == place
