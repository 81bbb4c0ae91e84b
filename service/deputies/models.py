"""A deputy is a person; what the person was elected to is a mandate (rulebook §0.9)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base
from service.deputies.mandates import MandateState
from service.ids import new_id


class Deputy(Base):
    """Name and introduction are public; the phone never is (rulebook §12)."""

    __tablename__ = "deputies"
    __table_args__ = (sa.Index("uq_deputies_roster_number", "district_id", "roster_number", unique=True),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    roster_number: Mapped[str | None] = mapped_column(sa.String(40))
    """The number (编号) on the district's own list, where it has one: tells namesakes apart when it is imported again."""
    introduction: Mapped[str | None] = mapped_column(sa.Text)
    employer: Mapped[str | None] = mapped_column(sa.String(80))
    phone: Mapped[str | None] = mapped_column(EncryptedText("deputy.phone"))
    phone_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    portrait_id: Mapped[str | None] = mapped_column(sa.String(26))
    """The upload shown to the public, and below the one that waits for the desk to look at it. No foreign keys: uploads
    know issues and issues know deputies, and the three could not be made in any order."""
    portrait_waiting_id: Mapped[str | None] = mapped_column(sa.String(26))


class CongressTerm(Base):
    """A term (届) of one congress."""

    __tablename__ = "congress_terms"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(10))
    area_code: Mapped[str] = mapped_column(sa.String(12))
    ordinal: Mapped[int]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]


class Mandate(Base):
    __tablename__ = "mandates"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(10))
    term_id: Mapped[str | None] = mapped_column(sa.ForeignKey("congress_terms.id"))
    constituency_id: Mapped[str | None] = mapped_column(sa.ForeignKey("constituencies.id"))
    township_code: Mapped[str | None] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12), default=MandateState.ACTIVE.value)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    reason: Mapped[str | None] = mapped_column(sa.String(200))


class Leave(Base):
    """Days on which someone else answers, both ends included."""

    __tablename__ = "leaves"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), index=True)
    substitute_id: Mapped[str | None] = mapped_column(sa.ForeignKey("deputies.id"))
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date]
    reason: Mapped[str | None] = mapped_column(EncryptedText("leave.reason"))
    created_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]


class DeputyGroup(Base):
    """A group (代表小组): territorial, or professional with the categories it knows about."""

    __tablename__ = "deputy_groups"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(60))
    category_ids: Mapped[list[str]] = mapped_column(default=list)


class GroupMember(Base):
    """Exactly one territorial and up to two professional groups per deputy (rulebook §1 row 18; checked in actions)."""

    __tablename__ = "group_members"

    group_id: Mapped[str] = mapped_column(sa.ForeignKey("deputy_groups.id"), primary_key=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), primary_key=True, index=True)
    is_convenor: Mapped[bool] = mapped_column(default=False)


class GridAssignment(Base):
    """Who answers for a grid. One PRIMARY per grid at a time: the index below is the invariant of rulebook §6."""

    __tablename__ = "grid_assignments"
    __table_args__ = (
        sa.Index(
            "uq_grid_assignments_primary",
            "grid_id",
            unique=True,
            postgresql_where=sa.text("role = 'PRIMARY' and valid_to is null"),
            sqlite_where=sa.text("role = 'PRIMARY' and valid_to is null"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    grid_id: Mapped[str] = mapped_column(sa.ForeignKey("grids.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
