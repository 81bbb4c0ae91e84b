"""Values a district sets, categories, and published holiday tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json
from service.ids import new_id


class Parameter(Base):
    """One value from a moment on; ``policy_ref`` names the document (制度) that set it (rulebook §1 row 8)."""

    __tablename__ = "parameters"
    __table_args__ = (sa.UniqueConstraint("district_id", "key", "valid_from", name="uq_parameters_from"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[Any] = mapped_column(Json)
    valid_from: Mapped[dt.datetime]
    policy_ref: Mapped[str | None] = mapped_column(sa.String(120))


class Category(Base):
    """What a matter is about (类别); two levels, ``parent_id`` empty for the first."""

    __tablename__ = "categories"
    __table_args__ = (sa.UniqueConstraint("district_id", "title", name="uq_categories_title"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(sa.ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    retired_on: Mapped[dt.date | None]


class HolidayYear(Base):
    """A year's table as the State Council published it: ISO date → works (true) or rests (false)."""

    __tablename__ = "holiday_years"

    year: Mapped[int] = mapped_column(primary_key=True)
    days: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.String(120))
    imported_at: Mapped[dt.datetime]
