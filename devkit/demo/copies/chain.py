"""The district's chain for entries written in bulk: ids and links handed out here instead of by the linking job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.copies.sinks import table_of
from service.db import is_sqlite
from service.ledger import actions as ledger
from service.ledger.hashing import link_hash
from service.ledger.models import LedgerEntry, LedgerLink


class Chain:
    """Goes on where the chain of ``district_id`` ends; whatever waits is linked first. Nobody else may write meanwhile."""

    def __init__(self, session: Session, district_id: str, *, now: dt.datetime) -> None:
        while ledger.link_new(session, now=now):
            pass
        self.session, self.district_id, self.now = session, district_id, now
        self._last_id = session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0
        self._seq, self._prev = ledger.head(session, district_id)

    def ids(self) -> Iterator[int]:
        while True:
            self._last_id += 1
            yield self._last_id

    def link(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The link row of an entry."""
        self._seq += 1
        hash_ = link_hash(self._prev, self.district_id, self._seq, entry["hash"])
        row = {
            "district_id": self.district_id,
            "seq": self._seq,
            "entry_id": entry["id"],
            "entry_hash": entry["hash"],
            "prev_hash": self._prev,
            "hash": hash_,
            "linked_at": self.now,
        }
        self._prev = hash_
        return row

    def store(self) -> None:
        """Let the database count on from the last id given out here."""
        if not is_sqlite(self.session):
            sequence = sa.func.pg_get_serial_sequence(LedgerEntry.__tablename__, "id")
            self.session.execute(sa.select(sa.func.setval(sequence, self._last_id)))


LINKS = table_of(LedgerLink)
