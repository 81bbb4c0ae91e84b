"""Who is told what: from the history line, never with the complaint's text or a name (rulebook §12, lock-screen privacy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import SCOPE_FIELD, Role
from service.calendar.workdays import SHANGHAI, local_date
from service.issues import recalls
from service.issues.case import CO
from service.issues.deadlines import RESPONSIBLE
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES, Action, State
from service.issues.models import Issue, IssueAssignment, IssueDecision, IssueFollower, IssueHistory
from service.notifications import actions as notifications
from service.notifications.actions import Notice
from service.notifications.kinds import Kind

TASK, PROGRESS, ALERT = Kind.TASK.value, Kind.PROGRESS.value, Kind.ALERT.value

_TO_RESIDENT: dict[State, tuple[str, str]] = {
    State.CONTENT_REJECTED: ("内容未通过审核", "请查看原因，可以修改后重新提交一次。"),
    State.NEED_INFO: ("请补充情况", "办理人有问题想向您了解，请在期限内补充。"),
    State.DECLINED: ("不予受理", "请查看理由和可以走的法定途径；如不同意可申诉一次。"),
    State.WITH_DEPUTY: ("已受理", "代表正在跟进您反映的事项。"),
    State.ASSIGNED: ("已交办", "您反映的事项已交承办单位办理。"),
    State.IN_PLAN: ("已列入计划", "请查看计划完成的时间。"),
    State.ESCALATED: ("已转上级代表", "上级人大代表已接续跟进。"),
    State.FEEDBACK_GIVEN: ("已反馈，请评价", "办得怎么样由您说了算，请在期限内评价。"),
    State.REOPENED: ("重新办理", "您的意见已收到，将重新办理。"),
    State.CLOSED: ("已办结", "感谢您的反映，可以凭查询码查看全部过程。"),
    State.MERGED: ("已与同类事项合并办理", "您仍会收到单独的反馈，并由您评价。"),
}
_KINDS: dict[State, Kind] = {
    State.NEED_INFO: Kind.NEEDS_ANSWER,
    State.FEEDBACK_GIVEN: Kind.FEEDBACK,
    State.CONTENT_REJECTED: Kind.NEEDS_ANSWER,
    State.DECLINED: Kind.CLOSED,
    State.CLOSED: Kind.CLOSED,
}
"""What news for the resident is worth; everything else is progress."""
_NEW_DEPUTY = frozenset({Action.REROUTE, Action.RECUSE, Action.HAND_OVER})
_ROUTED = _NEW_DEPUTY | {Action.PASS_REVIEW, Action.APPROVE_CONTENT}
_PUBLISHED = (PROGRESS, "您反映的事项已公开", "公开的是审核后的文字，不含姓名和具体地点。您可以随时改为不公开。")
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
    session: Session,
    issue: Issue,
    who: Iterable[str],
    notice: tuple[str, str, str],
    *,
    key: str,
    now: dt.datetime,
) -> int:
    """Write one notice (kind, title, body) about ``issue`` to each account. An emergency has hours, not the issue's days."""
    kind, title, body = notice
    due_at = issue.emergency_due_at if kind == Kind.EMERGENCY else issue.due_at
    notices = [
        Notice(account, kind, title, f"事项 {issue.number}。{body}", issue.id, issue.number, due_at)
        for account in dict.fromkeys(who)
    ]
    return notifications.write(session, notices, key=key, district_id=issue.district_id, now=now)


def about_move(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """A step was taken: the resident and followers hear of progress, whoever owes the next step gets a task."""
    issue, line = _line(session, payload)
    if issue is None or line is None:
        return
    action, to = Action(line.action), State(line.to_state)
    if action is Action.PUBLISH:
        tell(session, issue, _owner(issue), _PUBLISHED, key=key, now=now)
    if action in _QUIET or (action is Action.MERGE and to is not State.MERGED):
        return
    if line.from_state != line.to_state and to in _TO_RESIDENT:
        _tell_residents(session, issue, line, key=key, now=now)
    elif action in _NEW_DEPUTY:
        tell(
            session,
            issue,
            _owner(issue),
            (PROGRESS, "联系代表有变更", "请查看现在由谁跟进，期限不变。"),
            key=key,
            now=now,
        )
    elif action is Action.DECIDE and to is State.HANDLING:
        tell(
            session,
            issue,
            _owner(issue),
            (PROGRESS, "办理期限有变化", "请查看原因和新的期限。"),
            key=key,
            now=now,
        )
    if action is Action.HAND_OVER and "deputy" in (line.data or {}):
        text = (TASK, "联系代表已变更", "原代表暂时不能履职，请关注接续情况。")
        tell(session, issue, audience(session, issue, Role.STATION_HEAD), text, key=key, now=now)
    if action in (Action.ASSIGN, Action.ASK_CO_UNITS):
        _ask_for_help(session, issue, line, key=key, now=now)
    if action not in _ROUTED | {Action.ASK_CO_UNITS}:
        about_duty(session, issue, key=key, now=now, acted=line.actor_account_id)
    if issue.under_supervision and to is State.CLOSED:
        offices = [*audience(session, issue, Role.TOWNSHIP), *audience(session, issue, Role.DISTRICT)]
        tell(
            session,
            issue,
            offices,
            (ALERT, "两次不满意，请督办", "群众再次表示不满意，请组织督办。"),
            key=key,
            now=now,
        )


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
    tell(session, issue, who, (TASK, "请协办", "请配合主办单位办理，并记录您单位的办理进展。"), key=key, now=now)


def about_duty(session: Session, issue: Issue, *, key: str, now: dt.datetime, acted: str | None = None) -> None:
    """Whoever owes the next step gets a task with its deadline, but not the one who has just acted: they know."""
    if issue.responsible_role in (None, Role.RESIDENT) or issue.state == State.MERGED:
        return
    waiting = session.scalar(_WAITING, {"issue": issue.id})
    title = f"待您决定：{ACTION_TITLES[Action(waiting)]}" if waiting else f"待处理：{STATE_TITLES[State(issue.state)]}"
    who = [account for account in audience(session, issue, RESPONSIBLE) if account != acted]
    tell(session, issue, who, (TASK, title, _by_when(issue)), key=key, now=now)


def about_reminder(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """催办提醒 of the contract: the responsible, then H, T, A."""
    issue = session.get(Issue, payload["issue_id"])
    if issue is None or issue.responsible_role is None:
        return
    for who in payload["audiences"]:
        if who == RESPONSIBLE:
            resident = issue.responsible_role == Role.RESIDENT
            kind, title = (Kind.NEEDS_ANSWER.value, "请尽快补充情况") if resident else (TASK, "请尽快处理")
            tell(
                session,
                issue,
                audience(session, issue, who),
                (kind, title, _by_when(issue)),
                key=key,
                now=now,
            )
        else:
            text = (ALERT, "有事项尚未得到回应", f"责任人尚未处理，请督促。{_by_when(issue)}")
            tell(session, issue, audience(session, issue, Role(who)), text, key=key, now=now)


def about_emergency(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """Head and township at once; township and district when two hours passed without a word."""
    issue = session.get(Issue, payload["issue_id"])
    if issue is None:
        return
    overdue = payload["stage"] == "overdue"
    first = Role.DISTRICT if overdue or issue.confined_to else Role.STATION_HEAD
    who = [*audience(session, issue, first), *audience(session, issue, Role.TOWNSHIP)]
    words = "超过 2 小时未确认，请立即过问。" if overdue else "可能有紧急危险，请在 2 小时内联系确认。"
    tell(session, issue, who, (Kind.EMERGENCY.value, "紧急事项", words), key=key, now=now)


def about_message(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is None:
        return
    if payload["held"]:
        reviewers = audience(session, issue, Role.REVIEWER)
        tell(session, issue, reviewers, (TASK, "留言待审核", "有一条留言需要人工确认。"), key=key, now=now)
    elif payload["from_resident"]:
        if payload.get("step"):  # whoever owes the next step heard of it before its words could be read
            owes = issue.responsible_role not in (None, Role.RESIDENT)
            who = audience(session, issue, RESPONSIBLE) if owes else []
        else:
            who = audience(session, issue, Role.DEPUTY) or audience(session, issue, RESPONSIBLE)
        tell(session, issue, who, (TASK, "群众有新的留言", "请查看并回应。"), key=key, now=now)
    else:
        tell(
            session,
            issue,
            _owner(issue),
            (Kind.REPLIED.value, "您有新的留言", "请查看代表或联络站的留言。"),
            key=key,
            now=now,
        )


def about_urge(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is not None:
        text = (TASK, "群众催办", _by_when(issue))
        tell(session, issue, audience(session, issue, RESPONSIBLE), text, key=key, now=now)


def about_reveal(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    issue = session.get(Issue, payload["issue_id"])
    if issue is not None:
        text = (PROGRESS, "有人查看了您的身份", "请在事项详情中查看是谁、因为什么。")
        tell(session, issue, _owner(issue), text, key=key, now=now)


def about_heat(session: Session, issue: Issue, people: int, days: int, *, now: dt.datetime) -> None:
    """Station and township learn that many speak of one matter; once, however often this is looked at that day."""
    roles = (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP)
    who = [account for role in roles for account in audience(session, issue, role)]
    body = f"{days} 天内已有 {people} 人反映同一件事，请研究，统一回应。"
    key = f"hot:{issue.id}:{local_date(now).isoformat()}"
    tell(session, issue, who, (ALERT, "热点事项", body), key=key, now=now)


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
    title, body = _TO_RESIDENT[to]
    who = _owner(issue)
    if to in (State.FEEDBACK_GIVEN, State.CLOSED, State.DECLINED):
        who += session.scalars(sa.select(IssueFollower.account_id).where(IssueFollower.issue_id == issue.id)).all()
    tell(session, issue, who, (_KINDS.get(to, Kind.PROGRESS).value, title, body), key=key, now=now)


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
