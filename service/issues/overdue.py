"""Where things are late (超期链条): the stage an issue stands in, who owes its next step, and since when the oldest does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.issues import scopes
from service.issues.models import Issue
from service.issues.models.issue import OPEN_ONLY
from service.issues.scopes import Box
from service.issues.states import State


@dataclass(slots=True)
class Late:
    """One stage. ``since``: the oldest deadline passed; ``owed``: how many by the role that owes the next step."""

    state: State
    since: dt.datetime
    owed: Counter[Role | None] = field(default_factory=Counter)

    @property
    def issues(self) -> int:
        return self.owed.total()


def chain(session: Session, actor: Actor, box: Box, *, now: dt.datetime) -> list[Late]:
    """Stages with overdue issues in the order of the work; as many each as the list of that box, state and ``overdue`` shows.

    :raises Forbidden: when none of the viewer's roles has such a box.
    """
    statement = (
        sa.select(Issue.state, Issue.responsible_role, sa.func.count(), sa.func.min(Issue.due_at))
        .where(scopes.clause(actor, box), sa.text(OPEN_ONLY), Issue.due_at < now)
        .group_by(Issue.state, Issue.responsible_role)
    )
    found: dict[State, Late] = {}
    for state, role, issues, oldest in session.execute(statement):
        since = oldest or now
        late = found.setdefault(State(state), Late(State(state), since))
        late.since = min(late.since, since)
        late.owed[Role(role) if role else None] += issues
    return [found[state] for state in State if state in found]
