"""The second person's word (decide): what agreeing and refusing mean for each step that waits for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from service.errors import Conflict
from service.issues import journal, routes
from service.issues.actions.resident import reopen
from service.issues.actions.steps import Handler, Step, settle
from service.issues.actions.units import give_work, reachable_unit
from service.issues.case import LEAD
from service.issues.deadlines import extended
from service.issues.lifecycle import Action, State
from service.issues.models import IssueDecision
from service.issues.words import Decision

Consequence = Callable[[Step, IssueDecision, bool], journal.Move]


def decide(step: Step) -> journal.Move:
    """Close the open decision with an outcome and a reason, then do what was asked, or not."""
    agreed = step.values["outcome"] == Decision.AGREE
    waiting = step.case.waiting_for
    if waiting is None:
        raise Conflict("没有等待决定的事项。", code="illegal_move", current=step.case)
    decision = settle(step, str(step.values["outcome"]), step.text("reason"))
    return WHEN_DECIDED[waiting](step, decision, agreed)


def _decided(step: Step, decision: IssueDecision, to: State, *, duty: bool, **data: Any) -> journal.Move:
    return step.move(to, note=step.text("reason"), duty=duty, decided=decision.action, outcome=decision.outcome, **data)


def _decline(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    if not agreed:
        return _decided(step, decision, State.PENDING_ACCEPT, duty=False)
    asked = decision.data or {}
    step.issue.reason_code = asked.get("reason_code")
    move = _decided(step, decision, State.DECLINED, duty=True, reason_code=step.issue.reason_code)
    move.note = asked.get("note")
    return move


def _rejection(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    """Two pairs of eyes: only now is the resident told; refused, the text waits for review as before."""
    if not agreed:
        move = _decided(step, decision, State.CONTENT_REVIEW, duty=False)
        move.audience = journal.STAFF
        return move
    asked = decision.data or {}
    step.issue.reason_code = asked.get("reason_code")
    move = _decided(step, decision, State.CONTENT_REJECTED, duty=True, reason_code=step.issue.reason_code)
    move.note = asked.get("note")
    return move


def _proposed_unit(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    if not agreed:
        return _decided(step, decision, step.case.state, duty=False)
    unit_id = step.text("unit_id") or (decision.data or {})["unit_id"]
    return give_work(step, reachable_unit(step, unit_id), (), step.text("difficulty"), step.text("reason"))


def _returned(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    """Refused: the unit has it (首接负责). Agreed: another unit at once, or back to whoever assigns."""
    issue = step.issue
    lead = step.case.assignment(LEAD)
    if not agreed:
        if lead is not None:
            lead.signed_at = step.now
        return _decided(step, decision, State.HANDLING, duty=True)
    if lead is not None:
        lead.returned_at = step.now
    if step.text("unit_id"):
        unit = reachable_unit(step, str(step.values["unit_id"]))
        return give_work(step, unit, (), step.text("difficulty") or issue.difficulty, step.text("reason"))
    for row in step.case.assignments:
        row.ended_at = step.now
    step.case.assignments, issue.unit_id = [], None
    to = State.REOPENED if issue.round > 1 else State.WITH_DEPUTY
    issue.state = to.value
    issue.responsible_role, issue.responsible_id = decision.decider_role, decision.decider_id
    issue.duty_since = step.now
    journal.set_due(step.case, step.case.rules.workdays_from(step.now, "deadlines.dispatch_wd"))
    return _decided(step, decision, to, duty=False)


def _extension(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    issue, asked = step.issue, decision.data or {}
    if agreed and issue.due_at is not None:
        issue.extended = True
        journal.set_due(step.case, extended(issue.due_at, int(asked["workdays"]), step.case.rules.calendar))
    return _decided(step, decision, State.HANDLING, duty=False, why=asked.get("note"))


def _in_plan(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    lead = step.case.assignment(LEAD)
    if not agreed or lead is None:
        return _decided(step, decision, State.UNIT_DONE, duty=False)
    plan_date = (decision.data or {})["plan_date"]
    lead.evidence = {**(lead.evidence or {}), "plan_date": plan_date}
    return _decided(step, decision, State.IN_PLAN, duty=True, plan_date=plan_date)


def _escalation(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    """Accepted: the higher deputy has it, the first one stays the contact (联系人) and sees what becomes of it."""
    issue = step.issue
    if not agreed:
        return _decided(step, decision, step.case.state, duty=False)
    issue.contact_deputy_id, issue.deputy_id = issue.deputy_id, decision.decider_id
    for row in step.case.assignments:
        row.ended_at = step.now
    step.case.assignments, issue.unit_id = [], None
    return _decided(step, decision, State.ESCALATED, duty=True)


def _appeal(step: Step, decision: IssueDecision, agreed: bool) -> journal.Move:
    """Against a refusal: into the queue again. After closing: another round."""
    if not agreed:
        move = _decided(step, decision, step.case.state, duty=False)
        _leave_closed(step)
        return move
    if step.case.state is State.DECLINED:
        step.issue.reason_code = step.issue.closed_at = None
        return routes.entering(step.session, step.case, _decided(step, decision, State.PENDING_ACCEPT, duty=True))
    reopen(step)
    return _decided(step, decision, State.REOPENED, duty=True)


def _leave_closed(step: Step) -> None:
    """A refused appeal ends where it began: nobody owes anything, archiving still comes."""
    issue = step.issue
    issue.responsible_role = issue.responsible_id = issue.due_at = issue.duty_since = issue.reminder_at = None
    if step.case.state is State.CLOSED and issue.closed_at is not None:
        earliest = step.now + dt.timedelta(days=1)
        issue.timer_at = max(earliest, step.case.rules.days_from(issue.closed_at, "deadlines.archive_days"))


WHEN_DECIDED: dict[Action, Consequence] = {
    Action.REJECT_CONTENT: _rejection,
    Action.DECLINE: _decline,
    Action.PROPOSE_UNIT: _proposed_unit,
    Action.RETURN: _returned,
    Action.EXTEND: _extension,
    Action.MARK_IN_PLAN: _in_plan,
    Action.ESCALATE: _escalation,
    Action.APPEAL: _appeal,
}

HANDLERS: dict[Action, Handler] = {Action.DECIDE: decide}
