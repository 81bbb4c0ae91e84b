"""Has somebody said this already? Open issues of the station by words and place, with the reason; and joining one (我也遇到)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.crypto import ring
from service.db import is_sqlite
from service.errors import NotFound
from service.ids import new_id
from service.issues.lifecycle import TERMINAL, State
from service.issues.models import Issue, IssueFollower
from service.parameters.models import Category
from service.territory.models import Division

ALIKE = 62.0
CANDIDATES = 200
SHOWN = 3
_JOINABLE = [state.value for state in State if state not in TERMINAL | {State.MERGED, State.CONTENT_REVIEW}]


@dataclass(frozen=True, slots=True)
class Similar:
    """One open issue like the new one. ``excerpt`` only of a published, redacted text: never what strangers wrote."""

    category: str | None
    place: str | None
    week: str
    followers: int
    why: str
    follow_token: str
    excerpt: str | None


def find(session: Session, *, station_id: str, text: str, now: dt.datetime) -> list[Similar]:
    """Up to three open issues of the station that say nearly the same, the most alike first."""
    statement = (
        sa.select(Issue, Category.title, Division.name)
        .outerjoin(Category, Category.id == Issue.category_id)
        .outerjoin(Division, Division.code == Issue.division_code)
        .where(Issue.station_id == station_id, Issue.state.in_(_JOINABLE), Issue.confined_to.is_(None))
        .order_by(Issue.created_at.desc())
        .limit(CANDIDATES)
    )
    scored = [(_score(text, row[0].content), row) for row in session.execute(statement)]
    best = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])[:SHOWN]
    return [_similar(*row) for _, row in best]


def _score(text: str, other: str) -> float:
    return max(fuzz.ratio(text, other), fuzz.partial_ratio(text, other) * 0.9)


def _similar(issue: Issue, category: str | None, place: str | None) -> Similar:
    day = local_date(issue.created_at)
    monday = day - dt.timedelta(days=day.weekday())
    return Similar(
        category=category,
        place=place,
        week=monday.isoformat(),
        followers=issue.follower_count,
        why="同一联络站、内容相近" + (f"、都属于“{category}”" if category else ""),
        follow_token=follow_token(issue.id),
        excerpt=(issue.public_text or "")[:40] if issue.published_at else None,
    )


def follow_token(issue_id: str) -> str:
    """Names an issue to whoever was shown it as similar; cannot be made up from an id."""
    return f"{issue_id}.{ring().blind_index(issue_id, 'follow')[:24]}"


def follow(session: Session, token: str, *, account_id: str, now: dt.datetime) -> Issue:
    """我也遇到: join instead of repeating. Joining twice changes nothing; the own issue cannot be joined.

    :raises NotFound: for a token that was made up, or an issue that is over.
    """
    issue_id = token.partition(".")[0]
    if token != follow_token(issue_id):
        raise NotFound("没有找到这件事，可能已经办结，您可以直接提交。")
    issue = session.scalar(sa.select(Issue).where(Issue.id == issue_id, Issue.state.in_(_JOINABLE)).with_for_update())
    if issue is None:
        raise NotFound("没有找到这件事，可能已经办结，您可以直接提交。")
    if issue.account_id == account_id:
        return issue
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    values = {"id": new_id(), "issue_id": issue.id, "account_id": account_id, "joined_at": now}
    joined = insert(IssueFollower).values(**values).on_conflict_do_nothing().returning(IssueFollower.id)
    if session.scalar(joined) is not None:
        issue.follower_count += 1
    return issue


def followers(session: Session, issue_id: str) -> Sequence[IssueFollower]:
    return session.scalars(sa.select(IssueFollower).where(IssueFollower.issue_id == issue_id)).all()
