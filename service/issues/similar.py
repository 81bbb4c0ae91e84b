"""Has somebody said this already? Open issues of the station about the same matter, with the reason; joining one (我也遇到)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from service.calendar.workdays import local_date
from service.crypto import ring
from service.db import is_sqlite
from service.errors import NotFound
from service.ids import new_id
from service.issues.figures import SMALLEST_SHOWN
from service.issues.lifecycle import TERMINAL, State
from service.issues.matters import Likeness, Told, likeness, reason, take_apart
from service.issues.models import Issue, IssueFollower
from service.parameters.models import Category
from service.territory.models import Division

ALIKE = 0.5
"""From this likeness on an issue is shown to whoever is about to say the same."""
CANDIDATES = 200
LONGEST_AGO = dt.timedelta(days=180)
SHOWN = 3
_JOINABLE = [state.value for state in State if state not in TERMINAL | {State.MERGED, State.CONTENT_REVIEW}]


@dataclass(frozen=True, slots=True)
class Similar:
    """One open issue like the new one, for whoever is writing. ``excerpt`` only of a published, redacted text: never what
    strangers wrote. ``followers`` 0 also where they are too few to tell."""

    category: str | None
    place: str | None
    week: str
    followers: int
    why: str
    follow_token: str
    excerpt: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """The same for station staff, who read their station's issues anyway and may merge (并入)."""

    id: str
    number: str
    state: str
    excerpt: str
    followers: int
    since: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared with the others: the text with the place given beside it, where and when."""

    text: str
    grid_id: str | None
    at: dt.datetime


def find(
    session: Session, *, station_id: str, text: str, now: dt.datetime, grid_id: str | None = None
) -> list[Similar]:
    """Up to three open issues of the station about the same matter, the most alike first."""
    said = Said(text, grid_id, now)
    best = rank(said, candidates(session, station_id, now=now))
    return [_similar(row, found, said) for found, row in best if found.score >= ALIKE][:SHOWN]


def find_known(
    session: Session,
    *,
    station_id: str,
    text: str,
    now: dt.datetime,
    grid_id: str | None = None,
    but: str | None = None,
) -> list[Known]:
    """As :func:`find`, for those who sort what comes in; those that cannot take another in (已反馈) are left out, and so
    is the issue ``but`` itself."""
    said = Said(text, grid_id, now)
    found = [
        (likeness, row)
        for likeness, row in rank(said, candidates(session, station_id, now=now))
        if likeness.score >= ALIKE and row.state != State.FEEDBACK_GIVEN and row.id != but
    ]
    return [
        Known(
            row.id,
            row.number,
            row.state,
            row.content[:60],
            row.follower_count,
            row.created_at,
            why(likeness, said, row),
        )
        for likeness, row in found[:SHOWN]
    ]


def candidates(session: Session, station_id: str, *, now: dt.datetime) -> Sequence[Any]:
    """The newest open issues that others may join, of each matter the one that stands for it. One statement."""
    first = aliased(Issue)
    statement = (
        sa.select(
            Issue.id,
            Issue.number,
            Issue.state,
            Issue.content,
            Issue.place,
            Issue.grid_id,
            Issue.created_at,
            Issue.follower_count,
            Issue.public_text,
            Issue.published_at,
            Category.title,
            Division.name,
        )
        .outerjoin(Category, Category.id == Issue.category_id)
        .outerjoin(Division, Division.code == Issue.division_code)
        .outerjoin(first, first.id == Issue.alike_to_id)
        .where(
            Issue.station_id == station_id,
            Issue.created_at >= now - LONGEST_AGO,
            Issue.state.in_(_JOINABLE),
            Issue.confined_to.is_(None),
            sa.or_(first.id.is_(None), first.state.not_in(_JOINABLE)),
        )
        .order_by(Issue.created_at.desc(), Issue.id.desc())
        .limit(CANDIDATES)
    )
    return session.execute(statement).all()


def rank(said: Said, rows: Iterable[Any]) -> list[tuple[Likeness, Any]]:
    """Each row with its likeness to what was said, the most alike first; rows need content, place, grid_id, created_at."""
    told = take_apart(said.text)
    found = [(compare(told, said, row), row) for row in rows]
    return sorted(found, key=lambda pair: -pair[0].score)


def compare(told: Told, said: Said, row: Any) -> Likeness:
    both = said.grid_id is not None and row.grid_id is not None
    days = abs((said.at - row.created_at) / dt.timedelta(days=1))
    other = take_apart(with_place(row.content, row.place))
    return likeness(told, other, same_grid=said.grid_id == row.grid_id if both else None, days=days)


def with_place(text: str, place: str | None) -> str:
    return f"{text}。{place}" if place else text


def why(found: Likeness, said: Said, row: Any) -> str:
    """The reason as people read it; nothing another person wrote goes into it."""
    days = abs((local_date(said.at) - local_date(row.created_at)).days)
    nearby = "同一网格" if said.grid_id and said.grid_id == row.grid_id else "同一联络站"
    return reason(found, nearby=nearby, days=days)


def _similar(row: Any, found: Likeness, said: Said) -> Similar:
    day = local_date(row.created_at)
    monday = day - dt.timedelta(days=day.weekday())
    return Similar(
        category=row.title,
        place=row.name,
        week=monday.isoformat(),
        followers=row.follower_count if row.follower_count >= SMALLEST_SHOWN else 0,
        why=why(found, said, row),
        follow_token=follow_token(row.id),
        excerpt=(row.public_text or "")[:40] if row.published_at else None,
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
        issue.matter_changed_at = now
    return issue


def followers(session: Session, issue_id: str) -> Sequence[IssueFollower]:
    return session.scalars(sa.select(IssueFollower).where(IssueFollower.issue_id == issue_id)).all()
