"""An issue as one viewer may see it: who has it, to which step it has come, by when the next one (谁在办、到哪一步、几号前)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.calendar.workdays import local_date
from service.issues import insight, lines, offers, photos, queries
from service.issues.around import Around, read_around
from service.issues.case import Case, parties_of
from service.issues.checks import said
from service.issues.insight import Insight
from service.issues.labels import holder_name
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES, Action, Party, State
from service.issues.models import Issue, IssueHistory, IssueRating
from service.issues.routing import REASON_SENTENCES, RouteReason
from service.masking import redact
from service.parameters import queries as parameters
from service.stations.models import Station
from service.territory import queries as territory
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
_NEXT_STEP_ABOVE = _NEXT_STEP | {
    State.CONTENT_REVIEW: "正在检查内容，通过后直接交到上一级。",
    State.PENDING_ACCEPT: "等待受理，被反映的一方看不到。",
    State.WITH_DEPUTY: "正在了解情况，将答复您。",
}
"""Of a complaint: no deputy and no station has it, and whoever complains must not read that they do."""
_RESIDENTS = frozenset({Party.OWNER, Party.FOLLOWER})


def detail(session: Session, case: Case, actor: Actor) -> dict[str, Any]:
    """Everything this viewer may see; the caller has checked that ``actor`` is a party."""
    issue, parties = case.issue, parties_of(actor, case)
    sight = insight.insight(parties, issue, by_receipt=actor.account_id is None)
    around = read_around(session, case, sight, parties, lines.names_of(session, [issue]))
    return shown(session, case, parties, sight, around) | {"own_rating": _own_rating(session, case, actor, parties)}


def just_submitted(session: Session, case: Case, history: Sequence[IssueHistory], station: Station) -> dict[str, Any]:
    """A new issue as its owner sees it; nothing is read again but its pictures, names are kept in memory."""
    issue = case.issue
    parties = frozenset({Party.OWNER})
    sight = insight.insight(parties, issue, by_receipt=issue.account_id is None)
    names = {
        station.id: station.name,
        **parameters.category_titles(session, issue.district_id),
        **territory.names_of_divisions(session, issue.district_id),
    }
    return shown(session, case, parties, sight, Around(names, history, photos.album(session, case, sight)))


def shown(session: Session, case: Case, parties: frozenset[Party], sight: Insight, around: Around) -> dict[str, Any]:
    """The issue as one of ``parties`` may see it."""
    issue, names = case.issue, around.names
    text = insight.visible_text(issue, sight)
    unseen = {} if Party.OWNER in parties else said.unseen(around.messages)
    view = lines.summary(issue, text, names, case.now, triage=sight.triage)
    if not parties & _RESIDENTS:
        lines.in_office(view)
    view |= {
        "content": text,
        "place": issue.place if sight.exact_place else None,
        "station": {"id": issue.station_id, "name": names[issue.station_id]},
        "grid_id": issue.grid_id if sight.exact_place else None,
        "kind": issue.kind,
        "channel": issue.channel,
        "anonymity": issue.anonymity,
        "consents": {name: getattr(issue, f"consent_{name}") for name in ("pass_on", "publish", "contact")},
        "contact": insight.visible_contact(issue, sight),
        "may_reveal": sight.may_reveal,
        "about": {"type": issue.about_type, "id": issue.about_id} if issue.about_type else None,
        "route_reason": _said_to(parties, _route_reason(issue)),
        "next_step": _said_to(parties, (_NEXT_STEP_ABOVE if issue.confined_to else _NEXT_STEP)[case.state]),
        "pending_decision": _pending(session, case),
        "unit": lines.named(issue.unit_id, names),
        "co_units": _co_units(session, case),
        "difficulty": issue.difficulty,
        "outcome": issue.outcome,
        "reason_code": issue.reason_code,
        "under_supervision": issue.under_supervision,
        "rating": _rating(around.rating, issue, sight, _hidden(around.history, unseen)),
        "follower_ratings": _of_followers(around),
        "category_suggestion": issue.category_suggestion if sight.triage else None,
        "alike": issue.alike if sight.triage else None,
        "emergency": _emergency(issue) if sight.staff_lines or Party.OWNER in parties else None,
        "merged_into": _merged_into(session, issue),
        "received_at": issue.received_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "photos": around.album.of_submission(),
        "history": _history(around.history, sight, issue, around.album, unseen),
        "messages": _messages(around, parties) if sight.conversation else [],
        "reveals": [{"at": row.at, "by": row.role, "reason": row.reason} for row in around.reveals],
        **_of_viewer(case, parties, sight),
    }
    return view if parties & _RESIDENTS else lines.in_office(view)


def _of_viewer(case: Case, parties: frozenset[Party], sight: Insight) -> dict[str, Any]:
    """Whose it is, and what this viewer may do now."""
    return {
        "yours": Party.OWNER in parties,
        "actions": offers.offered(case, parties),
        "may_talk": offers.may_talk(case, sight),
        "may_urge": offers.may_urge(case, parties),
    }


def _route_reason(issue: Issue) -> str | None:
    return REASON_SENTENCES[RouteReason(issue.route_reason)] if issue.route_reason else None


def _said_to(parties: frozenset[Party], sentence: str | None) -> str | None:
    """Written to whoever the issue belongs to; whoever else looks on reads of them."""
    if sentence is None or Party.OWNER in parties:
        return sentence
    return sentence.replace("您的代表", "代表").replace("您", "群众")


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


def _hidden(history: Sequence[IssueHistory], unseen: Mapping[int, str]) -> dict[str, str]:
    """Words others must not read yet → what they read instead."""
    return {line.note: unseen[line.seq] for line in history if line.seq in unseen and line.note}


def _rating(row: IssueRating | None, issue: Issue, sight: Insight, hidden: Mapping[str, str]) -> dict[str, Any] | None:
    if row is None:
        return None
    reason = hidden.get(row.reason or "", row.reason)
    return {
        "result": row.result,
        "solved": row.solved,
        "attitude": row.attitude,
        "reason": _words(reason, True, sight, issue),
        "round": row.round,
        "channel": row.channel,
        "rated_at": row.rated_at,
    }


def _own_rating(session: Session, case: Case, actor: Actor, parties: frozenset[Party]) -> dict[str, Any] | None:
    """What somebody who joined has said of the feedback: they see that it was taken, and may change it."""
    row = queries.follower(session, case.issue.id, actor.account_id) if Party.FOLLOWER in parties else None
    if row is None or row.rating is None or row.rated_at is None:
        return None
    return {"result": row.rating, "reason": row.reason, "on": local_date(row.rated_at)}


def _of_followers(around: Around) -> list[dict[str, Any]]:
    """What those who joined think, by day and without a word of who they are. Numbers they wrote down are left out."""
    unread = said.unread(around.messages)
    return [
        {
            "result": row.rating,
            "reason": unread.get(row.reason or "") or (redact(row.reason) if row.reason else None),
            "on": local_date(row.rated_at) if row.rated_at else None,
        }
        for row in around.joined
    ]


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


def _history(
    rows: Sequence[IssueHistory], sight: Insight, issue: Issue, album: photos.Album, unseen: Mapping[int, str]
) -> list[dict[str, Any]]:
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
            "note": _words(unseen.get(row.seq, row.note), row.actor_role == Role.RESIDENT, sight, issue),
            "photos": [] if row.seq in unseen else album.of_step(row),
            "entry_hash": row.entry_hash,
        }
        for row in shown
    ]


def _words(text: str | None, by_resident: bool, sight: Insight, issue: Issue) -> str | None:
    """Free text as this viewer may read it: in full, redacted, or, of a stranger, not at all."""
    if text is None or sight.full_text:
        return text
    return None if sight.stranger and by_resident else redact(text, [issue.contact_name], [issue.place])


def _messages(around: Around, parties: frozenset[Party]) -> list[dict[str, Any]]:
    """A held message is seen by its writer (the resident) only, until a reviewer has looked."""
    return [
        {
            "id": row.id,
            "at": row.at,
            "author": {"role": row.author_role, "name": row.author_label},
            "text": row.text,
            "held": row.held,
            "photos": around.album.of_message(row),
        }
        for row in said.in_talk(around.messages, around.history)
        if not row.held or Party.OWNER in parties
    ]
