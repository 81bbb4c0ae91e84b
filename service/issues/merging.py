"""Several people, one matter (并案): reversible; each merged resident keeps a receipt, gets the feedback and rates it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.issues import clock, journal
from service.issues.actions.steps import Step
from service.issues.case import Case, case_of
from service.issues.lifecycle import Action, State
from service.issues.models import Issue, IssueHistory
from service.issues.words import Outcome

MOST_SHOWN = 50
TARGET_STATES = frozenset(
    {
        State.PENDING_ACCEPT,
        State.NEED_INFO,
        State.WITH_DEPUTY,
        State.REOPENED,
        State.ASSIGNED,
        State.HANDLING,
        State.UNIT_DONE,
        State.IN_PLAN,
        State.ESCALATED,
    }
)


def into(step: Step) -> journal.Move:
    """Merge this issue into another open one of the same township, and what was merged into it along.

    :raises Invalid: when the target cannot take it.
    :raises Conflict: for a complaint: those it names would read it with the other issue.
    """
    session, issue = step.session, step.issue
    if issue.confined_to is not None:
        raise Conflict("涉及投诉的事项由上级单独受理，不能并入其他事项。", code="illegal_move", current=step.case)
    target = _target(session, issue, str(step.values["target_id"]))
    clock.pause(step.case)
    issue.merged_into_id = target.id
    issue.responsible_role, issue.responsible_id = target.responsible_role, target.responsible_id
    target.follower_count += 1 + issue.follower_count
    issue.follower_count -= _move_children(session, issue, target)
    target.matter_changed_at = step.now
    _note_on(session, target, step, f"并入 {issue.number}")
    move = step.move(State.MERGED, note=step.text("reason"), duty=False, target=target.number)
    issue.due_at, issue.due_provisional = target.due_at, target.due_provisional
    issue.timer_at = issue.reminder_at = None
    return move


def _move_children(session: Session, issue: Issue, target: Issue) -> int:
    """What was merged into ``issue`` follows ``target`` from now on, also when ``issue`` is taken out again."""
    children = _children(session, issue.id)
    for child in children:
        child.merged_into_id = target.id
        child.responsible_role, child.responsible_id = target.responsible_role, target.responsible_id
        child.due_at, child.due_provisional = target.due_at, target.due_provisional
    return len(children)


def _target(session: Session, issue: Issue, target_id: str) -> Issue:
    target = session.scalar(
        sa.select(Issue)
        .where(
            Issue.id == target_id,
            Issue.district_id == issue.district_id,
            Issue.township_code == issue.township_code,
        )
        .with_for_update()
    )
    if target is None or target.id == issue.id or target.confined_to is not None:
        raise Invalid(fields={"target_id": "没有找到要并入的事项，请从本镇街正在办理的事项中选择。"})
    if State(target.state) not in TARGET_STATES:
        raise Invalid(fields={"target_id": "要并入的事项当前状态不能接受并案，请另选。"})
    return target


def state_before(issue: Issue) -> State:
    return State(issue.state_left or State.PENDING_ACCEPT)


def restore(session: Session, case: Case, move: journal.Move) -> journal.Move:
    """Undo a merge: the issue stands on its own again where it stood, with the time it had left."""
    leave(session, case.issue)
    clock.go_on(case, move.to)
    return move


def leave(session: Session, issue: Issue) -> None:
    """``issue`` and those who follow it count with the other one no longer."""
    target = session.get(Issue, issue.merged_into_id, with_for_update=True, populate_existing=True)
    if target is not None:
        target.follower_count = max(0, target.follower_count - 1 - issue.follower_count)
    issue.merged_into_id = None


def share_feedback(session: Session, target_id: str, *, now: dt.datetime) -> None:
    """Give everyone merged into the target their own feedback and rating window."""
    target = session.get(Issue, target_id)
    if target is None or target.state != State.FEEDBACK_GIVEN:
        return
    text = last_feedback(session, target_id)
    for child in _children(session, target_id):
        case = case_of(session, child, now=now)
        child.deputy_id, child.outcome = target.deputy_id, target.outcome
        move = journal.Move(
            Action.SHARE_FEEDBACK,
            State.FEEDBACK_GIVEN,
            journal.BY_SYSTEM,
            note=text,
            data={"target": target.number},
        )
        journal.apply(session, case, move)


def last_feedback(session: Session, issue_id: str) -> str | None:
    """The newest sentence given to the resident: a deputy's answer or feedback."""
    from_history = IssueHistory
    actions = [Action.ANSWER.value, Action.GIVE_FEEDBACK.value, Action.SHARE_FEEDBACK.value]
    statement = sa.select(from_history.note).where(from_history.issue_id == issue_id, from_history.action.in_(actions))
    return session.scalar(statement.order_by(from_history.seq.desc()).limit(1))


def release_children(session: Session, target_id: str, *, now: dt.datetime) -> None:
    """The target ended without an answer (withdrawn, declined, no information): the others go on by themselves."""
    target = session.get(Issue, target_id)
    ended = target is not None and (
        target.state in (State.WITHDRAWN, State.DECLINED)
        or (target.state == State.CLOSED and target.outcome == Outcome.NO_INFO)
    )
    if not ended:
        return
    for child in _children(session, target_id):
        case = case_of(session, child, now=now)
        move = journal.Move(
            Action.TARGET_ENDED, state_before(child), journal.BY_SYSTEM, duty=False, came_from=State.MERGED
        )
        journal.apply(session, case, restore(session, case, move))


def _children(session: Session, target_id: str) -> list[Issue]:
    statement = sa.select(Issue).where(Issue.merged_into_id == target_id, Issue.state == State.MERGED.value)
    return list(session.scalars(statement.order_by(Issue.created_at).with_for_update()))


def merged_into(session: Session, target_id: str) -> Sequence[tuple[str, str]]:
    """(id, number) of what counts with this issue now, oldest first."""
    mine = sa.select(Issue.id, Issue.number).where(Issue.merged_into_id == target_id, Issue.state == State.MERGED.value)
    return [(row[0], row[1]) for row in session.execute(mine.order_by(Issue.created_at).limit(MOST_SHOWN))]


def _note_on(session: Session, target: Issue, step: Step, note: str) -> None:
    case = case_of(session, target, now=step.now)
    move = journal.Move(Action.MERGE, case.state, step.by, note=note, audience=journal.STAFF, duty=False)
    journal.write_line(session, case, move, case.state)
