"""Which issues are one matter, and of which matters do many people speak (热点): looked at by a worker, never in a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.issues import notices, similar
from service.issues.case import rules_of
from service.issues.deadlines import Rules
from service.issues.lifecycle import State
from service.issues.matters import take_apart
from service.issues.models import Issue, IssueFollower

CLOSE_ENOUGH = 0.6
"""From this likeness on two issues count as one matter: more than it takes to show one to a person who decides."""
CERTAIN = 0.95
BATCH = 200
_TAKEN_BACK = (State.WITHDRAWN, State.CONTENT_REJECTED)
_CHANGED = Issue.matter_changed_at.is_not(None)


def changed_stations(session: Session) -> list[str]:
    """Stations where somebody spoke or joined since this was last looked at."""
    recent = sa.select(Issue.station_id).where(_CHANGED).order_by(Issue.matter_changed_at).limit(BATCH)
    return list(dict.fromkeys(session.scalars(recent)))


def look(session: Session, station_id: str, *, now: dt.datetime) -> None:
    """Link what is new at a station to the matter it belongs to, and raise the alert where many speak of one.

    Running it twice does nothing the second time.
    """
    statement = sa.select(Issue).where(Issue.station_id == station_id, _CHANGED)
    statement = statement.order_by(Issue.matter_changed_at, Issue.id).limit(BATCH)
    changed = session.scalars(statement.with_for_update(skip_locked=True)).all()
    if not changed:
        return
    _link(changed, similar.candidates(session, station_id, now=now))
    _alert(session, changed, rules_of(session, changed[0].district_id, now=now), now)
    for issue in changed:
        issue.matter_changed_at = None


def _link(changed: Sequence[Issue], rows: Sequence[Any]) -> None:
    """Point each new issue to an earlier one about the same matter; who spoke first stands for it."""
    linked: set[str] = set()
    for issue in sorted(changed, key=_order):
        if issue.alike_to_id or issue.merged_into_id or issue.confined_to:
            continue
        earlier = [row for row in rows if _order(row) < _order(issue) and row.id not in linked]
        best = _best(issue, earlier)
        if best is not None:
            found, row, said = best
            linked.add(issue.id)
            issue.alike_to_id = row.id
            issue.alike = {"id": row.id, "number": row.number, "why": similar.why(found, said, row)}


def _order(one: Any) -> tuple[dt.datetime, str]:
    return one.created_at, one.id


def _best(issue: Issue, rows: Iterable[Any]) -> tuple[Any, Any, similar.Said] | None:
    said = similar.Said(similar.with_place(issue.content, issue.place), issue.grid_id, issue.created_at)
    told, best = take_apart(said.text), None
    for row in rows:
        found = similar.compare(told, said, row)
        if found.score >= CLOSE_ENOUGH and (best is None or found.score > best[0].score):
            best = (found, row, said)
        if found.score >= CERTAIN:
            break
    return best


def _alert(session: Session, changed: Sequence[Issue], rules: Rules, now: dt.datetime) -> None:
    days, enough = rules.number("duplicate.hot_days"), rules.number("duplicate.hot_followers")
    since = now - dt.timedelta(days=days)
    ids = {issue.merged_into_id or issue.alike_to_id or issue.id for issue in changed if _is_shared(issue)}
    for first in session.scalars(sa.select(Issue).where(Issue.id.in_(ids)).order_by(Issue.id).with_for_update()):
        members = _members(session, first)
        heated = [one.hot_at for one in members if one.hot_at is not None and one.hot_at > since]
        people = _people(session, members, since)
        if heated:
            first.hot_at = max(heated)  # the matter's alert was given, perhaps before it was merged into this one
        elif len(people) >= enough and first.confined_to is None:
            first.hot_at = now
            notices.about_heat(session, first, len(people), days, now=now)


def _is_shared(issue: Issue) -> bool:
    """Whether more than one person may speak of its matter; whoever joins later changes their own issue."""
    return bool(issue.merged_into_id or issue.alike_to_id or issue.follower_count)


def _members(session: Session, first: Issue) -> list[Issue]:
    """The issue that stands for a matter, what was merged into it, and what is alike to any of them."""
    merged = session.scalars(sa.select(Issue).where(Issue.merged_into_id == first.id)).all()
    ids = [first.id, *(one.id for one in merged)]
    alike = session.scalars(sa.select(Issue).where(Issue.alike_to_id.in_(ids), Issue.id.not_in(ids))).all()
    return [first, *merged, *alike]


def _people(session: Session, members: Collection[Issue], since: dt.datetime) -> set[str]:
    """Who spoke or joined since then. An account counts once; whoever only holds a receipt counts by it."""
    spoke = [one for one in members if one.created_at > since and one.state not in _TAKEN_BACK]
    people = {one.account_id or f"receipt of {one.id}" for one in spoke}
    joined = sa.select(IssueFollower.account_id).where(
        IssueFollower.issue_id.in_([one.id for one in members]), IssueFollower.joined_at > since
    )
    return people | set(session.scalars(joined))
