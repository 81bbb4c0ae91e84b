"""Values a district sets, the documents behind them, categories, and published holiday tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json
from service.ids import new_id

NOT_WITHDRAWN = "withdrawn_at is null"


class Parameter(Base):
    """One value from a moment on, and the document (制度) that set it (rulebook §1 row 8): ``policy_id``, or in words.

    ``set_by``, ``set_as``, ``set_at``: which account, in which role, when. Withdrawn before it began, it stays as a line
    of history and never holds.
    """

    __tablename__ = "parameters"
    __table_args__ = (
        sa.Index(
            "uq_parameters_from",
            "district_id",
            "key",
            "valid_from",
            unique=True,
            postgresql_where=sa.text(NOT_WITHDRAWN),
            sqlite_where=sa.text(NOT_WITHDRAWN),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[Any] = mapped_column(Json)
    valid_from: Mapped[dt.datetime]
    policy_ref: Mapped[str | None] = mapped_column(sa.String(120))
    policy_id: Mapped[str | None] = mapped_column(sa.ForeignKey("policy_documents.id"), index=True)
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    set_by: Mapped[str | None] = mapped_column(sa.String(26))
    set_as: Mapped[str | None] = mapped_column(sa.String(20))
    set_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(26))


class PolicyDocument(Base):
    """A document (制度) of the district: what its parameters rest on. A newer version supersedes, none is rewritten.

    ``valid_to``: the last day; None while it holds. ``edition``: as printed (修订版次).
    """

    __tablename__ = "policy_documents"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    number: Mapped[str | None] = mapped_column(sa.String(60))
    issuer: Mapped[str] = mapped_column(sa.String(80))
    adopted_on: Mapped[dt.date]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    edition: Mapped[str | None] = mapped_column(sa.String(40))
    audience: Mapped[str] = mapped_column(sa.String(12))
    supersedes_id: Mapped[str | None] = mapped_column(sa.ForeignKey("policy_documents.id"), unique=True)
    entered_at: Mapped[dt.datetime]
    entered_by: Mapped[str | None] = mapped_column(sa.String(26))


class Category(Base):
    """What a matter is about (类别); two levels, ``parent_id`` empty for the first.

    From when until when it is offered is a parameter (``category.use.<id>``), with date, author and reason as any other.
    """

    __tablename__ = "categories"
    __table_args__ = (sa.UniqueConstraint("district_id", "title", name="uq_categories_title"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(sa.ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    keywords: Mapped[list[str]] = mapped_column(default=list)


class HolidayYear(Base):
    """A year's table as the State Council published it: ISO date → works (true) or rests (false)."""

    __tablename__ = "holiday_years"

    year: Mapped[int] = mapped_column(primary_key=True)
    days: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.String(120))
    imported_at: Mapped[dt.datetime]
