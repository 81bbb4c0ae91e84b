"""A deputy's own work: answers given before to matters alike, and numbers for oneself alone (rulebook §12: no ranking)."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.issues.lifecycle import Action, State
from service.issues.matters import Told, take_apart
from service.issues.models import Issue, IssueHistory, IssueRating
from service.issues.similar import with_place
from service.issues.states import OPEN
from service.issues.words import Rating
from service.parameters.models import Category

LOOKED_AT = 200
SHOWN = 5
PERIOD = dt.timedelta(days=365)
_TOLD = (State.FEEDBACK_GIVEN.value, State.CLOSED.value, State.ARCHIVED.value)
_ANSWERS = (Action.ANSWER.value, Action.GIVE_FEEDBACK.value)
_RESPONSES = (Action.ACCEPT.value, Action.ASK_INFO.value, Action.DECLINE.value, *_ANSWERS)
_NOT_COUNTED = (State.CONTENT_REVIEW.value, State.CONTENT_REJECTED.value, State.WITHDRAWN.value)
_CONTENT = (Rating.SATISFIED.value, Rating.MOSTLY.value)


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """What this person said to another resident about something alike; nothing that resident wrote is in it."""

    issue_id: str
    number: str
    category: str | None
    at: dt.datetime
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """``value`` None: nothing to count yet. ``sample``: of how many; ``method``: how it was counted, in words."""

    name: str
    title: str
    value: float | None
    unit: str
    sample: int
    method: str


def past_answers(session: Session, issue: Issue, *, deputy_ids: Collection[str], account_id: str) -> list[PastAnswer]:
    """Up to five of the account's own answers in matters like ``issue``, the most alike first; two statements."""
    rows = session.execute(_answered(issue, deputy_ids)).all()
    mine = take_apart(with_place(issue.content, issue.place))
    scored = [(_alike(mine, issue, row), row) for row in rows]
    best = sorted((one for one in scored if one[0][0] > 0), key=lambda one: -one[0][0])[: SHOWN * 2]
    lines = _own_answers(session, [row.id for _, row in best], account_id)
    return [
        PastAnswer(row.id, row.number, row.title, lines[row.id].at, lines[row.id].note or "", why)
        for (_, why), row in best
        if row.id in lines
    ][:SHOWN]


def _answered(issue: Issue, deputy_ids: Collection[str]) -> Any:
    """The newest matters these deputies have answered."""
    return (
        sa.select(Issue.id, Issue.number, Issue.content, Issue.place, Issue.category_id, Category.title)
        .outerjoin(Category, Category.id == Issue.category_id)
        .where(
            Issue.deputy_id.in_(deputy_ids),
            Issue.state.in_(_TOLD),
            Issue.id != issue.id,
            Issue.confined_to.is_(None),
        )
        .order_by(Issue.created_at.desc(), Issue.id.desc())
        .limit(LOOKED_AT)
    )


def _alike(mine: Told, issue: Issue, row: Any) -> tuple[float, str]:
    """How much the trouble is the same, wherever it is, and the reason in words; 0: not at all."""
    other = take_apart(with_place(row.content, row.place))
    common = sorted(mine.matters & other.matters)
    same_category = issue.category_id is not None and row.category_id == issue.category_id
    if not common and not same_category:
        return 0.0, ""
    words = len(mine.pairs & other.pairs) / max(1, len(mine.pairs | other.pairs))
    why = f"都反映：{'、'.join(common)}" if common else f"同一类别：{row.title}"
    return 2.0 * bool(common) + same_category + words, why


def _own_answers(session: Session, issue_ids: Sequence[str], account_id: str) -> dict[str, IssueHistory]:
    """Issue → the account's last answer in it."""
    if not issue_ids:
        return {}
    wanted = sa.select(IssueHistory).where(
        IssueHistory.issue_id.in_(issue_ids),
        IssueHistory.actor_account_id == account_id,
        IssueHistory.action.in_(_ANSWERS),
    )
    return {line.issue_id: line for line in session.scalars(wanted.order_by(IssueHistory.seq))}


def figures(session: Session, deputy_ids: Collection[str], *, now: dt.datetime) -> list[OwnFigure]:
    """Counts, medians and rates of the last 365 days, for the deputy's own eyes; three statements."""
    here = (
        Issue.deputy_id.in_(deputy_ids),
        Issue.created_at >= now - PERIOD,
        Issue.state.not_in(_NOT_COUNTED),
    )
    began = {row.id: row for row in session.execute(sa.select(Issue.id, Issue.created_at, Issue.state).where(*here))}
    responded, answered = _firsts(session, here)
    results = session.scalars(sa.select(IssueRating.result).join(Issue, Issue.id == IssueRating.issue_id).where(*here))
    rated = list(results)
    content = sum(result in _CONTENT for result in rated)
    open_now = sum(State(row.state) in OPEN for row in began.values())
    return [
        OwnFigure("received", "交到您这里", len(began), "件", len(began), "近 365 天提交、现在由您跟进或答复的事项。"),
        OwnFigure("open", "还没有办结", open_now, "件", len(began), "其中还没有办结的。"),
        OwnFigure("answered", "已经答复", len(answered), "件", len(began), "其中答复或者反馈过的。"),
        _median("first_response", "第一次回应", began, responded, "从提交到代表第一次受理、答复、提问或者不予受理，取中位数。"),
        _median("first_answer", "第一次答复", began, answered, "从提交到代表第一次答复或者反馈，取中位数。"),
        _share("rating_rate", "评价率", len(rated), len(answered), "群众作出的评价 ÷ 已经答复的事项。"),
        _share("satisfaction", "满意率", content, len(rated), "（满意＋基本满意）÷ 群众作出的评价；没有评价的不计入。"),
    ]  # fmt: skip


Firsts = dict[str, dt.datetime]


def _firsts(session: Session, here: Sequence[Any]) -> tuple[Firsts, Firsts]:
    """Issue → when a deputy first responded, and first answered."""
    wanted = (
        sa.select(IssueHistory.issue_id, IssueHistory.action, sa.func.min(IssueHistory.at))
        .join(Issue, Issue.id == IssueHistory.issue_id)
        .where(*here, IssueHistory.actor_role == "deputy", IssueHistory.action.in_(_RESPONSES))
        .group_by(IssueHistory.issue_id, IssueHistory.action)
    )
    responded: Firsts = {}
    answered: Firsts = {}
    for issue_id, action, at in session.execute(wanted):
        responded[issue_id] = min(at, responded.get(issue_id, at))
        if action in _ANSWERS:
            answered[issue_id] = min(at, answered.get(issue_id, at))
    return responded, answered


def _median(name: str, title: str, began: dict[str, Any], firsts: Firsts, method: str) -> OwnFigure:
    days = [max(0.0, (at - began[issue_id].created_at) / dt.timedelta(days=1)) for issue_id, at in firsts.items()]
    value = round(statistics.median(days), 1) if days else None
    return OwnFigure(name, title, value, "天", len(days), method)


def _share(name: str, title: str, part: int, whole: int, method: str) -> OwnFigure:
    """In percent. Somebody may rate again in a later round: never more than the whole."""
    value = round(100 * min(part, whole) / whole, 1) if whole else None
    return OwnFigure(name, title, value, "%", whole, method)
