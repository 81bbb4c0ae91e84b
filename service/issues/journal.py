"""The one way an issue changes: state, duty and clock, a line of history, its ledger entry and the event, together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.events import Event
from service.issues import deadlines
from service.issues.case import LEAD, Case
from service.issues.lifecycle import TERMINAL, Action, State, edge
from service.issues.models import Issue, IssueHistory
from service.issues.words import Confined
from service.ledger import actions as ledger
from service.ledger.models import LedgerEntry
from service.outbox import actions as outbox
from service.outbox.models import OutboxRow

SYSTEM = "system"
ALL, STAFF = "all", "staff"


@dataclass(frozen=True, slots=True)
class By:
    """Who did it, as the history will say. ``label`` is the public face; ``account_id`` None for the anonymous."""

    role: str
    label: str
    account_id: str | None = None


BY_SYSTEM = By(SYSTEM, "系统")


@dataclass
class Move:
    """One step. ``duty``: start a new duty (deadline of the state entered); False keeps who has it and until when.

    ``came_from``: where it started, for steps that set the state themselves before this bookkeeping.
    """

    action: Action
    to: State
    by: By
    note: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    audience: str = ALL
    duty: bool = True
    came_from: State | None = None


def apply(session: Session, case: Case, move: Move) -> IssueHistory:
    """Carry out ``move`` on ``case``. Guards were checked before; this is bookkeeping and always the same."""
    issue, came_from = case.issue, move.came_from or State(case.issue.state)
    _check_in_table(came_from, move)
    issue.state = move.to.value
    issue.updated_at = case.now
    if move.to is not State.CONTENT_REVIEW:
        issue.held_at = None
    if move.duty:
        start_duty(case)
    if move.to in (State.CLOSED, State.DECLINED, State.WITHDRAWN) and came_from is not move.to:
        issue.closed_at = case.now
    row = write_line(session, case, move, came_from)
    _follow_target(session, issue)
    return row


def _check_in_table(came_from: State, move: Move) -> None:
    """No step past the table, not the system's own either; where a decision leads was checked when it was asked.

    :raises RuntimeError: our mistake, never a person's.
    """
    candidate = edge(came_from, move.action)
    if move.action is not Action.DECIDE and (candidate is None or move.to not in candidate.to):
        raise RuntimeError(f"{move.action} from {came_from} to {move.to} is not in the lifecycle")


def write_line(session: Session, case: Case, move: Move, came_from: State) -> IssueHistory:
    """History row, ledger entry and event of one step; the version counts up with each."""
    written = next_line(case, move, came_from, ledger.newest(session, case.issue.id))
    session.add_all(written)
    return written.history


class Line(NamedTuple):
    """The rows of one step."""

    history: IssueHistory
    entry: LedgerEntry
    event: OutboxRow


def next_line(case: Case, move: Move, came_from: State | None, last: tuple[int, str] | None) -> Line:
    """The rows of a step after ``last`` (number and hash of the entry before; None: the issue begins), not yet written."""
    issue = case.issue
    first = came_from is None
    issue.version = 1 if first else issue.version + 1
    data = {"note": move.note, **move.data}
    fields = {
        "action": move.action.value,
        "actor": f"{move.by.role}:{move.by.label}",
        "to": move.to.value,
        **data,
    }
    entry = ledger.next_entry(
        last, district_id=issue.district_id, chain=issue.id, kind=move.action.value, fields=fields, at=case.now
    )
    history = IssueHistory(
        issue_id=issue.id,
        seq=entry.seq,
        at=case.now,
        action=move.action.value,
        actor_role=move.by.role,
        actor_account_id=move.by.account_id,
        actor_label=move.by.label,
        from_state=came_from.value if came_from else None,
        to_state=move.to.value,
        round=issue.round,
        due_at=case.was_due,
        audience=move.audience,
        note=move.note,
        data=data,
        entry_hash=entry.hash,
    )
    payload = {"issue_id": issue.id, "seq": entry.seq, "action": move.action.value, "to": move.to.value}
    kind = Event.ISSUE_SUBMITTED if first else Event.ISSUE_MOVED
    return Line(history, entry, outbox.event_row(kind, payload, district_id=issue.district_id, now=case.now))


def start_duty(case: Case) -> None:
    """Give the state's duty to whoever has it now, with its deadline, timer and first reminder."""
    issue, rules, began = case.issue, case.rules, case.now
    role, holder = responsible(case)
    lead = case.assignment(LEAD)
    plan_date = (lead.evidence or {}).get("plan_date") if lead else None
    situation = deadlines.Situation(
        state=State(issue.state),
        entered_at=began,
        kind=issue.kind,
        difficulty=issue.difficulty or "GENERAL",
        signed_off=issue.signed_off_at is not None,
        plan_date=dt.date.fromisoformat(plan_date) if plan_date else None,
        received_at=issue.received_at if issue.entered_by and not issue.decline_appeals else None,
    )
    issue.responsible_role, issue.responsible_id = role, holder
    issue.duty_since = began if role else None
    set_due(case, deadlines.due(situation, rules))
    if State(issue.state) is State.CLOSED:
        issue.timer_at = deadlines.timer(State.CLOSED, began, None, rules)


def set_due(case: Case, due_at: dt.datetime | None) -> None:
    """A new deadline with the timer and reminders that hang on it."""
    issue, rules = case.issue, case.rules
    issue.due_at = due_at
    issue.due_provisional = due_at is not None and rules.calendar.is_provisional(local_date(due_at))
    issue.timer_at = deadlines.timer(State(issue.state), case.now, due_at, rules)
    issue.reminder_stage = sum(reminder.at <= case.now for reminder in _reminders(case))
    plan_reminder(case)


def plan_reminder(case: Case) -> None:
    """Set when the next reminder of the running duty is due; None when all were given."""
    issue, planned = case.issue, _reminders(case)
    issue.reminder_at = planned[issue.reminder_stage].at if issue.reminder_stage < len(planned) else None


def _reminders(case: Case) -> list[deadlines.Reminder]:
    issue = case.issue
    if issue.duty_since is None or issue.responsible_role is None:
        return []
    return deadlines.reminders(State(issue.state), issue.duty_since, issue.due_at, case.rules)


def responsible(case: Case) -> tuple[str | None, str | None]:
    """Exactly one responsible in every open state (rulebook §9.1, invariants). The resident's id is None: it may be nobody's."""
    issue, state = case.issue, State(case.issue.state)
    if state in TERMINAL:
        return None, None
    if state is State.CONTENT_REVIEW:
        return Role.REVIEWER, issue.district_id
    if state in (State.NEED_INFO, State.FEEDBACK_GIVEN):
        return Role.RESIDENT, None
    if state in (State.ASSIGNED, State.HANDLING):
        return Role.UNIT_CLERK, issue.unit_id
    if state is State.IN_PLAN or (state is State.UNIT_DONE and issue.signed_off_at is None):
        return Role.UNIT_LEADER, issue.unit_id
    if state is State.MERGED:
        return issue.responsible_role, issue.responsible_id
    return speaker(issue)


def speaker(issue: Issue) -> tuple[str, str]:
    """Who speaks to the resident: the office a complaint was raised to, else the deputy, else the station head."""
    if issue.confined_to == Confined.DISTRICT:
        return Role.DISTRICT, issue.district_id
    if issue.confined_to == Confined.TOWNSHIP:
        return Role.TOWNSHIP, issue.township_code
    if issue.deputy_id is not None:
        return Role.DEPUTY, issue.deputy_id
    return Role.STATION_HEAD, issue.station_id


def _follow_target(session: Session, issue: Issue) -> None:
    """Issues merged into this one show its responsible and deadline; at its end they keep the last until set free."""
    values = {
        "responsible_role": issue.responsible_role,
        "responsible_id": issue.responsible_id,
        "due_at": issue.due_at,
        "due_provisional": issue.due_provisional,
    }
    if issue.follower_count and issue.responsible_role is not None:
        statement = sa.update(Issue).where(Issue.merged_into_id == issue.id, Issue.state == State.MERGED.value)
        session.execute(statement.values(**values).execution_options(synchronize_session=False))
