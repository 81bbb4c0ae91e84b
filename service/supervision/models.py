"""One row per issue with what supervision counts, kept by a job; all of it can be rebuilt from the issues."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class IssueFact(Base):
    """``…_due``: until when it was owed; ``…_kept``: whether in time, null while open (or not known, without a deadline).

    ``on_date``: day of submission in China, ``finished_on`` of the newest feedback. No person stands here.
    """

    __tablename__ = "issue_facts"
    __table_args__ = (
        sa.Index("ix_issue_facts_submitted", "district_id", "on_date"),
        sa.Index("ix_issue_facts_finished", "district_id", "finished_on"),
        sa.Index("ix_issue_facts_due", "district_id", "finish_due"),
    )

    issue_id: Mapped[str] = mapped_column(sa.String(26), primary_key=True)
    district_id: Mapped[str] = mapped_column(sa.String(12))
    township_code: Mapped[str] = mapped_column(sa.String(12))
    station_id: Mapped[str] = mapped_column(sa.String(26))
    division_code: Mapped[str | None] = mapped_column(sa.String(12))
    category_id: Mapped[str | None] = mapped_column(sa.String(26))
    unit_id: Mapped[str | None] = mapped_column(sa.String(26))
    channel: Mapped[str] = mapped_column(sa.String(16))
    confined_to: Mapped[str | None] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(20))
    on_date: Mapped[dt.date]
    acceptance_due: Mapped[dt.datetime | None]
    acceptance_kept: Mapped[bool | None]
    reply_due: Mapped[dt.datetime | None]
    reply_kept: Mapped[bool | None]
    finish_due: Mapped[dt.datetime | None]
    finish_kept: Mapped[bool | None]
    finished_on: Mapped[dt.date | None]
    result: Mapped[str | None] = mapped_column(sa.String(14))
    solved: Mapped[str | None] = mapped_column(sa.String(6))
    attitude: Mapped[str | None] = mapped_column(sa.String(14))
    returns: Mapped[int]
    extensions: Mapped[int]
    people: Mapped[int]


class FactsRead(Base):
    """How far the district's ledger was read: the last link whose issue is in :class:`IssueFact`."""

    __tablename__ = "facts_read"

    district_id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    seq: Mapped[int]
    read_at: Mapped[dt.datetime]


class MonthlyReport(Base):
    """A district's report of a month; ``figures`` as they stood at ``made_at``, never counted again."""

    __tablename__ = "monthly_reports"

    district_id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime]


class PublicCounts(Base):
    """A district's counters of the last 365 days (see ``measures.COUNTERS``), as everybody may see their rates."""

    __tablename__ = "public_counts"

    district_id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    counters: Mapped[dict[str, Any]]
    as_of: Mapped[dt.datetime]
