"""Keep the facts: whatever the district's ledger has linked since the last look is read again.

The ledger's links are the one order in which nothing that was committed is ever passed over.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.issues.models import Issue, IssueHistory, IssueRating
from service.ledger.models import LedgerEntry, LedgerLink
from service.supervision.facts import Step, Work, work_on
from service.supervision.models import FactsRead, IssueFact
from service.territory.models import District

BATCH = 1_000
Ratings = Mapping[tuple[str, int], tuple[str, str | None, str | None]]
"""Issue and round → result, whether it is solved, and attitude."""
_COPIED = (
    "district_id",
    "township_code",
    "station_id",
    "division_code",
    "category_id",
    "unit_id",
    "channel",
    "confined_to",
    "state",
)


def catch_up(session: Session, *, now: dt.datetime) -> int:
    """Read at most ``BATCH`` links of one district that is behind; how many were read.

    0: all facts are up to date, or another worker is at it.
    """
    behind = _behind(session)
    if behind is None:
        return 0
    district_id, after = behind
    links = session.execute(
        sa.select(LedgerLink.seq, LedgerEntry.chain)
        .join(LedgerEntry, LedgerEntry.id == LedgerLink.entry_id)
        .where(LedgerLink.district_id == district_id, LedgerLink.seq > after)
        .order_by(LedgerLink.seq)
        .limit(BATCH)
    ).all()
    write(session, sorted({chain for _, chain in links}))
    session.merge(FactsRead(district_id=district_id, seq=links[-1][0], read_at=now))
    return len(links)


def is_behind(session: Session) -> bool:
    """Whether links of any district are still to be read, by whichever worker."""
    return session.execute(_unread()).first() is not None


def _behind(session: Session) -> tuple[str, int] | None:
    """A district whose chain is longer than what was read of it, and how far it was read; locked for this worker."""
    locked = _unread().with_for_update(of=District, key_share=True, skip_locked=True)
    row = session.execute(locked).one_or_none()
    return (row[0], row[1]) if row else None


def _unread() -> sa.Select[str, int]:
    newest = sa.select(sa.func.max(LedgerLink.seq)).where(LedgerLink.district_id == District.id)
    read = sa.func.coalesce(FactsRead.seq, 0)
    return (
        sa.select(District.id, read)
        .outerjoin(FactsRead, FactsRead.district_id == District.id)
        .where(newest.scalar_subquery() > read)
        .order_by(District.id)
        .limit(1)
    )


def write(session: Session, issue_ids: Sequence[str]) -> None:
    """Put the facts of these issues in place of the old ones; chains that are no issue are passed over."""
    issues = session.scalars(sa.select(Issue).where(Issue.id.in_(issue_ids))).all()
    steps, ratings = _steps(session, issue_ids), _ratings(session, issue_ids)
    session.execute(sa.delete(IssueFact).where(IssueFact.issue_id.in_(issue_ids)))
    rows = [_row(issue, steps[issue.id], ratings) for issue in issues]
    if rows:
        session.execute(sa.insert(IssueFact), rows)


def _steps(session: Session, issue_ids: Sequence[str]) -> dict[str, list[Step]]:
    line = IssueHistory
    columns = (line.issue_id, line.at, line.action, line.from_state, line.to_state, line.round, line.due_at)
    found: dict[str, list[Step]] = defaultdict(list)
    for row in session.execute(sa.select(*columns).where(line.issue_id.in_(issue_ids)).order_by(line.seq)):
        found[row[0]].append(Step(*row[1:]))
    return found


def _ratings(session: Session, issue_ids: Sequence[str]) -> Ratings:
    rating = IssueRating
    columns = (rating.issue_id, rating.round, rating.result, rating.solved, rating.attitude)
    rows = session.execute(sa.select(*columns).where(rating.issue_id.in_(issue_ids)))
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def _row(issue: Issue, steps: Sequence[Step], ratings: Ratings) -> dict[str, Any]:
    """The rating that counts is that of the newest feedback: opened again and not rated since is not rated."""
    work = work_on(issue.state, issue.due_at, steps)
    result, solved, attitude = ratings.get((issue.id, work.round), (None, None, None))
    return {
        "issue_id": issue.id,
        **{name: getattr(issue, name) for name in _COPIED},
        "on_date": local_date(issue.received_at),
        **_promises(work),
        "finished_on": local_date(work.finished_at) if work.finished_at else None,
        "result": result,
        "solved": solved,
        "attitude": attitude,
        "returns": work.returns,
        "extensions": work.extensions,
        "people": 1 + issue.follower_count,
    }


def _promises(work: Work) -> dict[str, Any]:
    return {
        "acceptance_due": work.acceptance.due_at,
        "acceptance_kept": work.acceptance.kept,
        "reply_due": work.reply.due_at,
        "reply_kept": work.reply.kept,
        "finish_due": work.finish.due_at,
        "finish_kept": work.finish.kept,
    }
