"""What follows from the checks of an issue or a message: it goes on, a person decides, or it is rejected with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.events import Event
from service.issues import forms, held, journal, routes, triage
from service.issues.case import Case, load_case
from service.issues.checks import opening
from service.issues.checks.states import (
    LATE,
    NEEDS_A_PERSON,
    OPEN,
    CheckState,
    label_words,
    reject_reason,
    why_a_person,
)
from service.issues.lifecycle import Action, State
from service.issues.models import ContentCheck, Issue, IssueMessage
from service.outbox import actions as outbox
from service.uploads.models import Upload

BY_WECHAT = journal.By(journal.SYSTEM, "微信内容检查")
_THROUGH = frozenset({CheckState.PASSED, CheckState.MOOT})
"""A picture nobody can open is moot: there is nothing to see."""


def conclude(session: Session, payload: Mapping[str, Any], *, now: dt.datetime) -> None:
    """Decide what can be decided now. Running it twice decides nothing the second time; a person who was faster wins."""
    if payload["message_id"]:
        _message(session, payload["message_id"], now)
    else:
        _issue(session, payload["issue_id"], now)


def _issue(session: Session, issue_id: str, now: dt.datetime) -> None:
    case = load_case(session, issue_id, now=now)
    if case.state is not State.CONTENT_REVIEW or case.decision is not None:
        return  # a reviewer was faster; where one asks another, they decide
    checks = _checks(
        session,
        ContentCheck.issue_id == issue_id,
        ContentCheck.message_id.is_(None),
        ContentCheck.edition == case.issue.content_edits,
    )
    if not checks:
        return
    risky = [check for check in checks if check.state == CheckState.RISKY]
    if risky:
        _reject(session, case, risky)
        _no_longer(checks, now)
    elif all(check.state in _THROUGH for check in checks):
        routes.pass_review(session, case, data=triage.suggest_category(session, case))
    elif why := _why_held(checks):
        opening.hold(session, case, why, triage.suggest_category(session, case))


def _checks(session: Session, *which: sa.ColumnElement[bool]) -> Sequence[ContentCheck]:
    """As they stand now: the work of another transaction may have ended one meanwhile."""
    fresh = sa.select(ContentCheck).where(*which).order_by(ContentCheck.upload_id.is_not(None), ContentCheck.id)
    return session.scalars(fresh.execution_options(populate_existing=True)).all()


def _why_held(checks: Sequence[ContentCheck]) -> str | None:
    """Why a person must look, said once; None: nothing to say yet, or said before."""
    if any(check.held for check in checks):
        return None
    reasons = [
        why_a_person(
            CheckState(check.state), picture=check.upload_id is not None, label=check.label, error=check.last_error
        )
        for check in checks
        if check.state in NEEDS_A_PERSON
    ]
    if not reasons and any(check.late and check.state in OPEN for check in checks):
        reasons = [LATE]
    if not reasons:
        return None
    for check in checks:
        check.held = True
    return "；".join(dict.fromkeys(reasons))


def _reject(session: Session, case: Case, risky: Sequence[ContentCheck]) -> None:
    """The machine may reject only what WeChat calls risky; text and pictures stay as evidence, with what decided."""
    issue, first = case.issue, risky[0]
    issue.reason_code = reject_reason(first.label)
    pictures = [check.upload_id for check in risky if check.upload_id]
    numbers = _withhold(session, case, pictures)
    note = f"{dict(forms.REJECT_REASONS)[issue.reason_code]}。{_what(risky, numbers)}{_way_on(issue)}"
    data = {
        "reason_code": issue.reason_code,
        "labels": [check.label for check in risky],
        "traces": [check.trace_id for check in risky],
    }
    journal.apply(
        session,
        case,
        journal.Move(Action.REJECT_CONTENT, State.CONTENT_REJECTED, BY_WECHAT, note=note, data=data),
    )


def _what(risky: Sequence[ContentCheck], numbers: Sequence[int]) -> str:
    words = label_words(risky[0].label)
    parts = ["文字"] if any(check.upload_id is None for check in risky) else []
    parts += [f"第 {'、'.join(map(str, numbers))} 张照片"] if numbers else []
    return f"{'和'.join(parts)}没有通过微信内容检查{words}。"


def _way_on(issue: Issue) -> str:
    if issue.content_edits:
        return "修改机会已经用过，可以到联络站请工作人员帮助。"
    return "您可以修改后重新提交一次，没有通过的照片不会再带上；不清楚原因，可以到联络站询问。"


def _withhold(session: Session, case: Case, upload_ids: Sequence[str]) -> list[int]:
    """Nobody is shown these pictures any more; their places among those sent, from 1."""
    if not upload_ids:
        return []
    rows = session.scalars(sa.select(Upload).where(Upload.id.in_(upload_ids)).order_by(Upload.position)).all()
    for row in rows:
        row.withheld_at = case.now
    case.issue.photo_count -= len(rows)
    return [row.position + 1 for row in rows]


def _no_longer(checks: Iterable[ContentCheck], now: dt.datetime) -> None:
    for check in checks:
        if check.state in OPEN:
            check.state, check.ended_at, check.due_at = CheckState.MOOT.value, now, None


def _message(session: Session, message_id: str, now: dt.datetime) -> None:
    """A message that passed reaches whom it was meant for; a risky one is refused, and its writer is told."""
    row = session.get(IssueMessage, message_id, with_for_update=True, populate_existing=True)
    issue = session.get(Issue, row.issue_id) if row else None
    if row is None or issue is None or not row.held or row.refused_at is not None:
        return
    checks = _checks(session, ContentCheck.message_id == message_id)
    if any(check.state == CheckState.RISKY for check in checks):
        held.refuse(session, row, issue, key=f"message:{row.id}", now=now)
        _no_longer(checks, now)
    elif all(check.state in _THROUGH for check in checks):
        held.release_to_all(session, row, issue, now=now)
    elif _why_held(checks):
        payload = {"issue_id": issue.id, "message_id": row.id, "from_resident": True, "held": True}
        outbox.record(session, Event.ISSUE_MESSAGE, payload, district_id=issue.district_id, now=now)
