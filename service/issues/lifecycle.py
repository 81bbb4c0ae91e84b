"""The lifecycle of an issue (群众意见) as one table. Pure: it can be printed, drawn, tested over its whole product, read aloud.

Implements rulebook §9.1 with the corrections of the contract: a step that needs a second person stays where it is and
waits for ``decide``; an emergency is a flag, not a state; deputies never handle, only units do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.issues.states import (
    ACTION_TITLES,
    OPEN,
    PUBLISHABLE,
    STATE_TITLES,
    TERMINAL,
    UNREVIEWED,
    Action,
    Party,
    State,
)

__all__ = [
    "ACTION_TITLES",
    "OPEN",
    "STATE_TITLES",
    "TERMINAL",
    "Action",
    "Party",
    "State",
    "edge",
    "moves",
    "table",
    "takers",
]


P = Party


@dataclass(frozen=True, slots=True)
class Edge:
    """Where an action leads from a state, who may take it, and the rule behind an odd one. Several targets: it depends."""

    to: tuple[State, ...]
    parties: frozenset[Party]
    why: str = ""


def _edge(to: State | tuple[State, ...], *parties: Party, why: str = "") -> Edge:
    return Edge(to if isinstance(to, tuple) else (to,), frozenset(parties), why)


S, A = State, Action

_EDGES: dict[State, dict[Action, Edge]] = {
    S.CONTENT_REVIEW: {
        A.PASS_REVIEW: _edge(S.PENDING_ACCEPT, P.SYSTEM),
        A.HOLD_FOR_REVIEW: _edge(
            S.CONTENT_REVIEW, P.SYSTEM, why="a doubtful word or no word from WeChat; never rejects"
        ),
        A.APPROVE_CONTENT: _edge(S.PENDING_ACCEPT, P.REVIEWER),
        A.REJECT_CONTENT: _edge(
            (S.CONTENT_REJECTED, S.CONTENT_REVIEW),
            P.REVIEWER,
            P.SYSTEM,
            why="the machine only what WeChat calls risky; where the district wants it, another reviewer agrees first",
        ),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
    },
    S.CONTENT_REJECTED: {A.EDIT_RESEND: _edge(S.CONTENT_REVIEW, P.OWNER, why="once")},
    S.PENDING_ACCEPT: {
        A.ROUTE: _edge(S.PENDING_ACCEPT, P.SYSTEM),
        A.ACCEPT: _edge(S.WITH_DEPUTY, P.DEPUTY, P.CLERK, P.HEAD, P.RAISED),
        A.ASK_INFO: _edge(S.NEED_INFO, P.DEPUTY, P.CLERK, P.HEAD, P.RAISED),
        A.DECLINE: _edge(
            (S.DECLINED, S.PENDING_ACCEPT),
            P.DEPUTY,
            P.CLERK,
            P.HEAD,
            P.RAISED,
            why="UNLAWFUL, PRIVATE and DUPLICATE wait for a co-signature",
        ),
        A.REROUTE: _edge(S.PENDING_ACCEPT, P.DEPUTY, P.CLERK, P.HEAD, P.TOWNSHIP, P.RAISED),
        A.RECUSE: _edge(S.PENDING_ACCEPT, P.DEPUTY),
        A.MERGE: _edge(S.MERGED, P.CLERK, P.HEAD, P.TOWNSHIP),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
    },
    S.NEED_INFO: {
        A.SUPPLEMENT: _edge(
            (S.PENDING_ACCEPT, S.WITH_DEPUTY, S.REOPENED),
            P.OWNER,
            why="back to the state left; the clock goes on",
        ),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
        A.NO_INFO: _edge(S.CLOSED, P.SYSTEM, why="10 days after two reminders"),
    },
    S.DECLINED: {A.APPEAL: _edge(S.DECLINED, P.OWNER, why="once, within 10 days; the township decides")},
    S.WITH_DEPUTY: {
        A.ANSWER: _edge(S.FEEDBACK_GIVEN, P.DEPUTY, P.STAND_IN, P.RAISED),
        A.ASK_INFO: _edge(S.NEED_INFO, P.DEPUTY, P.CLERK, P.HEAD, P.RAISED),
        A.PROPOSE_UNIT: _edge(
            S.WITH_DEPUTY, P.DEPUTY, why="a deputy may only propose; the township or district assigns"
        ),
        A.ASSIGN: _edge(S.ASSIGNED, P.TOWNSHIP, P.HEAD, P.DISTRICT, why="T and H units of the township, A any"),
        A.REROUTE: _edge(S.WITH_DEPUTY, P.DEPUTY, P.CLERK, P.HEAD, P.TOWNSHIP, P.RAISED),
        A.RECUSE: _edge(S.WITH_DEPUTY, P.DEPUTY),
        A.MERGE: _edge(S.MERGED, P.CLERK, P.HEAD, P.TOWNSHIP),
        A.ESCALATE: _edge(S.WITH_DEPUTY, P.DEPUTY, why="waits for the higher deputy to accept"),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
    },
    S.ASSIGNED: {
        A.SIGN: _edge(S.HANDLING, P.UNIT),
        A.RETURN: _edge(S.ASSIGNED, P.UNIT, why="within the limit; whoever assigned decides"),
        A.UNASSIGN: _edge(
            (S.WITH_DEPUTY, S.REOPENED, S.ESCALATED),
            P.TOWNSHIP,
            P.HEAD,
            P.DISTRICT,
            why="a slip: the office that assigned, within minutes, before the unit acts; back to the state left",
        ),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
    },
    S.HANDLING: {
        A.SUBMIT_RESULT: _edge(S.UNIT_DONE, P.UNIT),
        A.EXTEND: _edge(S.HANDLING, P.UNIT, why="once, before the deadline; the resident sees the reason"),
        A.NOTE_PROGRESS: _edge(
            S.HANDLING, P.UNIT, P.CO_UNIT, why="for deputy and station; the resident hears the deputy"
        ),
        A.ASK_CO_UNITS: _edge(S.HANDLING, P.UNIT, why="the lead stays answerable (首接负责)"),
        A.ESCALATE: _edge(S.HANDLING, P.DEPUTY, why="waits for the higher deputy to accept"),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER, why="handling may go on in the public interest"),
    },
    S.UNIT_DONE: {
        A.SIGN_OFF: _edge(S.UNIT_DONE, P.UNIT_LEADER),
        A.GIVE_FEEDBACK: _edge(
            S.FEEDBACK_GIVEN, P.DEPUTY, P.CLERK, P.STAND_IN, P.RAISED, why="after sign-off, in own words"
        ),
        A.SEND_BACK: _edge(
            S.HANDLING, P.DEPUTY, P.TOWNSHIP, P.RAISED, P.UNIT_LEADER, why="the unit's leader instead of signing"
        ),
        A.MARK_IN_PLAN: _edge(S.UNIT_DONE, P.UNIT_LEADER, why="the deputy agrees first"),
    },
    S.IN_PLAN: {A.PLAN_DUE: _edge(S.HANDLING, P.SYSTEM)},
    S.ESCALATED: {
        A.ANSWER: _edge(S.FEEDBACK_GIVEN, P.DEPUTY),
        A.ASSIGN: _edge(S.ASSIGNED, P.DISTRICT),
        A.HAND_OVER: _edge(
            (S.WITH_DEPUTY, S.ESCALATED),
            P.SYSTEM,
            why="the higher deputy can no longer serve: back to the station; stays when only the station changes",
        ),
    },
    S.FEEDBACK_GIVEN: {
        A.RATE: _edge(
            (S.CLOSED, S.REOPENED),
            P.OWNER,
            P.TOWNSHIP,
            why="T only by phone, with the code of the paper receipt",
        ),
        A.RATE_AS_FOLLOWER: _edge(
            S.FEEDBACK_GIVEN, P.FOLLOWER, why="counted, but only the owner's rating moves the state"
        ),
        A.RATING_OVER: _edge(S.CLOSED, P.SYSTEM, why="15 days; not rated counts in no rate"),
    },
    S.MERGED: {
        A.UNMERGE: _edge((S.PENDING_ACCEPT, S.WITH_DEPUTY), P.CLERK, P.HEAD, P.TOWNSHIP),
        A.TARGET_ENDED: _edge((S.PENDING_ACCEPT, S.WITH_DEPUTY), P.SYSTEM, why="the other ended without an answer"),
        A.SHARE_FEEDBACK: _edge(S.FEEDBACK_GIVEN, P.SYSTEM),
        A.WITHDRAW: _edge(S.WITHDRAWN, P.OWNER),
    },
    S.CLOSED: {
        A.RATE: _edge((S.CLOSED, S.REOPENED), P.OWNER, why="one change within 48 hours"),
        A.RATE_AS_FOLLOWER: _edge(S.CLOSED, P.FOLLOWER),
        A.APPEAL: _edge(S.CLOSED, P.OWNER, why="once, within 60 days; the township decides"),
        A.ARCHIVE: _edge(S.ARCHIVED, P.SYSTEM),
    },
    S.ARCHIVED: {A.APPEAL: _edge(S.ARCHIVED, P.OWNER, why="archiving takes nothing from the 60 days")},
    S.WITHDRAWN: {},
}
_EDGES[S.REOPENED] = {
    action: _edge(S.REOPENED if edge.to == (S.WITH_DEPUTY,) else edge.to, *edge.parties, why=edge.why)
    for action, edge in _EDGES[S.WITH_DEPUTY].items()
    if action is not A.MERGE
}

_DECISIONS: dict[Action, tuple[tuple[State, ...], tuple[State, ...]]] = {
    A.REJECT_CONTENT: ((S.CONTENT_REJECTED,), (S.CONTENT_REVIEW,)),
    A.DECLINE: ((S.DECLINED,), (S.PENDING_ACCEPT,)),
    A.PROPOSE_UNIT: ((S.ASSIGNED,), (S.WITH_DEPUTY, S.REOPENED)),
    A.RETURN: ((S.ASSIGNED, S.WITH_DEPUTY, S.REOPENED), (S.HANDLING,)),
    A.EXTEND: ((S.HANDLING,), (S.HANDLING,)),
    A.MARK_IN_PLAN: ((S.IN_PLAN,), (S.UNIT_DONE,)),
    A.ESCALATE: ((S.ESCALATED,), (S.WITH_DEPUTY, S.REOPENED, S.HANDLING)),
    A.APPEAL: ((S.PENDING_ACCEPT, S.REOPENED), (S.DECLINED, S.CLOSED, S.ARCHIVED)),
}
"""Where a decision leads: (agreed, refused)."""

DECIDABLE = frozenset(_DECISIONS)

WHILE_WAITING: dict[Action, frozenset[Action]] = {
    A.PROPOSE_UNIT: frozenset({A.ASSIGN}),
    A.EXTEND: frozenset({A.SUBMIT_RESULT, A.NOTE_PROGRESS}),
}
"""What may still be done while that decision is open, besides ``decide`` and what the resident may always do."""
BESIDE = frozenset({A.SET_CATEGORY, A.MARK_EMERGENCY, A.CONFIRM_EMERGENCY, A.PUBLISH, A.UNPUBLISH})
"""They move no state and leave an open decision open."""
ALWAYS_WHILE_WAITING = BESIDE | {A.DECIDE, A.WITHDRAW}

_SORTERS = (P.DEPUTY, P.CLERK, P.HEAD, P.TOWNSHIP, P.DISTRICT, P.RAISED)
_EMERGENCY_MARKERS = (P.DEPUTY, P.CLERK, P.HEAD, P.TOWNSHIP, P.REVIEWER, P.RAISED)


def edge(state: State, action: Action, waiting_for: Action | None = None) -> Edge | None:
    """The edge for ``action`` in ``state`` while a decision on ``waiting_for`` is open; None when there is no such move."""
    if waiting_for is not None and action not in ALWAYS_WHILE_WAITING | WHILE_WAITING.get(waiting_for, frozenset()):
        return None
    if action is A.DECIDE:
        if waiting_for is None:
            return None
        agreed, refused = _DECISIONS[waiting_for]
        return _edge(tuple(dict.fromkeys(agreed + refused)), P.DECIDER)
    if action is A.MARK_EMERGENCY and state in OPEN:
        return _edge(state, *_EMERGENCY_MARKERS, why="a flag and a 2-hour task, not a state")
    if action is A.CONFIRM_EMERGENCY and state in OPEN:
        return _edge(state, P.HEAD, P.TOWNSHIP, P.RAISED)
    if action is A.SET_CATEGORY and state in OPEN:
        return _edge(state, *_SORTERS, why="confirms or corrects what was chosen or suggested; the route stays")
    if action is A.PUBLISH and state in PUBLISHABLE:
        return _edge(state, P.REVIEWER, why="with the resident's consent, in redacted words; also when it is over")
    if action is A.UNPUBLISH and state not in UNREVIEWED:
        return _edge(
            state,
            P.OWNER,
            P.REVIEWER,
            why="the consent taken back, or the reviewer decides against it; also later",
        )
    if action is A.HAND_OVER and state in OPEN and state is not S.ESCALATED:
        return _edge(state, P.SYSTEM)
    return _EDGES[state].get(action)


def table() -> Mapping[State, Mapping[Action, Edge]]:
    """The written edges, for drawing and for tests over the whole product."""
    return _EDGES


def decisions() -> Mapping[Action, tuple[tuple[State, ...], tuple[State, ...]]]:
    return _DECISIONS


@cache
def takers(action: Action) -> frozenset[Party]:
    """Who may take it in one state or another."""
    edges = [edge(state, action, None) for state in State]
    return frozenset().union(*(found.parties for found in edges if found is not None))


def moves(state: State, parties: frozenset[Party], waiting_for: Action | None = None) -> list[Action]:
    """The actions one of ``parties`` may take now, in the table's order."""
    found = []
    for action in Action:
        candidate = edge(state, action, waiting_for)
        if candidate is not None and parties & candidate.parties:
            found.append(action)
    return found
