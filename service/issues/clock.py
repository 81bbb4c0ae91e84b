"""Stop an issue's clock and start it again with the time it had left."""

from __future__ import annotations

from service.issues import deadlines, journal
from service.issues.case import Case
from service.issues.lifecycle import State


def pause(case: Case) -> None:
    """Remember the state and duty that are interrupted (need_info, merge, an assignment that may be a slip)."""
    issue = case.issue
    issue.state_left, issue.paused_at, issue.paused_due_at = issue.state, case.now, issue.due_at
    issue.paused_since = issue.duty_since


def forget(case: Case) -> None:
    """There is no way back to what was left."""
    issue = case.issue
    issue.state_left = issue.paused_at = issue.paused_due_at = issue.paused_since = None


def go_on(case: Case, to: State) -> None:
    """Enter ``to``, the state that was left, with its duty; overdue stays overdue, silence is counted without the pause."""
    issue = case.issue
    issue.state = to.value
    paused_at, due_at, since = issue.paused_at, issue.paused_due_at, issue.paused_since
    forget(case)
    issue.responsible_role, issue.responsible_id = journal.speaker(issue)
    if paused_at is None or since is None:
        journal.start_duty(case)
        return
    issue.duty_since = since + (case.now - paused_at)
    journal.set_due(case, deadlines.resume(due_at, paused_at, case.now, case.rules.calendar) if due_at else None)
