"""An issue as one viewer may see it: who has it, to which step it has come, by when the next one (谁在办、到哪一步、几号前)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.deputies.models import Deputy
from service.issues import identity, insight, offers, queries
from service.issues.case import Case, parties_of
from service.issues.insight import Insight
from service.issues.labels import holder_name
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES, Action, Party, State
from service.issues.models import Issue, IssueHistory
from service.issues.routing import REASON_SENTENCES, RouteReason
from service.masking import redact
from service.parameters.models import Category
from service.stations.models import Station
from service.territory.models import Division
from service.units.models import HandlingUnit

_NEXT_STEP: dict[State, str] = {
    State.CONTENT_REVIEW: "正在检查内容，通过后会交给您的代表。",
    State.CONTENT_REJECTED: "内容没有通过审核，您可以修改后重新提交一次。",
    State.PENDING_ACCEPT: "等待代表或联络站受理。",
    State.NEED_INFO: "等待您补充情况，补充之前期限暂停。",
    State.DECLINED: "没有受理，请看理由和法定途径；不同意可以申诉一次。",
    State.WITH_DEPUTY: "代表正在了解情况，将答复您或建议承办单位。",
    State.ASSIGNED: "已交给承办单位，等待签收。",
    State.HANDLING: "承办单位正在办理。",
    State.UNIT_DONE: "单位说已经办完，等待签发，再由代表向您反馈。",
    State.IN_PLAN: "已列入计划，到期继续办理。",
    State.ESCALATED: "上级人大代表正在跟进。",
    State.FEEDBACK_GIVEN: "请您评价办得怎么样；到期未评价将自动办结，不计入满意率。",
    State.REOPENED: "您不满意，正在重新办理。",
    State.MERGED: "已与同类事项合并办理，您会收到单独的反馈。",
    State.WITHDRAWN: "您已撤回。",
    State.CLOSED: "已办结。有新的情况，60 天内可以申诉一次。",
    State.ARCHIVED: "已归档。",
}


def detail(session: Session, case: Case, actor: Actor) -> dict[str, Any]:
    """Everything this viewer may see; the caller has checked that ``actor`` is a party."""
    issue, parties = case.issue, parties_of(actor, case)
    sight = insight.insight(parties, issue, by_receipt=actor.account_id is None)
    names = _names(session, [issue])
    view = _summary(session, issue, sight, names, case.now)
    view |= {
        "content": insight.visible_text(issue, sight),
        "place": issue.place if sight.exact_place else None,
        "station": {"id": issue.station_id, "name": names[issue.station_id]},
        "grid_id": issue.grid_id if sight.exact_place else None,
        "kind": issue.kind,
        "channel": issue.channel,
        "anonymity": issue.anonymity,
        "consents": {
            "pass_on": issue.consent_pass_on,
            "publish": issue.consent_publish,
            "contact": issue.consent_contact,
        },
        "contact": insight.visible_contact(issue, sight),
        "may_reveal": sight.may_reveal,
        "about": {"type": issue.about_type, "id": issue.about_id} if issue.about_type else None,
        "route_reason": REASON_SENTENCES[RouteReason(issue.route_reason)] if issue.route_reason else None,
        "next_step": _NEXT_STEP[case.state],
        "pending_decision": _pending(session, case),
        "unit": _named(issue.unit_id, names),
        "co_units": _co_units(session, case),
        "difficulty": issue.difficulty,
        "outcome": issue.outcome,
        "reason_code": issue.reason_code,
        "under_supervision": issue.under_supervision,
        "rating": _rating(session, issue, sight),
        "category_suggestion": issue.category_suggestion if sight.triage else None,
        "alike": issue.alike if sight.triage else None,
        "emergency": _emergency(issue) if sight.staff_lines or Party.OWNER in parties else None,
        "merged_into": _merged_into(session, issue),
        "received_at": issue.received_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "history": _history(queries.history(session, issue.id), sight, issue),
        "messages": _messages(session, issue, parties) if sight.conversation else [],
        "reveals": _reveals(session, issue) if Party.OWNER in parties or Party.DISTRICT in parties else [],
        "actions": offers.offered(session, case, parties),
    }
    return view


def summaries(
    session: Session, issues: Sequence[Issue], sights: Sequence[Insight], now: dt.datetime
) -> list[dict[str, Any]]:
    """Lines of a list; names are looked up for the whole page at once."""
    names = _names(session, issues)
    return [_summary(session, issue, sight, names, now) for issue, sight in zip(issues, sights, strict=True)]


def _summary(session: Session, issue: Issue, sight: Insight, names: dict[str, str], now: dt.datetime) -> dict[str, Any]:
    text = insight.visible_text(issue, sight)
    state = State(issue.state)
    return {
        "id": issue.id,
        "number": issue.number,
        "title": text[:30],
        "state": state.value,
        "state_title": STATE_TITLES[state],
        "round": issue.round,
        "version": issue.version,
        "category": _titled(issue.category_id, names),
        "village": names.get(issue.division_code or ""),
        "deputy": _named(issue.deputy_id, names),
        "responsible": _responsible(session, issue, names),
        "due_at": issue.due_at,
        "due_provisional": issue.due_provisional,
        "overdue": issue.due_at is not None and issue.due_at < now,
        "urgent": issue.emergency_at is not None and issue.emergency_confirmed_at is None,
        "followers": issue.follower_count,
        "hot": issue.hot_at is not None and sight.triage,
        "created_at": issue.created_at,
    }


def _responsible(session: Session, issue: Issue, names: dict[str, str]) -> dict[str, Any] | None:
    """Who owes the next step now; names already at hand are used, so that a list asks nothing per row."""
    role, holder = issue.responsible_role, issue.responsible_id
    if role is None:
        return None
    if holder in names and role == Role.DEPUTY:
        return {"role": role, "name": f"代表 {names[holder]}"}
    if holder in names and role in (Role.UNIT_CLERK, Role.UNIT_LEADER):
        return {"role": role, "name": names[holder] + ("负责人" if role == Role.UNIT_LEADER else "")}
    if holder in names and role == Role.STATION_HEAD:
        return {"role": role, "name": f"{names[holder]}站长"}
    if holder in names and role == Role.TOWNSHIP:
        return {"role": role, "name": f"{names[holder]}人大"}
    return {"role": role, "name": holder_name(session, issue, role, holder)}


def _names(session: Session, issues: Sequence[Issue]) -> dict[str, str]:
    """Ids of stations, deputies, categories, places and units of a page → names, one statement per table."""
    found: dict[str, str] = {}
    holders = {issue.responsible_id for issue in issues}
    lookups: tuple[tuple[Any, Any, Collection[str | None]], ...] = (
        (Station.id, Station.name, {issue.station_id for issue in issues}),
        (Deputy.id, Deputy.name, {issue.deputy_id for issue in issues} | holders),
        (Category.id, Category.title, {issue.category_id for issue in issues}),
        (
            Division.code,
            Division.name,
            {code for issue in issues for code in (issue.division_code, issue.township_code)},
        ),
        (HandlingUnit.id, HandlingUnit.name, {issue.unit_id for issue in issues} | holders),
    )
    for key, name, wanted in lookups:
        ids = {value for value in wanted if value}
        if ids:
            found |= dict(session.execute(sa.select(key, name).where(key.in_(ids))).all())
    return found


def _named(key: str | None, names: dict[str, str]) -> dict[str, str] | None:
    return {"id": key, "name": names.get(key, "")} if key else None


def _titled(key: str | None, names: dict[str, str]) -> dict[str, str] | None:
    return {"id": key, "title": names.get(key, "")} if key else None


def _pending(session: Session, case: Case) -> dict[str, Any] | None:
    decision = case.decision
    if decision is None:
        return None
    return {
        "action": decision.action,
        "title": ACTION_TITLES[Action(decision.action)],
        "decider": {
            "role": decision.decider_role,
            "name": holder_name(session, case.issue, decision.decider_role, decision.decider_id),
        },
        "asked_at": decision.asked_at,
        "due_at": decision.due_at,
    }


def _co_units(session: Session, case: Case) -> list[dict[str, str]]:
    ids = [row.unit_id for row in case.assignments if row.role == "co"]
    if not ids:
        return []
    rows = session.execute(sa.select(HandlingUnit.id, HandlingUnit.name).where(HandlingUnit.id.in_(ids)))
    return [{"id": key, "name": name} for key, name in rows]


def _rating(session: Session, issue: Issue, sight: Insight) -> dict[str, Any] | None:
    row = queries.rating(session, issue.id)
    if row is None:
        return None
    return {
        "result": row.result,
        "attitude": row.attitude,
        "reason": _words(row.reason, True, sight, issue),
        "round": row.round,
        "channel": row.channel,
        "rated_at": row.rated_at,
    }


def _emergency(issue: Issue) -> dict[str, Any] | None:
    if issue.emergency_at is None:
        return None
    return {
        "since": issue.emergency_at,
        "due_at": issue.emergency_due_at,
        "confirmed_at": issue.emergency_confirmed_at,
    }


def _merged_into(session: Session, issue: Issue) -> dict[str, str] | None:
    """Only the number: the other resident's issue stays theirs."""
    if issue.merged_into_id is None:
        return None
    number = session.scalar(sa.select(Issue.number).where(Issue.id == issue.merged_into_id))
    return {"number": number or ""}


def _history(rows: Sequence[IssueHistory], sight: Insight, issue: Issue) -> list[dict[str, Any]]:
    shown = [row for row in rows if row.audience == "all" or sight.staff_lines]
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "action": row.action,
            "title": ACTION_TITLES[Action(row.action)],
            "actor": {"role": row.actor_role, "name": row.actor_label},
            "from_state": row.from_state,
            "state": row.to_state,
            "state_title": STATE_TITLES[State(row.to_state)],
            "round": row.round,
            "note": _words(row.note, row.actor_role == Role.RESIDENT, sight, issue),
            "entry_hash": row.entry_hash,
        }
        for row in shown
    ]


def _words(text: str | None, by_resident: bool, sight: Insight, issue: Issue) -> str | None:
    """Free text as this viewer may read it: in full, redacted, or, of a stranger, not at all."""
    if text is None or sight.full_text:
        return text
    return None if sight.stranger and by_resident else redact(text, [issue.contact_name], [issue.place])


def _messages(session: Session, issue: Issue, parties: frozenset[Party]) -> list[dict[str, Any]]:
    """A held message is seen by its writer (the resident) only, until a reviewer has looked."""
    return [
        {
            "id": row.id,
            "at": row.at,
            "author": {"role": row.author_role, "name": row.author_label},
            "text": row.text,
            "held": row.held,
        }
        for row in queries.messages(session, issue.id)
        if not row.held or Party.OWNER in parties
    ]


def _reveals(session: Session, issue: Issue) -> list[dict[str, Any]]:
    return [{"at": row.at, "by": row.role, "reason": row.reason} for row in identity.reveals(session, issue.id)]
