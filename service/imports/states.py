"""What is imported, and where such a run stands. Pure.

waiting → checking → ready | faulty; ready → queued → applying → applied | faulty; failed → waiting; dropped is the end.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    TERRITORY = "territory"
    ROSTER = "roster"
    REGISTER = "register"
    TERM = "term"


KIND_TITLES = {Kind.TERRITORY: "镇街和村社", Kind.ROSTER: "名册", Kind.REGISTER: "历史登记册", Kind.TERM: "换届名单"}
PLAIN = (Kind.TERRITORY, Kind.ROSTER, Kind.REGISTER)
"""What is only brought in; a new term is applied on a page of its own."""


class RunState(StrEnum):
    WAITING = "waiting"
    CHECKING = "checking"
    READY = "ready"
    FAULTY = "faulty"
    QUEUED = "queued"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    DROPPED = "dropped"


DUE = {RunState.WAITING: RunState.CHECKING, RunState.QUEUED: RunState.APPLYING}
"""What a worker takes, and what it is while it works on it."""
AT_WORK = frozenset(DUE.values())
UNDER_WAY = frozenset(DUE) | AT_WORK
"""The page asks for news while it is one of these; of one district there is one such run at a time."""
LEFT = frozenset({RunState.READY, RunState.FAULTY, RunState.FAILED})
"""Waits for a person: apply, try again or give up."""
OVER = frozenset({RunState.APPLIED, RunState.DROPPED})
"""Their files are gone."""
