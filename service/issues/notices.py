"""Who is told what: from the history line, never with the complaint's text or a name (rulebook §12, lock-screen privacy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.notices import NOTICES
from service.accounts.queries import accounts_with
from service.accounts.roles import SCOPE_FIELD, Role
from service.calendar.workdays import SHANGHAI, local_date
from service.issues import recalls
from service.issues.case import CO
from service.issues.deadlines import RESPONSIBLE
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES, Action, State
from service.issues.models import Issue, IssueAssignment, IssueDecision, IssueFollower, IssueHistory
from service.notifications import actions as notifications
from service.notifications import said
from service.notifications.actions import Notice
from service.notifications.kinds import Kind
from service.parameters import queries as parameters

_TO_RESIDENT = frozenset(
    {
        State.CONTENT_REJECTED,
        State.NEED_INFO,
        State.DECLINED,
        State.WITH_DEPUTY,
        State.ASSIGNED,
        State.IN_PLAN,
        State.ESCALATED,
        State.FEEDBACK_GIVEN,
        State.REOPENED,
        State.CLOSED,
        State.MERGED,
    }
)
"""States of which the resident is told on the way in; each has its notice (``state.…`` in ``config/notices.py``)."""
_NEW_DEPUTY = frozenset({Action.REROUTE, Action.RECUSE, Action.HAND_OVER})
_ROUTED = _NEW_DEPUTY | {Action.PASS_REVIEW, Action.APPROVE_CONTENT}
_QUIET = frozenset(
    {
        Action.URGE,
        Action.SET_CATEGORY,
        Action.MARK_EMERGENCY,
        Action.CONFIRM_EMERGENCY,
        Action.SUBMIT,
        Action.ARCHIVE,
        Action.PUBLISH,
        Action.UNPUBLISH,
        Action.NOTE_PROGRESS,
    }
)


_WAITING = sa.select(IssueDecision.action).where(
    IssueDecision.issue_id == sa.bindparam("issue"), IssueDecision.outcome.is_(None)
)
_LINE = sa.select(IssueHistory).where(
    IssueHistory.issue_id == sa.bindparam("issue"), IssueHistory.seq == sa.bindparam("seq")
)


def tell(
    session: Session, issue: Issue, who: Iterable[str], name: str, *, key: str, now: dt.datetime, **facts: object
) -> int:
    """Write the notice ``name`` about ``issue`` to each account, in the district's words (``config/notices.py``).

    An emergency has hours, not the issue's days.
    """
    title, body = said.worded(session, issue.district_id, name, now=now, **facts)
    kind, body = NOTICES[name].kind, f"事项 {issue.number}。{body}"
    due_at = issue.emergency_due_at if kind == Kind.EMERGENCY else issue.due_at
    notices = [Notice(account, kind, title, body, issue.id, issue.number, due_at) for account in dict.fromkeys(who)]
    return notifications.write(session, notices, key=key, district_id=issue.district_id, now=now)


def about_move(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """A step was taken: the resident and followers hear of progress, whoever owes the next step gets a task."""
    issue, line = _line(session, payload)
    if issue is None or line is None:
        return
    action, to = Action(line.action), State(line.to_state)
    if action is Action.PUBLISH:
        tell(session, issue, _owner(issue), "published", key=key, now=now)
    if action in _QUIET or (action is Action.MERGE and to is not State.MERGED):
        return
    if line.from_state != line.to_state and to in _TO_RESIDENT:
        _tell_residents(session, issue, line, key=key, now=now)
    elif action in _NEW_DEPUTY:
        tell(session, issue, _owner(issue), "deputy_changed", key=key, now=now)
    elif action is Action.DECIDE and to is State.HANDLING:
        tell(session, issue, _owner(issue), "term_changed", key=key, now=now)
    if action is Action.HAND_OVER and "deputy" in (line.data or {}):
        tell(session, issue, audience(session, issue, Role.STATION_HEAD), "deputy_gone", key=key, now=now)
    if action in (Action.ASSIGN, Action.ASK_CO_UNITS):
        _ask_for_help(session, issue, line, key=key, now=now)
    if action not in _ROUTED | {Action.ASK_CO_UNITS}:
        about_duty(session, issue, key=key, now=now, acted=line.actor_account_id)
    if issue.under_supervision and to is State.CLOSED:
        offices = [*audience(session, issue, Role.TOWNSHIP), *audience(session, issue, Role.DISTRICT)]
        tell(session, issue, offices, "supervise", key=key, now=now)


def _ask_for_help(session: Session, issue: Issue, line: IssueHistory, *, key: str, now: dt.datetime) -> None:
    """Units that were asked to help (协办) in this step; the lead hears of its duty as ever."""
    asked = session.scalars(
        sa.select(IssueAssignment.unit_id).where(
            IssueAssignment.issue_id == issue.id,
            IssueAssignment.role == CO,
            IssueAssignment.assigned_at == line.at,
            IssueAssignment.ended_at.is_(None),
        )
    )
    who = [
        account
        for unit_id in asked
        for account in accounts_with(session, Role.UNIT_CLERK, district_id=issue.district_id, unit_id=unit_id)
    ]
    tell(session, issue, who, "co_unit", key=key, now=now)


def about_duty(session: Session, issue: Issue, *, key: str, now: dt.datetime, acted: str | None = None) -> None:
    """Whoever owes the next step gets a task with its deadline, but not the one who has just acted: they know."""
    if issue.responsible_role in (None, Role.RESIDENT) or issue.state == State.MERGED:
        return
    waiting = session.scalar(_WAITING, {"issue": issue.id})
    who = [account for account in audience(session, issue, RESPONSIBLE) if account != acted]
    facts = {"decision": ACTION_TITLES[Action(waiting)]} if waiting else {"state": STATE_TITLES[State(issue.state)]}
    name = "decision" if waiting else "duty"
    tell(session, issue, who, name, key=key, now=now, by_when=_by_when(issue), **facts)


def about_reminder(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """催办提醒 of the contract: the responsible, then H, T, A."""
    issue = session.get(Issue, payload["issue_id"])
    if issue is None or issue.responsible_role is None:
        return
    for who in payload["audiences"]:
        name = "unanswered"
        if who == RESPONSIBLE:
            name = "remind_resident" if issue.responsible_role == Role.RESIDENT else "remind"
        told = audience(session, issue, who)
        tell(session, issue, told, name, key=key, now=now, by_when=_by_when(issue))


def about_emergency(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """Head and township at once; township and district when two hours passed without a word."""
    issue = session.get(Issue, payload["issue_id"])
    if issue is None:
        return
    overdue = payload["stage"] == "overdue"
    first = Role.DISTRICT if overdue or issue.confined_to else Role.STATION_HEAD
    who = [*audience(session, issue, first), *audience(session, issue, Role.TOWNSHIP)]
    hours = parameters.load(session, issue.district_id, at=now)["emergency.hours"]
    name = "emergency_overdue" if overdue else "emergency"
    tell(session, issue, who, name, key=key, now=now, hours=hours)


def about_message(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is None:
        return
    if payload["held"]:
        reviewers = audience(session, issue, Role.REVIEWER)
        tell(session, issue, reviewers, "message_held", key=key, now=now)
    elif payload["from_resident"]:
        if payload.get("step"):  # whoever owes the next step heard of it before its words could be read
            owes = issue.responsible_role not in (None, Role.RESIDENT)
            who = audience(session, issue, RESPONSIBLE) if owes else []
        else:
            who = audience(session, issue, Role.DEPUTY) or audience(session, issue, RESPONSIBLE)
        tell(session, issue, who, "message_new", key=key, now=now)
    else:
        tell(session, issue, _owner(issue), "replied", key=key, now=now)


def about_urge(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is not None:
        told = audience(session, issue, RESPONSIBLE)
        tell(session, issue, told, "urged", key=key, now=now, by_when=_by_when(issue))


def about_reveal(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is not None:
        tell(session, issue, _owner(issue), "revealed", key=key, now=now)


def about_heat(session: Session, issue: Issue, people: int, days: int, *, now: dt.datetime) -> None:
    """Station and township learn that many speak of one matter; once, however often this is looked at that day."""
    roles = (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP)
    who = [account for role in roles for account in audience(session, issue, role)]
    key = f"hot:{issue.id}:{local_date(now).isoformat()}"
    tell(session, issue, who, "hot", key=key, now=now, days=days, people=people)


def audience(session: Session, issue: Issue, who: str) -> list[str]:
    """Accounts of a role that watches over this issue, or of whoever is responsible; never those it is kept from."""
    role, holder = (issue.responsible_role, issue.responsible_id) if who == RESPONSIBLE else (who, None)
    if role is None:
        return []
    if role == Role.RESIDENT:
        return _owner(issue)
    if issue.confined_to and role in (Role.STATION_HEAD, Role.STATION_CLERK, Role.DEPUTY):
        return []
    if issue.confined_to == "district" and role == Role.TOWNSHIP:
        return []
    scope = SCOPE_FIELD.get(Role(role))
    wanted = {scope: holder or _at(issue, scope)} if scope else {}
    if None in wanted.values():
        return []
    return accounts_with(session, Role(role), district_id=issue.district_id, **wanted)


def _at(issue: Issue, scope: str) -> str | None:
    """The issue's own deputy, station, township or unit, where nobody else is named."""
    value: str | None = getattr(issue, scope)
    return value


def _tell_residents(session: Session, issue: Issue, line: IssueHistory, *, key: str, now: dt.datetime) -> None:
    if line.action == Action.UNASSIGN:
        recalls.about_unassigned(session, issue, line, _owner(issue), key=key, now=now)
        return
    to = State(line.to_state)
    who = _owner(issue)
    if to in (State.FEEDBACK_GIVEN, State.CLOSED, State.DECLINED):
        who += session.scalars(sa.select(IssueFollower.account_id).where(IssueFollower.issue_id == issue.id)).all()
    tell(session, issue, who, f"state.{to.value}", key=key, now=now)


def _owner(issue: Issue) -> list[str]:
    return [issue.account_id] if issue.account_id else []


def _line(session: Session, payload: Mapping[str, Any]) -> tuple[Issue | None, IssueHistory | None]:
    issue = session.get(Issue, payload["issue_id"])
    return issue, session.scalar(_LINE, {"issue": payload["issue_id"], "seq": payload["seq"]})


def _by_when(issue: Issue) -> str:
    if issue.due_at is None:
        return "请查看。"
    local = issue.due_at.astimezone(SHANGHAI)
    return f"请于 {local.month} 月 {local.day} 日前处理。"
