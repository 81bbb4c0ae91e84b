"""What makes lists fast and one's own: the search index, counted totals, saved views. All of it can be rebuilt but views."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedJson
from service.db import Base
from service.ids import new_id

Grams = sa.JSON(none_as_null=True).with_variant(ARRAY(sa.Integer()), "postgresql")


class IssueSearch(Base):
    """Single characters and pairs in an issue's words (see ``service/issues/search.py``); written by a worker.

    Only ever narrows down: every hit is checked against the words the viewer may read. SQLite has no such index and
    checks all of them.
    """

    __tablename__ = "issue_search"
    __table_args__ = (
        sa.Index(
            "ix_issue_search_grams",
            "grams",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            sqlite_where=sa.text("grams is null"),  # never: SQLite keeps it empty
        ),
    )

    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    grams: Mapped[Any] = mapped_column(Grams)


KNOW_COMMON_GRAMS = "alter table issue_search alter column grams set statistics 1000"
"""PostgreSQL lists the thousand commonest elements of an array by itself, which in Chinese text ends at one issue in fifty;
ten thousand reach below one in a thousand, where collecting hits begins to be the better plan (search.py)."""
sa.event.listen(IssueSearch.__table__, "after_create", sa.DDL(KNOW_COMMON_GRAMS).execute_if(dialect="postgresql"))


class IssueTally(Base):
    """How many issues of a station are in a state with an outcome; counted afresh by a job, all in one go.

    ``recent``: submitted within the days that public figures speak of. ``as_of``: when it was counted.
    """

    __tablename__ = "issue_tallies"
    __table_args__ = (
        sa.Index("ix_issue_tallies_district", "district_id", "state"),
        sa.Index("ix_issue_tallies_station", "station_id", "state"),
        sa.Index("ix_issue_tallies_township", "township_code", "state"),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.String(12))
    township_code: Mapped[str] = mapped_column(sa.String(12))
    station_id: Mapped[str] = mapped_column(sa.String(26))
    confined_to: Mapped[str | None] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(20))
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    recent: Mapped[bool]
    issues: Mapped[int]
    as_of: Mapped[dt.datetime]


class SavedView(Base):
    """A list as somebody likes to see it (常用筛选): box, filters and order under a name of their own.

    Filters may hold words somebody looked for, so they are encrypted.
    """

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("account_id", "name", name="uq_saved_views_name"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(sa.String(20))
    box: Mapped[str] = mapped_column(sa.String(10))
    sort: Mapped[str] = mapped_column(sa.String(10))
    filters: Mapped[Any] = mapped_column(EncryptedJson("saved_view.filters"))
    position: Mapped[int]
    updated_at: Mapped[dt.datetime]
