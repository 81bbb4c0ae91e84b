"""What a handler of an action is given, and how it asks a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.issues import journal
from service.issues.case import Case
from service.issues.lifecycle import Action, Party, State
from service.issues.models import Issue, IssueDecision
from service.issues.words import Confined


@dataclass
class Step:
    """One action about to be carried out: allowed by the table, its values fit the form, the version is current."""

    session: Session
    case: Case
    action: Action
    party: Party
    by: journal.By
    values: Mapping[str, Any]
    came_from: State = field(init=False)

    def __post_init__(self) -> None:
        self.came_from = self.case.state

    @property
    def issue(self) -> Issue:
        return self.case.issue

    @property
    def now(self) -> dt.datetime:
        return self.case.now

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None else str(value)

    def move(
        self,
        to: State,
        *,
        note: str | None = None,
        duty: bool = True,
        audience: str = journal.ALL,
        data: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> journal.Move:
        """A move of this step; ``data`` and ``more`` are further values the ledger commits to."""
        return journal.Move(
            self.action,
            to,
            self.by,
            note=note,
            data={**(data or {}), **more},
            duty=duty,
            audience=audience,
            came_from=self.came_from,
        )


Handler = Callable[[Step], journal.Move]


def office_above(issue: Issue) -> tuple[Role, str]:
    """The office that decides about a station's or deputy's step: the township, or the district where it is kept from it."""
    if issue.confined_to == Confined.DISTRICT:
        return Role.DISTRICT, issue.district_id
    return Role.TOWNSHIP, issue.township_code


def ask(step: Step, decider: tuple[Role, str], due_at: dt.datetime, **data: Any) -> None:
    """Leave the state as it is and wait for ``decider``, who is the responsible person until then (contract)."""
    issue = step.issue
    decision = IssueDecision(
        issue_id=issue.id,
        action=step.action.value,
        decider_role=decider[0].value,
        decider_id=decider[1],
        asked_at=step.now,
        due_at=due_at,
        data={"asked_by": step.by.label, **data},
        resume_role=issue.responsible_role,
        resume_id=issue.responsible_id,
        resume_due_at=issue.due_at,
        resume_since=issue.duty_since,
    )
    step.session.add(decision)
    step.case.decision = decision
    issue.responsible_role, issue.responsible_id = decider[0].value, decider[1]
    issue.duty_since = step.now
    journal.set_due(step.case, due_at)
    issue.timer_at = None


def settle(step: Step, outcome: str, reason: str | None) -> IssueDecision:
    """Close the open decision and give the duty back as it was; what the outcome changes comes after."""
    decision = step.case.decision
    if decision is None:
        raise RuntimeError("settle() without an open decision")
    decision.outcome, decision.reason, decision.decided_at = outcome, reason, step.now
    issue = step.issue
    issue.responsible_role, issue.responsible_id = decision.resume_role, decision.resume_id
    issue.duty_since = decision.resume_since
    step.case.decision = None
    journal.set_due(step.case, decision.resume_due_at)
    return decision
