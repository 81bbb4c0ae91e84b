"""Append to an object's chain, link entries into the district's chain, erase a value without breaking either."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.ledger.hashing import GENESIS, commitment, entry_hash, link_hash
from service.ledger.models import LedgerEntry, LedgerLink

RECENT = 5_000
"""Links before the newest one among which an entry may still be missing: more than a transaction sees go by."""


def next_entry(
    last: tuple[int, str] | None,
    *,
    district_id: str,
    chain: str,
    kind: str,
    fields: Mapping[str, Any],
    at: dt.datetime | None,
) -> LedgerEntry:
    """The entry after ``last`` (its number and hash; None begins the chain), not yet written; commits to ``fields``.

    ``at`` may be None (secret ballots). Two at once on the same chain: the unique (chain, seq) lets one through; the other
    transaction fails and is repeated.
    """
    seq, prev = (last[0] + 1, last[1]) if last else (1, GENESIS)
    salts = {name: secrets.token_hex(16) for name in fields}
    commitments = {name: commitment(salts[name], value) for name, value in fields.items()}
    return LedgerEntry(
        district_id=district_id,
        chain=chain,
        seq=seq,
        kind=kind,
        at=at,
        commitments=commitments,
        salts=salts,
        prev_hash=prev,
        hash=entry_hash(prev, district_id, chain, seq, kind, at, commitments),
    )


def newest(session: Session, chain: str) -> tuple[int, str] | None:
    """Number and hash of a chain's newest entry."""
    row = session.execute(_NEWEST, {"chain": chain}).first()
    return (row[0], row[1]) if row else None


_NEWEST = (
    sa.select(LedgerEntry.seq, LedgerEntry.hash)
    .where(LedgerEntry.chain == sa.bindparam("chain"))
    .order_by(LedgerEntry.seq.desc())
    .limit(1)
)


def erase(session: Session, chain: str, fields: Collection[str]) -> None:
    """Drop the salts of ``fields`` in a whole chain: the values can no longer be proven or guessed; hashes stay."""
    for entry in session.scalars(sa.select(LedgerEntry).where(LedgerEntry.chain == chain)):
        kept = {name: salt for name, salt in (entry.salts or {}).items() if name not in fields}
        if kept != entry.salts:
            entry.salts = kept


def link_new(session: Session, *, now: dt.datetime, limit: int = 1000, whole: bool = False) -> int:
    """Link unlinked entries of every district, oldest first; returns how many.

    Looks behind the last :data:`RECENT` links only, so that the size of the ledger does not matter; ``whole`` looks at all
    of it, for entries of a transaction that was under way while so many others were linked.

    Safe when two run at once: the later one meets the primary key (district, seq) and links nothing this time.
    """
    floor = 0 if whole else _oldest_recent(session)
    linked = sa.and_(LedgerLink.entry_id == LedgerEntry.id, LedgerLink.entry_id > floor)
    statement = (
        sa.select(LedgerEntry.id, LedgerEntry.district_id, LedgerEntry.hash)
        .outerjoin(LedgerLink, linked)
        .where(LedgerLink.entry_id.is_(None), LedgerEntry.id > floor)
        .order_by(LedgerEntry.id)
        .limit(limit)
    )
    waiting = session.execute(statement).all()
    heads: dict[str, tuple[int, str]] = {}
    rows = []
    for entry_id, district_id, hash_ in waiting:
        seq, prev = heads.get(district_id) or head(session, district_id)
        link = link_hash(prev, district_id, seq + 1, hash_)
        heads[district_id] = (seq + 1, link)
        rows.append(
            {
                "district_id": district_id,
                "seq": seq + 1,
                "entry_id": entry_id,
                "entry_hash": hash_,
                "prev_hash": prev,
                "hash": link,
                "linked_at": now,
            }
        )
    return _insert_links(session, rows)


def _oldest_recent(session: Session) -> int:
    """The entry that was :data:`RECENT` entries before the newest linked one; 0 in a small ledger."""
    entries = sa.select(LedgerLink.entry_id).order_by(LedgerLink.entry_id.desc())
    return session.scalar(entries.offset(RECENT).limit(1)) or 0


def _insert_links(session: Session, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    try:
        with session.begin_nested():
            session.execute(sa.insert(LedgerLink), rows)
    except IntegrityError:
        return 0
    return len(rows)


def head(session: Session, district_id: str) -> tuple[int, str]:
    """(number of links, newest hash) of a district's chain."""
    statement = sa.select(LedgerLink.seq, LedgerLink.hash).where(LedgerLink.district_id == district_id)
    row = session.execute(statement.order_by(LedgerLink.seq.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, GENESIS)
