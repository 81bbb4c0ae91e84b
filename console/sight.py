"""An issue as the person at the desk may see it: loaded as a viewer, with the viewer's actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from console.due import due, lasting
from console.pages import current_actor
from service.accounts.reach import roles_of
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.issues import deadlines, views
from service.issues.case import Case, load_case, parties_of
from service.issues.lifecycle import OPEN, Action, Party, State
from service.notifications import queries as notifications
from service.notifications.models import PARKED

WATCHERS = frozenset({Party.DEPUTY, Party.CLERK, Party.HEAD, Party.TOWNSHIP, Party.DISTRICT, Party.RAISED})
"""Who may see whether notices got through; as ``GET /issues/<id>/notices``."""
PUSH_TITLES = {
    "pending": "等待发送",
    "sending": "正在发送",
    "sent": "已发送",
    "delivered": "已送达",
    "digested": "合并在汇总里",
    "refused": "对方拒收",
    "invalid": "模板有误，没有送达",
    "failed": "没有送达",
    "unknown": "可能已送达",
    "no_consent": "只在收件箱（没有订阅）",
    "no_channel": "只在收件箱",
}


_HANDS = {
    State.CONTENT_REVIEW: "内容审核员",
    State.NEED_INFO: "群众",
    State.FEEDBACK_GIVEN: "群众",
    State.ASSIGNED: "承办单位",
    State.HANDLING: "承办单位",
    State.UNIT_DONE: "承办单位负责人",
    State.IN_PLAN: "承办单位负责人",
    State.MERGED: "并入的那一件",
}
"""Everything else waits for the deputy, or for the station where there is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``issue``: what the API would show this viewer."""

    case: Case
    parties: frozenset[Party]
    issue: dict[str, Any]

    @property
    def actions(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.issue["actions"]}


def seen(issue_id: str) -> Seen:
    """:raises NotFound: absent, or not theirs: the two look the same."""
    session, actor, now = db.session(), current_actor(), core().clock()
    case = load_case(session, issue_id, now=now, for_update=False)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound
    issue = views.detail(session, case, actor)
    issue["due"] = due(issue, now)
    return Seen(case, parties, issue)


def deadline_basis(case: Case) -> str | None:
    """Why the deadline is that day."""
    issue = case.issue
    if issue.due_at is None:
        return None
    situation = deadlines.Situation(
        state=case.state,
        entered_at=issue.duty_since or case.now,
        difficulty=issue.difficulty or "GENERAL",
        signed_off=issue.signed_off_at is not None,
    )
    words = deadlines.basis(situation, case.rules)
    return f"{words}{'，已延期一次' if issue.extended else ''}" if words else None


def with_stays(history: list[dict[str, Any]], now: dt.datetime, *, open_: bool) -> list[dict[str, Any]]:
    """Each step with who had the issue then (``hands``), and how long (``stayed``; None: until today nobody, it is over)."""
    ends = [step["at"] for step in history[1:]] + [now if open_ else None]
    found, signed = [], False
    for step, end in zip(history, ends, strict=True):
        signed = step["state"] == State.UNIT_DONE and (signed or step["action"] == Action.SIGN_OFF)
        stayed = lasting(end - step["at"]) if end is not None else None
        found.append({**step, "hands": _hands(State(step["state"]), signed=signed), "stayed": stayed, "until": end})
    return found


def in_whose_hands(steps: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Of :func:`with_stays`: how long each had it altogether, in the order they first had it."""
    together: dict[str, dt.timedelta] = {}
    for step in steps:
        if step["until"] is not None and State(step["state"]) in OPEN:
            together[step["hands"]] = together.get(step["hands"], dt.timedelta()) + (step["until"] - step["at"])
    return [(hands, lasting(amount)) for hands, amount in together.items()]


def _hands(state: State, *, signed: bool) -> str:
    """Whose duty a state is (:func:`service.issues.journal.responsible`), in words."""
    if state is State.UNIT_DONE and signed:
        return "代表或联络站"
    return _HANDS.get(state, "代表或联络站")


def notices(seen: Seen) -> list[dict[str, Any]] | None:
    """Role, way and state of each notice, never a name; None for who may not see that."""
    if not seen.parties & WATCHERS:
        return None
    session, issue = db.session(), seen.case.issue
    rows = notifications.of_issue(session, issue.id)
    roles = roles_of(session, {row.account_id for row in rows}, issue.district_id)
    return [
        {
            "title": row.title,
            "role": ROLE_TITLES[roles.get(row.account_id, Role.RESIDENT)],
            "channel": row.channel,
            "state": PUSH_TITLES.get(row.push_state, row.push_state),
            "bad": row.push_state in PARKED,
            "at": row.pushed_at or row.created_at,
            "read": row.read_at is not None,
        }
        for row in rows
    ]
