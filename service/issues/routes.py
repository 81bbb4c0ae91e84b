"""Give an issue its deputy: gather facts, choose, write the reason; on entering the queue, on correction, on hand-over."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.events import Event
from service.issues import journal
from service.issues.case import Case
from service.issues.facts import gather
from service.issues.lifecycle import Action, State
from service.issues.models import Issue
from service.issues.routing import REASON_SENTENCES, Choice, RouteReason, choose
from service.outbox import actions as outbox

_ABOUT = {
    "deputy": RouteReason.ABOUT_DEPUTY,
    "station": RouteReason.ABOUT_STATION,
    "unit": RouteReason.ABOUT_UNIT,
}


def choose_deputy(
    session: Session,
    case: Case,
    *,
    chosen: str | None = None,
    excluded: tuple[str, ...] = (),
    more: Mapping[str, int] | None = None,
) -> Choice:
    """The contract's order for this issue today; nobody where a complaint is kept from the station.

    ``more``: issues each deputy is about to receive, which count as theirs.
    """
    issue = case.issue
    if issue.confined_to is not None:
        return Choice(None, _ABOUT[issue.about_type or "station"])
    about = (issue.about_id,) if issue.about_type == "deputy" and issue.about_id else ()
    facts = gather(
        session,
        station_id=issue.station_id,
        grid_id=issue.grid_id,
        category_id=issue.category_id,
        chosen=chosen or issue.chosen_deputy_id,
        excluded={*issue.recused, *about, *excluded},
        on=local_date(case.now),
    )
    if more:
        loads = {one: facts.open_issues.get(one, 0) + more.get(one, 0) for one in {*facts.open_issues, *more}}
        facts = dataclasses.replace(facts, open_issues=loads)
    return choose(facts)


def entering(session: Session, case: Case, move: journal.Move) -> journal.Move:
    """Name the responsible deputy as the issue enters the queue, so that it never stands there without one."""
    choice = choose_deputy(session, case)
    case.issue.deputy_id, case.issue.route_reason = choice.deputy_id, choice.reason.value
    case.issue.duty_since = case.issue.matter_changed_at = case.now
    outbox.record(
        session,
        Event.ISSUE_ROUTED,
        {"issue_id": case.issue.id, "reason": choice.reason.value},
        district_id=case.issue.district_id,
        now=case.now,
    )
    data = {**move.data, "deputy": _name(session, case.issue), "route": REASON_SENTENCES[choice.reason]}
    return dataclasses.replace(move, data=data)


def hand_over(session: Session, case: Case, choice: Choice, move: journal.Move) -> journal.Move:
    """Another deputy takes the issue on; the deadline stands (no edit resets the clock)."""
    issue = case.issue
    former = issue.deputy_id
    issue.deputy_id, issue.route_reason = choice.deputy_id, choice.reason.value
    _give_duty(case)
    outbox.record(
        session,
        Event.ISSUE_ROUTED,
        {"issue_id": issue.id, "reason": choice.reason.value, "former": former},
        district_id=issue.district_id,
        now=case.now,
    )
    data = {**move.data, "deputy": _name(session, issue), "route": REASON_SENTENCES[choice.reason]}
    return journal.Move(
        move.action,
        move.to,
        move.by,
        note=move.note,
        data=data,
        audience=move.audience,
        duty=False,
        came_from=move.came_from,
    )


def _give_duty(case: Case) -> None:
    """The duty, or the duty that comes back after an open decision, passes to the new deputy."""
    issue, decision, speakers = case.issue, case.decision, (Role.DEPUTY, Role.STATION_HEAD)
    if case.state is State.MERGED:
        return  # shows who has the issue it was merged into
    if decision is None:
        if issue.responsible_role in speakers:
            issue.responsible_role, issue.responsible_id = journal.speaker(issue)
        return
    if decision.resume_role in speakers:
        decision.resume_role, decision.resume_id = journal.speaker(issue)
    if decision.action == Action.MARK_IN_PLAN and decision.decider_role in speakers:
        decision.decider_role, decision.decider_id = journal.speaker(issue)
        issue.responsible_role, issue.responsible_id = decision.decider_role, decision.decider_id


def _name(session: Session, issue: Issue) -> str | None:
    if issue.deputy_id is None:
        return None
    return deputies.names(session, issue.district_id, [issue.deputy_id]).get(issue.deputy_id)


def pass_review(session: Session, case: Case, *, data: Mapping[str, str]) -> None:
    """The local check found nothing: into the queue, with a deputy. ``data``: what else the history should know."""
    move = journal.Move(Action.PASS_REVIEW, State.PENDING_ACCEPT, journal.BY_SYSTEM, data=data)
    with session.no_autoflush:  # nothing that is asked here hangs on what is being written: it is written once
        journal.apply(session, case, entering(session, case, move))
