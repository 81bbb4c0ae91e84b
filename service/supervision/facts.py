"""What one issue says about the work on it: in time or not, and how it was rated. Pure; rulebook §12.

A step is in time when it was taken no later than the deadline that ran when it was taken; every line of history keeps
that deadline. Steps from before lines kept it say nothing either way and are counted nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from service.issues.states import Action, State

ACCEPTING = frozenset({Action.ACCEPT, Action.ASK_INFO, Action.DECLINE})
REPLYING = frozenset({Action.ASK_INFO, Action.DECLINE, Action.ANSWER, Action.PROPOSE_UNIT, Action.ASSIGN})
"""What the resident hears from a person: a question, a no with its reason, an answer, or who will handle it."""
FINISHING = frozenset({Action.ANSWER, Action.SUBMIT_RESULT, Action.GIVE_FEEDBACK})
FEEDBACK = frozenset({Action.ANSWER, Action.GIVE_FEEDBACK})
_BEFORE_REPLY = frozenset({State.PENDING_ACCEPT, State.WITH_DEPUTY})
_BEING_DONE = frozenset(
    {State.WITH_DEPUTY, State.REOPENED, State.ASSIGNED, State.HANDLING, State.UNIT_DONE, State.ESCALATED}
)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of history. ``due_at``: the deadline that ran when it was taken; None where none ran or none was kept."""

    at: dt.datetime
    action: str
    from_state: str | None
    to_state: str
    round: int
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """Something owed by ``due_at``. ``kept`` is None while it is open; then the deadline alone says how it stands."""

    due_at: dt.datetime | None = None
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """``returns``: how often a unit sent it back. ``finished_at``, ``round``: of the newest feedback; round 0: there is none."""

    acceptance: Promise
    reply: Promise
    finish: Promise
    finished_at: dt.datetime | None
    round: int
    returns: int
    extensions: int


def work_on(state: str, due_at: dt.datetime | None, steps: Sequence[Step]) -> Work:
    """What the ``steps`` of an issue, oldest first, say; ``state`` and ``due_at``: where it stands now. An assignment that
    was taken back kept no promise."""
    steps = _without_slips(steps)
    waiting = state == State.PENDING_ACCEPT
    feedback = [step for step in steps if step.action in FEEDBACK and step.to_state == State.FEEDBACK_GIVEN]
    return Work(
        acceptance=_first(steps, ACCEPTING, frozenset({State.PENDING_ACCEPT}), due_at if waiting else None),
        reply=_first(steps, REPLYING, _BEFORE_REPLY, due_at if state in _BEFORE_REPLY else None),
        finish=_finish(state, due_at, steps, feedback),
        finished_at=feedback[-1].at if feedback else None,
        round=feedback[-1].round if feedback else 0,
        returns=sum(step.action == Action.RETURN for step in steps),
        extensions=sum(step.action == Action.EXTEND for step in steps),
    )


def _without_slips(steps: Sequence[Step]) -> list[Step]:
    kept: list[Step] = []
    for step in steps:
        if step.action == Action.UNASSIGN:
            last = max((place for place, one in enumerate(kept) if one.action == Action.ASSIGN), default=None)
            kept = [one for place, one in enumerate(kept) if place != last]
        else:
            kept.append(step)
    return kept


def _first(
    steps: Sequence[Step], actions: frozenset[Action], states: frozenset[State], open_due: dt.datetime | None
) -> Promise:
    for step in steps:
        if step.action in actions and step.from_state in states:
            return _kept([step])
    return Promise(open_due)


def _finish(state: str, due_at: dt.datetime | None, steps: Sequence[Step], feedback: Sequence[Step]) -> Promise:
    """Every duty on the way to the newest feedback was kept; an issue opened again is owed anew."""
    if state in _BEING_DONE:
        return Promise(due_at)
    if not feedback:
        return Promise()
    last = feedback[-1]
    return _kept(
        [step for step in steps if step.action in FINISHING and step.round == last.round and step.at <= last.at]
    )


def _kept(steps: Sequence[Step]) -> Promise:
    """Nothing is said where a deadline is not known."""
    if any(step.due_at is None for step in steps):
        return Promise()
    late = any(step.due_at is not None and step.at > step.due_at for step in steps)
    return Promise(steps[-1].due_at, not late)
