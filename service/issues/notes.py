"""Internal notes (内部备注): what those who sort an issue write for each other. Not part of the talk, nor of the history.

Read and written by the station and the offices above it (:func:`service.issues.insight.sorts`), as far as the issue is
theirs: a complaint about a station or a unit is kept from it, hence its notes too. Never by the resident, the deputy,
units, reviewers, committees; they stand in no export, notice, list, search or public page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.errors import Forbidden, Invalid, NotFound
from service.issues.case import Case, load_case, parties_of
from service.issues.insight import sorts
from service.issues.labels import label_of
from service.issues.lifecycle import Party
from service.issues.models import IssueNote

LONGEST = 1000
MOST = 200
_IN_WHOSE_NAME = (Party.RAISED, Party.HEAD, Party.CLERK, Party.TOWNSHIP, Party.DISTRICT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A note as its readers see it. ``text`` None: erased with the resident's identity. ``own``: may be struck out."""

    id: str
    at: dt.datetime
    author: str
    text: str | None
    struck_at: dt.datetime | None
    own: bool


def write(session: Session, issue_id: str, *, actor: Actor, text: str, now: dt.datetime) -> IssueNote:
    """Add a note. It changes nothing else: no version, no clock, nobody is told.

    :raises NotFound: not the viewer's issue. :raises Forbidden: sees it, but not its notes.
    :raises Invalid: empty or too long, or more than anybody would read.
    """
    case, party = _writer(session, issue_id, actor, now)
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Invalid(fields={"text": f"请填写备注，最多 {LONGEST} 个字。"})
    count = sa.select(sa.func.count()).where(IssueNote.issue_id == issue_id)
    if (session.scalar(count) or 0) >= MOST:
        raise Invalid(fields={"text": f"这件事的备注已有 {MOST} 条，请先整理成一条再写。"})
    row = IssueNote(
        issue_id=issue_id,
        at=now,
        author_account_id=str(actor.account_id),
        author_label=label_of(session, case.issue, party).text,
        text=words,
    )
    session.add(row)
    return row


def strike(session: Session, issue_id: str, note_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """Its author withdraws a note: it stays, shown as withdrawn. Again: nothing happens.

    :raises NotFound: no such note here. :raises Forbidden: somebody else wrote it.
    """
    _writer(session, issue_id, actor, now)
    row = session.get(IssueNote, note_id, with_for_update=True)
    if row is None or row.issue_id != issue_id:
        raise NotFound
    if row.author_account_id != actor.account_id:
        raise Forbidden("备注只能由写它的人划掉。")
    row.struck_at = row.struck_at or now


def of_issue(session: Session, case: Case, parties: frozenset[Party], actor: Actor) -> list[Shown] | None:
    """Oldest first; None for who does not see notes."""
    if not sorts(parties):
        return None
    statement = sa.select(IssueNote).where(IssueNote.issue_id == case.issue.id)
    return [
        Shown(row.id, row.at, row.author_label, row.text, row.struck_at, row.author_account_id == actor.account_id)
        for row in session.scalars(statement.order_by(IssueNote.at, IssueNote.id))
    ]


def _writer(session: Session, issue_id: str, actor: Actor, now: dt.datetime) -> tuple[Case, Party]:
    case = load_case(session, issue_id, now=now, for_update=False)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    if not sorts(parties) or actor.account_id is None:
        raise Forbidden("内部备注只供联络站和上级人大机关使用。")
    return case, next(party for party in _IN_WHOSE_NAME if party in parties)
