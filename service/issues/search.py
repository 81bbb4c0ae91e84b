"""Searching issues for words. The index narrows down, the words the viewer may read decide (ADR 0012)."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.issues.grams import grams, grams_of_words, place_gram, words_of
from service.issues.models import Issue, IssueSearch

PAGE = 21
"""Rows looked for when a plan is chosen: a page of twenty and one to know whether there are more."""
COLLECTING = 12
"""What a hit costs to collect (two tables, at random places), in rows read in order: measured 8 µs to 0.6 µs."""
STATISTICS_SECONDS = 600.0
BATCH = 500
_GRAMS = ARRAY(sa.Integer())
_LETTER = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the database last counted of the index: rows, and the share of rows that have a gram, for common ones."""

    rows: float
    shares: Mapping[int, float]


_known: dict[str, tuple[float, Statistics]] = {}


def conditions(
    session: Session, text: str, words_in: sa.ColumnElement[str], *, place: str | None
) -> list[sa.ColumnElement[bool]]:
    """Every word of ``text`` occurs in ``words_in``, upper and lower case of Latin letters alike.

    ``place``: the station or township that is searched, if it is one: the index knows where an issue is.
    """
    words = words_of(text)
    found = [_contains(session, words_in, word) for word in words]
    if words and not is_sqlite(session) and not _is_common(_statistics(session), words):
        wanted = [*grams_of_words(words), *([place_gram(place)] if place else [])]
        has = sa.type_coerce(IssueSearch.grams, _GRAMS).contains(sa.literal(wanted, _GRAMS))
        hits = sa.select(IssueSearch.issue_id).where(has).cte("hits").prefix_with("MATERIALIZED")
        found.insert(0, Issue.id.in_(sa.select(hits.c.issue_id)))
    return found


def _contains(session: Session, column: sa.ColumnElement[str], word: str) -> sa.ColumnElement[bool]:
    """Exactly :func:`service.issues.grams.fold` on the database's side, then a plain search without wildcards."""
    if is_sqlite(session):
        return sa.func.instr(sa.func.lower(column), word) > 0
    column = sa.collate(column, "C")  # there, too, only Latin letters have capitals; and comparing bytes is fast
    if _LETTER.search(word):
        column = sa.func.lower(column)
    return sa.func.strpos(column, word) > 0


def _is_common(known: Statistics, words: Sequence[str]) -> bool:
    """Whether a page is found sooner by reading the list in order than by collecting all hits and sorting them.

    Of words in a share ``s`` of ``n`` issues, reading in order looks at ``PAGE / s`` rows, collecting at ``s * n``, each
    of which costs as much as :data:`COLLECTING` of the others. A word is as common as the rarest of its pairs; words
    come together by chance. What the statistics do not list is rare.
    """
    shares = (min(known.shares.get(gram, 0.0) for gram in grams_of_words([word])) for word in words)
    return known.rows > 0 and math.prod(shares) > math.sqrt(PAGE / COLLECTING / known.rows)


def _statistics(session: Session) -> Statistics:
    """PostgreSQL's own statistics of the index, asked once in ten minutes by each process."""
    url, now = str(session.get_bind().engine.url), time.monotonic()
    asked_at, known = _known.get(url, (-math.inf, Statistics(0, {})))
    if now - asked_at < STATISTICS_SECONDS:
        return known
    row = session.execute(_ASK_STATISTICS).one_or_none()
    known = Statistics(0, {}) if row is None else Statistics(row[0], dict(zip(row[1], row[2], strict=False)))
    _known[url] = now, known
    return known


_ASK_STATISTICS = sa.text(
    "select c.reltuples, s.most_common_elems::text::int[], s.most_common_elem_freqs"
    " from pg_stats s join pg_class c on c.oid = to_regclass(quote_ident(s.schemaname) || '.' || s.tablename)"
    " where s.schemaname = current_schema() and s.tablename = 'issue_search' and s.attname = 'grams'"
    " and s.most_common_elems is not null"
)


def index(session: Session, issues: Iterable[Issue | sa.Row[Any]]) -> str | None:
    """Write or replace entries; the id of the last, None when there was none.

    Of both texts, so that nobody's search misses; who finds what is decided by the text, not by the entry.
    """
    rows = [{"issue_id": issue.id, "grams": grams(issue.content, issue.redacted) + _places(issue)} for issue in issues]
    if not rows:
        return None
    session.execute(_UPSERTS[is_sqlite(session)], rows)
    return str(rows[-1]["issue_id"])


def _upsert(insert: Callable[..., Any]) -> sa.Executable:
    into = insert(IssueSearch)
    found: sa.Executable = into.on_conflict_do_update(index_elements=["issue_id"], set_={"grams": into.excluded.grams})
    return found


_UPSERTS = {True: _upsert(sqlite_insert), False: _upsert(pg_insert)}


def _places(issue: Issue | sa.Row[Any]) -> list[int]:
    return [place_gram(issue.station_id), place_gram(issue.township_code)]


def index_missing(session: Session, *, limit: int = BATCH) -> bool:
    """Write entries of issues that have none (imported, or older than the index); whether there were any."""
    entry = sa.select(IssueSearch.issue_id).where(IssueSearch.issue_id == Issue.id)
    return index(session, session.execute(_INDEXED.where(~entry.exists()).limit(limit))) is not None


def reindex(session: Session, *, after: str, limit: int = BATCH) -> str | None:
    """Write the entries of the next issues behind id ``after`` anew; the last id done, None at the end."""
    return index(session, session.execute(_INDEXED.where(Issue.id > after).order_by(Issue.id).limit(limit)))


_INDEXED = sa.select(Issue.id, Issue.content, Issue.redacted, Issue.station_id, Issue.township_code)
