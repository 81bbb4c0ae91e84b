"""Entries chain per object inside the transaction that made them; links chain all entries of a district."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, BigId, Json


class LedgerEntry(Base):
    """``commitments``: field → SHA-256 of salt and value. Dropping a salt erases the value, and the chain still verifies."""

    __tablename__ = "ledger_entries"
    __table_args__ = (sa.UniqueConstraint("chain", "seq", name="uq_ledger_entries_chain_seq"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    district_id: Mapped[str] = mapped_column(sa.String(12), index=True)
    chain: Mapped[str] = mapped_column(sa.String(26))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(30))
    at: Mapped[dt.datetime | None]
    commitments: Mapped[dict[str, Any]]
    salts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class LedgerLink(Base):
    """The district's chain, written by one job within seconds; its newest hash is the head to save elsewhere."""

    __tablename__ = "ledger_links"

    district_id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId, unique=True)
    entry_hash: Mapped[str] = mapped_column(sa.String(64))
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    linked_at: Mapped[dt.datetime]


class LedgerCheck(Base):
    """One walk through all chains (``verify-ledger``) and what it found, so that who audits sees when it was last done."""

    __tablename__ = "ledger_checks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime]
    entries: Mapped[int] = mapped_column(sa.BigInteger)
    unlinked: Mapped[int] = mapped_column(sa.BigInteger)
    faults: Mapped[int]
