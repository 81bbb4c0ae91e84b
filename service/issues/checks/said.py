"""What a resident writes with a step (补充、评价、申诉、撤回) is checked like a submission; the step itself counts at once.
So is what somebody who only joined (跟进人) writes with a rating.

Words that have to wait are a held message of that step: others see the step, and its words when they passed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from service.events import Event
from service.issues.case import Case
from service.issues.checks import opening
from service.issues.checks.opening import Look, Way
from service.issues.journal import By
from service.issues.lifecycle import Action
from service.issues.models import IssueHistory, IssueMessage
from service.outbox import actions as outbox

WORDS: Mapping[Action, str] = {
    Action.SUPPLEMENT: "text",
    Action.RATE: "reason",
    Action.APPEAL: "reason",
    Action.WITHDRAW: "reason",
    Action.RATE_AS_FOLLOWER: "reason",
}
"""The field of each step of residents that others read."""
IN_TALK = frozenset({Action.SUPPLEMENT})
"""Answers to a question: they stand in the conversation too."""
WAITING = "（群众写的话正在内容审核，通过后显示）"
REFUSED = "（群众写的话没有通过内容审核，不予显示）"


def keep(
    session: Session,
    case: Case,
    line: IssueHistory,
    by: By,
    text: str,
    upload_ids: Sequence[str],
    *,
    joined: bool = False,
) -> str | None:
    """Write down the words of ``line``, held where they have to wait; the id of the message, None where none is needed.

    ``joined``: of a follower, who writes under an account of their own, whosever the issue is.
    """
    known = by.account_id if joined else case.issue.account_id
    found = opening.look_at(session, known, case.rules, text, now=case.now) if text else Look(Way.PASS)
    if found.way is Way.PASS and Action(line.action) not in IN_TALK:
        return None
    row = IssueMessage(
        issue_id=case.issue.id,
        at=case.now,
        author_role=by.role,
        author_account_id=None if known is None else by.account_id,
        author_label=by.label,
        text=text,
        held=found.way is not Way.PASS,
        history_seq=line.seq,
    )
    session.add(row)
    session.flush()
    if found.way is Way.ASK:
        opening.ask_about_message(session, case, row.id, upload_ids)
    elif found.way is Way.HOLD:
        payload = {"issue_id": case.issue.id, "message_id": row.id, "from_resident": True, "held": True}
        outbox.record(session, Event.ISSUE_MESSAGE, payload, district_id=case.issue.district_id, now=case.now)
    return row.id


def in_talk(rows: Sequence[IssueMessage], history: Sequence[IssueHistory]) -> list[IssueMessage]:
    """Those that belong to the conversation: the words of other steps are shown with their step."""
    apart = {line.seq for line in history if Action(line.action) not in IN_TALK}
    return [row for row in rows if row.history_seq is None or row.history_seq not in apart]


def unread(rows: Collection[IssueMessage]) -> dict[str, str]:
    """Words that came with a step and that others must not read (yet) → what they read instead."""
    held = [row for row in rows if row.held and row.history_seq is not None]
    return {row.text: REFUSED if row.refused_at else WAITING for row in held}


def unseen(rows: Collection[IssueMessage]) -> dict[int, str]:
    """Number of a step → what others read instead of its words."""
    held = [row for row in rows if row.held and row.history_seq is not None]
    return {int(row.history_seq or 0): REFUSED if row.refused_at else WAITING for row in held}
