"""What happens by itself: no answer, rating over, plan date, archiving; reminders; hand-over when a deputy cannot serve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.events import Event
from service.issues import deadlines, journal, routes
from service.issues.actions.perform import end_assignments
from service.issues.actions.steps import Step, settle
from service.issues.case import Case, load_case
from service.issues.lifecycle import TERMINAL, Action, Party, State
from service.issues.models import Issue, IssueDecision
from service.issues.routing import Choice, RouteReason
from service.issues.words import Outcome
from service.outbox import actions as outbox

BATCH = 100


class Act(Protocol):
    """What is done to one issue (or one station) whose time has come, by its id."""

    def __call__(self, session: Session, issue_id: str, /, *, now: dt.datetime) -> None: ...


_OPEN = [state.value for state in State if state not in TERMINAL]


def due_timers(session: Session, *, now: dt.datetime) -> list[str]:
    statement = sa.select(Issue.id).where(Issue.timer_at <= now).order_by(Issue.timer_at).limit(BATCH)
    return list(session.scalars(statement))


def due_reminders(session: Session, *, now: dt.datetime) -> list[str]:
    statement = sa.select(Issue.id).where(Issue.reminder_at <= now).order_by(Issue.reminder_at).limit(BATCH)
    return list(session.scalars(statement))


def due_emergencies(session: Session, *, now: dt.datetime) -> list[str]:
    """Flagged, two hours gone, nobody confirmed, and not yet raised."""
    statement = sa.select(Issue.id).where(
        Issue.emergency_due_at <= now,
        Issue.emergency_confirmed_at.is_(None),
        Issue.emergency_raised_at.is_(None),
    )
    return list(session.scalars(statement.limit(BATCH)))


def fire(session: Session, issue_id: str, *, now: dt.datetime) -> None:
    """Let the system act on an issue whose time has come. Running it twice does nothing the second time."""
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    if issue.timer_at is None or issue.timer_at > now:
        return
    issue.timer_at = None
    step = _STEPS.get(case.state)
    if step is None or case.decision is not None:
        return
    action, to, outcome = step
    if outcome is not None:
        issue.outcome = outcome.value
    journal.apply(session, case, journal.Move(action, to, journal.BY_SYSTEM))
    if to is State.CLOSED:
        end_assignments(session, case)


_STEPS: dict[State, tuple[Action, State, Outcome | None]] = {
    State.NEED_INFO: (Action.NO_INFO, State.CLOSED, Outcome.NO_INFO),
    State.FEEDBACK_GIVEN: (Action.RATING_OVER, State.CLOSED, Outcome.NOT_RATED),
    State.IN_PLAN: (Action.PLAN_DUE, State.HANDLING, None),
    State.CLOSED: (Action.ARCHIVE, State.ARCHIVED, None),
}


def remind(session: Session, issue_id: str, *, now: dt.datetime) -> None:
    """Record the reminder that is due and plan the next; several missed at once (a long stop) count as one."""
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    if issue.reminder_at is None or issue.reminder_at > now or issue.duty_since is None:
        return
    planned = deadlines.reminders(case.state, issue.duty_since, issue.due_at, case.rules)
    passed = [reminder for reminder in planned[issue.reminder_stage :] if reminder.at <= now]
    audiences = list(dict.fromkeys(str(who) for reminder in passed for who in reminder.audiences))
    issue.reminder_stage += len(passed)
    journal.plan_reminder(case)
    if audiences:
        payload = {"issue_id": issue_id, "stage": issue.reminder_stage, "audiences": audiences}
        outbox.record(session, Event.ISSUE_REMINDER, payload, district_id=issue.district_id, now=now)


def raise_emergency(session: Session, issue_id: str, *, now: dt.datetime) -> None:
    """Two hours without a word from the head: the township and the district are told."""
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    if issue.emergency_confirmed_at is not None or issue.emergency_raised_at is not None or issue.emergency_at is None:
        return
    issue.emergency_raised_at = now
    payload = {"issue_id": issue_id, "stage": "overdue"}
    outbox.record(session, Event.ISSUE_EMERGENCY, payload, district_id=issue.district_id, now=now)


def unserved(session: Session, *, now: dt.datetime) -> list[str]:
    """Open issues whose deputy cannot serve today: leave, suspension, ended mandate."""
    holding = sa.select(Issue.deputy_id).where(Issue.deputy_id.is_not(None), Issue.state.in_(_OPEN)).distinct()
    everyone = sorted(str(deputy_id) for deputy_id in session.scalars(holding))
    gone: set[str] = set()
    for part in (everyone[start : start + 500] for start in range(0, len(everyone), 500)):
        gone |= set(part) - deputies.available(session, part, on=local_date(now))
    if not gone:
        return []
    waiting = sa.select(Issue.id).where(Issue.deputy_id.in_(gone), Issue.state.in_(_OPEN))
    return list(session.scalars(waiting.order_by(Issue.id).limit(BATCH)))


def hand_over(session: Session, issue_id: str, *, now: dt.datetime) -> None:
    """Give an issue to the next in the contract's order (the substitute first); the clock does not stop.

    An escalated one goes back to the station: the higher deputy who had accepted it can no longer serve.
    """
    case = load_case(session, issue_id, now=now)
    issue = case.issue
    gone = issue.deputy_id
    if gone is None or case.state in TERMINAL or deputies.available(session, [gone], on=local_date(now)):
        return
    choice = successor(session, case, gone)
    why = "任期届满（换届）" if deputies.term_is_over(session, gone, on=local_date(now)) else "暂时不能履职"
    note = f"原联系代表{why}，已变更联系代表，办理期限不变。"
    to = State.WITH_DEPUTY if case.state is State.ESCALATED else case.state
    move = routes.hand_over(session, case, choice, journal.Move(Action.HAND_OVER, to, journal.BY_SYSTEM, note=note))
    _back_to_station(case, move)
    journal.apply(session, case, move)


def successor(session: Session, case: Case, gone: str, *, more: Mapping[str, int] | None = None) -> Choice:
    """Who takes an issue on from ``gone`` that day: the substitute named, else the next in the contract's order.

    ``more``: issues each deputy is about to receive besides.
    """
    on = local_date(case.now)
    standing_in = deputies.substitutes(session, [gone], on=on).get(gone)
    if standing_in and standing_in not in case.issue.recused and deputies.available(session, [standing_in], on=on):
        return Choice(standing_in, RouteReason.SUBSTITUTE)
    return routes.choose_deputy(session, case, excluded=(gone,), more=more)


def unanswerable(session: Session, *, now: dt.datetime, deputy_id: str | None = None) -> list[str]:
    """Issues that wait for a higher deputy who cannot serve today, and so cannot say yes or no."""
    asked = sa.select(IssueDecision.issue_id, IssueDecision.decider_id).where(
        IssueDecision.outcome.is_(None), IssueDecision.action == Action.ESCALATE.value
    )
    if deputy_id is not None:
        asked = asked.where(IssueDecision.decider_id == deputy_id)
    rows = session.execute(asked.order_by(IssueDecision.issue_id)).all()
    free = deputies.available(session, {decider for _, decider in rows}, on=local_date(now)) if rows else set()
    return [issue_id for issue_id, decider in rows if decider not in free]


def give_back(session: Session, issue_id: str, *, now: dt.datetime) -> None:
    """As if that deputy had declined: the one who asked has it again, with the deadline it had."""
    case = load_case(session, issue_id, now=now)
    decision = case.decision
    if decision is None or decision.action != Action.ESCALATE:
        return
    if deputies.available(session, [decision.decider_id], on=local_date(now)):
        return
    note = "被请接续的上级代表暂时不能履职，仍由原联系代表跟进，办理期限不变。"
    settle(Step(session, case, Action.HAND_OVER, Party.SYSTEM, journal.BY_SYSTEM, {}), "MOOT", note)
    routed = {"issue_id": issue_id, "reason": case.issue.route_reason}
    outbox.record(session, Event.ISSUE_ROUTED, routed, district_id=case.issue.district_id, now=now)
    move = journal.Move(Action.HAND_OVER, case.state, journal.BY_SYSTEM, note=note, duty=False)
    journal.apply(session, case, move)


def _back_to_station(case: Case, move: journal.Move) -> None:
    if case.state is State.ESCALATED:
        case.issue.contact_deputy_id = None
        move.duty = True
