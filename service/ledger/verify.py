"""Find every edited, removed, inserted or reordered row.

Honest limit: removing the newest rows leaves a shorter chain that is right in itself; only a head saved elsewhere shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.ledger.hashing import GENESIS, commitment, entry_hash, link_hash
from service.ledger.models import LedgerEntry, LedgerLink

ReadFields = Callable[[list[tuple[str, int]]], Mapping[tuple[str, int], Mapping[str, Any]]]
"""For (chain, seq) pairs, the values that stand in the live tables now; a pair missing there was removed.

What it tells of other rows of the same chains is looked at too: one that no entry commits to was slipped in.
"""
BATCH = 500


@dataclass
class Report:
    """``faults`` in words; ``heads`` per district as (links, hash)."""

    entries: int = 0
    links: int = 0
    unlinked: int = 0
    faults: list[str] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)


def verify(session: Session, read_fields: ReadFields, *, saved_head: str | None = None) -> Report:
    """Walk all chains. ``saved_head``: a head noted earlier must still be on a district's chain."""
    report = Report()
    _check_entries(session, read_fields, report)
    _check_links(session, report)
    if saved_head is not None:
        known = session.scalar(sa.select(LedgerLink.seq).where(LedgerLink.hash == saved_head))
        if known is None:
            report.faults.append(
                "the saved head is not on any chain: the newest rows were removed, or history was rewritten"
            )
    return report


def _check_entries(session: Session, read_fields: ReadFields, report: Report) -> None:
    previous: tuple[str, int, str] = ("", 0, GENESIS)
    for batch in _batches(session):
        wanted = [(entry.chain, entry.seq) for entry in batch]
        live = read_fields(wanted)
        _check_slipped_in(session, live.keys() - set(wanted), report)
        for entry in batch:
            before = (0, GENESIS) if entry.chain != previous[0] else previous[1:]
            _check_entry(entry, before, live.get((entry.chain, entry.seq)), report)
            previous = (entry.chain, entry.seq, entry.hash)
            report.entries += 1


def _batches(session: Session) -> Iterator[list[LedgerEntry]]:
    after: tuple[str, int] = ("", 0)
    while True:
        statement = (
            sa.select(LedgerEntry)
            .where(
                sa.or_(
                    LedgerEntry.chain > after[0],
                    sa.and_(LedgerEntry.chain == after[0], LedgerEntry.seq > after[1]),
                )
            )
            .order_by(LedgerEntry.chain, LedgerEntry.seq)
            .limit(BATCH)
        )
        batch = list(session.scalars(statement))
        if not batch:
            return
        yield batch
        after = (batch[-1].chain, batch[-1].seq)
        session.expunge_all()


def _check_slipped_in(session: Session, others: Set[tuple[str, int]], report: Report) -> None:
    """``others``: rows of the batch's chains that are not in the batch; most belong to the batch before or after."""
    chains = {chain for chain, _ in others}
    statement = sa.select(LedgerEntry.chain, LedgerEntry.seq).where(LedgerEntry.chain.in_(chains))
    witnessed = {(chain, seq) for chain, seq in session.execute(statement)} if chains else set()
    for chain, seq in sorted(others - witnessed):
        fault = f"row {chain}/{seq}: no entry commits to it, it was slipped in"
        if fault not in report.faults:
            report.faults.append(fault)


def _check_entry(entry: LedgerEntry, before: tuple[int, str], live: Mapping[str, Any] | None, report: Report) -> None:
    name = f"entry {entry.chain}/{entry.seq}"
    if entry.seq != before[0] + 1:
        report.faults.append(f"{name}: {entry.seq - before[0] - 1} row(s) before it were removed")
    elif entry.prev_hash != before[1]:
        report.faults.append(f"{name}: does not follow the row before it (inserted, edited or reordered)")
    expected = entry_hash(
        entry.prev_hash, entry.district_id, entry.chain, entry.seq, entry.kind, entry.at, entry.commitments
    )
    if expected != entry.hash:
        report.faults.append(f"{name}: was edited")
    _check_values(name, entry, live, report)


def _check_values(name: str, entry: LedgerEntry, live: Mapping[str, Any] | None, report: Report) -> None:
    if live is None:
        report.faults.append(f"{name}: the history row it commits to was removed")
        return
    for field_name, committed in entry.commitments.items():
        salt = (entry.salts or {}).get(field_name)
        if salt is not None and commitment(salt, live.get(field_name)) != committed:
            report.faults.append(f"{name}: field {field_name} was edited")


def _check_links(session: Session, report: Report) -> None:
    entries = {row.id: row.hash for row in session.execute(sa.select(LedgerEntry.id, LedgerEntry.hash))}
    statement = sa.select(LedgerLink).order_by(LedgerLink.district_id, LedgerLink.seq)
    for link in session.scalars(statement.execution_options(yield_per=BATCH)):
        seq, prev = report.heads.get(link.district_id, (0, GENESIS))
        name = f"link {link.district_id}/{link.seq}"
        if link.seq != seq + 1:
            report.faults.append(f"{name}: {link.seq - seq - 1} link(s) before it were removed")
        elif link.prev_hash != prev:
            report.faults.append(f"{name}: does not follow the link before it")
        if link.hash != link_hash(link.prev_hash, link.district_id, link.seq, link.entry_hash):
            report.faults.append(f"{name}: was edited")
        if entries.pop(link.entry_id, None) != link.entry_hash:
            report.faults.append(f"{name}: its entry was edited or removed")
        report.heads[link.district_id] = (link.seq, link.hash)
        report.links += 1
    report.unlinked = len(entries)
