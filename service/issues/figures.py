"""Published issues and public figures. Method of the rulebook §12: only rated ones count, with the sample beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import NotFound
from service.issues import tallies
from service.issues.lifecycle import STATE_TITLES, State
from service.issues.models import Issue
from service.parameters.models import Category
from service.territory.models import Division

SMALLEST_SHOWN = 5
MOST_WORDS = 5
_RATED = ("SATISFIED", "MOSTLY", "DISSATISFIED")
NOT_COUNTED = (State.CONTENT_REVIEW.value, State.CONTENT_REJECTED.value, State.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class Published:
    id: str
    number: str
    category: dict[str, str] | None
    village: str | None
    text: str
    state: str
    state_title: str
    week: dt.date
    outcome: str | None
    published_at: dt.datetime
    station_id: str
    followers: int | None
    """Of them who said that they meet the same; None below :data:`SMALLEST_SHOWN`: few might know each other."""


def published(
    session: Session,
    *,
    district_id: str | None,
    station_id: str | None,
    after: tuple[dt.datetime, str] | None,
    limit: int,
    category_id: str | None = None,
    words: str | None = None,
) -> Sequence[Published]:
    """Issues released for publication, newest release first; complaints about persons or offices are never among them.

    ``category_id``: also those of its sub-categories. ``words``: all of them stand in the released text. The original is
    never searched: whether a name is found would tell that it was in there.
    """
    statement = _released()
    if category_id:
        statement = statement.where(sa.or_(Category.id == category_id, Category.parent_id == category_id))
    for word in (words or "").split()[:MOST_WORDS]:
        statement = statement.where(Issue.public_text.icontains(word, autoescape=True))
    if district_id:
        statement = statement.where(Issue.district_id == district_id)
    if station_id:
        statement = statement.where(Issue.station_id == station_id)
    if after is not None:
        last = sa.tuple_(sa.literal(after[0], Issue.published_at.type), sa.literal(after[1]))
        statement = statement.where(sa.tuple_(Issue.published_at, Issue.id) < last)
    statement = statement.order_by(Issue.published_at.desc(), Issue.id.desc()).limit(limit)
    return [_published(*row) for row in session.execute(statement)]


def one_published(session: Session, number: str) -> Published:
    """:raises NotFound: for a number nobody has, and for an issue that is not released: the two look the same."""
    row = session.execute(_released().where(Issue.number == number)).one_or_none()
    if row is None:
        raise NotFound("没有找到这件公开的事项，可能已经不再公开。")
    return _published(*row)


def _released() -> sa.Select[Issue, str, str]:
    return (
        sa.select(Issue, Category.title, Division.name)
        .outerjoin(Category, Category.id == Issue.category_id)
        .outerjoin(Division, Division.code == Issue.division_code)
        .where(Issue.published_at.is_not(None), Issue.consent_publish.is_(True), Issue.public_text.is_not(None))
        .where(Issue.confined_to.is_(None))
    )


def _published(issue: Issue, category: str | None, village: str | None) -> Published:
    day = local_date(issue.created_at)
    return Published(
        id=issue.id,
        number=issue.number,
        category={"id": issue.category_id or "", "title": category} if category else None,
        village=village,
        text=issue.public_text or "",
        state=issue.state,
        state_title=STATE_TITLES[State(issue.state)],
        week=day - dt.timedelta(days=day.weekday()),
        outcome=issue.outcome,
        published_at=issue.published_at or issue.created_at,
        station_id=issue.station_id,
        followers=issue.follower_count if issue.follower_count >= SMALLEST_SHOWN else None,
    )


def statistics(session: Session, *, district_id: str | None) -> list[dict[str, Any]]:
    """Figures of the last 365 days, from totals counted by a job; counts and rates on fewer than five are withheld."""
    rows = tallies.recent(session, district_id=district_id, without=NOT_COUNTED)
    total = sum(count for _, _, count in rows)
    over = sum(count for state, _, count in rows if state in (State.CLOSED, State.ARCHIVED, State.DECLINED))
    ended = [(result, count) for state, result, count in rows if state in (State.CLOSED, State.ARCHIVED)]
    rated = sum(count for result, count in ended if result in _RATED)
    content = sum(count for result, count in ended if result in _RATED[:2])
    closed = sum(count for _, count in ended)
    return [
        _figure("submitted", "收到事项", total, total, "近 365 天通过内容检查的事项数。"),
        _figure("finished", "已办结", over, over, "其中已办结、归档或不予受理的事项数。"),
        _rate("rating_rate", "评价率", rated, closed, "有评价的办结事项 ÷ 全部办结事项。"),
        _rate("satisfaction", "满意率", content, rated, "（满意＋基本满意）÷ 有评价的事项；未评价的不计入。"),
    ]


def _figure(name: str, title: str, value: float, sample: int, method: str, unit: str = "count") -> dict[str, Any]:
    few = sample < SMALLEST_SHOWN
    return {
        "name": name,
        "title": title,
        "unit": unit,
        "value": None if few else value,
        "sample": f"<{SMALLEST_SHOWN}" if few else str(sample),
        "method": method,
    }


def _rate(name: str, title: str, part: int, whole: int, method: str) -> dict[str, Any]:
    return _figure(name, title, round(part / whole, 3) if whole else 0.0, whole, method, "share")
