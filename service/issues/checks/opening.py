"""What a new text meets first: the word list, earlier rejections, then WeChat's check, or the district's policy without it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Identity
from service.accounts.queries import MINIPROGRAM_PROVIDER
from service.accounts.roles import Role
from service.issues import journal, notices, routes, triage
from service.issues.case import Case
from service.issues.checks.states import LOCAL_WORDS, NO_IDENTITY, CheckState, premoderated
from service.issues.content_check import needs_review
from service.issues.deadlines import Rules
from service.issues.lifecycle import Action, State
from service.issues.models import ContentCheck, Issue, IssueHistory, IssueMessage
from service.uploads.models import Upload

MANUAL = "manual"
"""``content.without_openid``: everything WeChat cannot be asked about goes to a person; ``local``: the word list is enough."""


class Way(Enum):
    PASS = auto()
    HOLD = auto()
    ASK = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """Where a text goes, for a hold with the reason the reviewer reads."""

    way: Way
    why: str = ""
    warned: bool = False
    """Held because the account was rejected too often; it is told so (rulebook §11)."""


def look(session: Session, case: Case, text: str) -> Look:
    """One statement where an account stands behind the text, none otherwise."""
    return look_at(session, case.issue.account_id, case.rules, text, now=case.now)


def look_at(session: Session, account_id: str | None, rules: Rules, text: str, *, now: dt.datetime) -> Look:
    """:func:`look` for words that belong to no issue."""
    if needs_review(text, rules):
        return Look(Way.HOLD, LOCAL_WORDS)
    known, rejections = _standing(session, account_id, rules, now)
    most, days = rules.number("content.premoderate_after"), rules.number("content.premoderate_days")
    if most and rejections >= most:
        return Look(Way.HOLD, premoderated(rejections, days), warned=True)
    if known:
        return Look(Way.ASK)
    by_hand = rules.values["content.without_openid"] == MANUAL
    return Look(Way.HOLD, NO_IDENTITY) if by_hand else Look(Way.PASS)


_rejected = (
    sa.select(sa.func.count())
    .select_from(IssueHistory)
    .join(Issue, Issue.id == IssueHistory.issue_id)
    .where(
        Issue.account_id == sa.bindparam("account"),
        IssueHistory.action.in_([Action.REJECT_CONTENT.value, Action.DECIDE.value]),
        IssueHistory.to_state == State.CONTENT_REJECTED.value,
        IssueHistory.at >= sa.bindparam("since", type_=IssueHistory.at.type),
    )
)
_refused = (
    sa.select(sa.func.count())
    .select_from(IssueMessage)
    .join(Issue, Issue.id == IssueMessage.issue_id)
    .where(
        Issue.account_id == sa.bindparam("account"),
        IssueMessage.author_role == Role.RESIDENT.value,
        sa.or_(IssueMessage.author_account_id.is_(None), IssueMessage.author_account_id == sa.bindparam("account")),
        IssueMessage.refused_at >= sa.bindparam("since", type_=IssueHistory.at.type),
    )
)
_identity = sa.exists().where(Identity.account_id == sa.bindparam("account"), Identity.provider == MINIPROGRAM_PROVIDER)
_STANDING = sa.select(_identity, _rejected.scalar_subquery(), _refused.scalar_subquery())


def _standing(session: Session, account_id: str | None, rules: Rules, now: dt.datetime) -> tuple[bool, int]:
    """Whether WeChat knows the account, and how much of it was rejected lately (rulebook §11: 3 in 30 days)."""
    if account_id is None:
        return False, 0
    since = now - dt.timedelta(days=rules.number("content.premoderate_days"))
    known, issues, messages = session.execute(_STANDING, {"account": account_id, "since": since}).one()
    return bool(known), issues + messages


def words(issue: Any) -> str:
    """What was said with an issue that others read: the text, and the place in the resident's own words."""
    return "\n".join(part for part in (issue.content, issue.place) if part)


def begin_issue(session: Session, case: Case) -> None:
    """Let a submitted or edited text pass, hold it for a person, or write down what to ask WeChat about it."""
    found = look(session, case, words(case.issue))
    if found.way is Way.ASK:
        session.add_all(_questions(case, _pictures(session, case)))
        return
    data = triage.suggest_category(session, case)
    if found.way is Way.PASS:
        routes.pass_review(session, case, data=data)
        return
    line = hold(session, case, found.why, data)
    if found.warned and case.issue.account_id:
        notices.tell(session, case.issue, [case.issue.account_id], "review_first", key=f"line:{line.id}", now=case.now)


def ask_about_message(session: Session, case: Case, message_id: str, upload_ids: Iterable[str]) -> None:
    """Write down what to ask WeChat about a message; until then it is held."""
    session.add_all(_questions(case, upload_ids, message_id))


def hold(session: Session, case: Case, why: str, data: dict[str, str]) -> IssueHistory:
    """A person decides; the deadline of the review stands. The resident does not learn which word it was."""
    case.issue.held_at = case.now
    move = journal.Move(
        Action.HOLD_FOR_REVIEW,
        State.CONTENT_REVIEW,
        journal.BY_SYSTEM,
        note=why,
        data=data,
        audience=journal.STAFF,
        duty=False,
    )
    return journal.apply(session, case, move)


def _pictures(session: Session, case: Case) -> list[str]:
    """Those sent with the issue that WeChat has not let pass yet."""
    if not case.issue.photo_count:
        return []
    passed = sa.select(ContentCheck.upload_id).where(
        ContentCheck.issue_id == case.issue.id,
        ContentCheck.upload_id.is_not(None),
        ContentCheck.state == CheckState.PASSED.value,
    )
    statement = sa.select(Upload.id).where(
        Upload.issue_id == case.issue.id,
        Upload.message_id.is_(None),
        Upload.history_seq.is_(None),
        Upload.withheld_at.is_(None),
        Upload.id.not_in(passed),
    )
    return list(session.scalars(statement.order_by(Upload.position, Upload.id)))


def _questions(case: Case, upload_ids: Iterable[str], message_id: str | None = None) -> list[ContentCheck]:
    due = case.now + dt.timedelta(minutes=case.rules.number("content.wait_minutes"))
    return [
        ContentCheck(
            issue_id=case.issue.id,
            message_id=message_id,
            upload_id=upload_id,
            edition=case.issue.content_edits,
            next_at=case.now,
            due_at=due,
        )
        for upload_id in (None, *dict.fromkeys(upload_ids))
    ]
