"""Stations, what hangs on their walls, who is there and when."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base, UtcDateTime
from service.ids import new_id


class Station(Base):
    """kind: HOME 家 / STATION 站 / POINT 点 / ONLINE 网上; theme: GENERAL / ESTATE 小区 / PARK 园区 / INDUSTRY 产业."""

    __tablename__ = "stations"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    township_code: Mapped[str] = mapped_column(sa.String(12), index=True)
    division_code: Mapped[str | None] = mapped_column(sa.String(12))
    parent_id: Mapped[str | None] = mapped_column(sa.ForeignKey("stations.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    theme: Mapped[str] = mapped_column(sa.String(10), default="GENERAL")
    host_type: Mapped[str] = mapped_column(sa.String(20), default="COMMUNITY")
    grade: Mapped[str] = mapped_column(sa.String(16), default="standard")
    state: Mapped[str] = mapped_column(sa.String(10), default="active")
    superseded_by: Mapped[str | None] = mapped_column(sa.ForeignKey("stations.id"))
    name: Mapped[str] = mapped_column(sa.String(80), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(160))
    phone: Mapped[str | None] = mapped_column(sa.String(30))
    hours: Mapped[str | None] = mapped_column(sa.String(120))
    notice: Mapped[str | None] = mapped_column(sa.String(300))
    paused_on: Mapped[dt.date | None]
    paused_until: Mapped[dt.date | None]
    """The last day of a pause (rulebook §9.6: at most 60 days); only while it lasts."""


class StationGrid(Base):
    """Grids a station looks after (n–n, rulebook §6)."""

    __tablename__ = "station_grids"

    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), primary_key=True)
    grid_id: Mapped[str] = mapped_column(sa.ForeignKey("grids.id"), primary_key=True, index=True)


class RosterEntry(Base):
    """A deputy stationed here (驻站代表)."""

    __tablename__ = "roster_entries"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), index=True)
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date | None]


class DutySlot(Base):
    """Who is on duty (轮值) at a station on a day."""

    __tablename__ = "duty_slots"
    __table_args__ = (sa.UniqueConstraint("station_id", "on_date", "deputy_id", name="uq_duty_slots_day"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(sa.ForeignKey("deputies.id"), index=True)
    on_date: Mapped[dt.date]


class ReceptionDay(Base):
    """A reception session (接待日): planned → announced (≥ 3 days before) → open → closed; or cancelled."""

    __tablename__ = "reception_days"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[dt.datetime]
    place: Mapped[str] = mapped_column(sa.String(160))
    theme: Mapped[str | None] = mapped_column(sa.String(120))
    deputy_ids: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(10), default="planned")
    announced_at: Mapped[dt.datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(200))
    version: Mapped[int] = mapped_column(default=1)


_ASKED = sa.text("topic_state = 'pending'")
_TO_CALL = sa.text("call_since IS NOT NULL AND called_at IS NULL")


class ReceptionBooking(Base):
    """A resident's place at a reception day; one per account and day. ``topic_state``: how far its words are checked.

    Without an account a clerk has written it down (:mod:`service.stations.receptions.at_desk`): ``number`` is on the
    slip, ``call_since`` says that the person must be phoned, because no notice reaches them.
    """

    __tablename__ = "reception_bookings"
    __table_args__ = (
        sa.UniqueConstraint("reception_id", "account_id", name="uq_reception_bookings_account"),
        sa.UniqueConstraint("reception_id", "number", name="uq_reception_bookings_number"),
        sa.Index("ix_reception_bookings_unchecked", "topic_next_at", postgresql_where=_ASKED, sqlite_where=_ASKED),
        sa.Index("ix_reception_bookings_to_call", "call_since", postgresql_where=_TO_CALL, sqlite_where=_TO_CALL),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    reception_id: Mapped[str] = mapped_column(sa.ForeignKey("reception_days.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    name: Mapped[str | None] = mapped_column(EncryptedText("booking.name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("booking.phone"))
    topic: Mapped[str | None] = mapped_column(EncryptedText("booking.topic"))
    topic_state: Mapped[str | None] = mapped_column(sa.String(10))
    topic_doubt: Mapped[str | None] = mapped_column(sa.String(80))
    topic_next_at: Mapped[dt.datetime | None]
    number: Mapped[int | None]
    entered_by: Mapped[str | None] = mapped_column(sa.String(26))
    moved_from: Mapped[str | None] = mapped_column(sa.ForeignKey("reception_days.id"))
    call_since: Mapped[dt.datetime | None]
    called_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]


class ReceptionMinutes(Base):
    """The record of a reception day (接待记录): who held it, how many came, what was noted. ``notes`` may name people."""

    __tablename__ = "reception_minutes"

    reception_id: Mapped[str] = mapped_column(sa.ForeignKey("reception_days.id"), primary_key=True)
    deputy_ids: Mapped[list[str]] = mapped_column(default=list)
    visitors: Mapped[int]
    notes: Mapped[str | None] = mapped_column(EncryptedText("reception.notes"))
    issue_ids: Mapped[list[str]] = mapped_column(default=list)
    """Issues registered from it, by id: a list a person typed in, not a key."""
    written_by: Mapped[str] = mapped_column(sa.String(26))
    written_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)


class BookingReveal(Base):
    """Who of the station looked at the name and phone of whoever booked, and why; the resident sees it."""

    __tablename__ = "booking_reveals"
    __table_args__ = (sa.Index("ix_booking_reveals_at", "at", "id"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    booking_id: Mapped[str] = mapped_column(sa.ForeignKey("reception_bookings.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(sa.String(26))
    role: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(EncryptedText("booking_reveal.reason"))
    at: Mapped[dt.datetime]


class PlaceStamp(Base):
    """One row: the mark of all places and deputies, written by the database's triggers (:mod:`service.stations.stamp`)."""

    __tablename__ = "place_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(sa.String(40))
    written_by: Mapped[int] = mapped_column(sa.BigInteger)
    """The transaction that wrote it, on PostgreSQL."""


class Campaign(Base):
    """A campaign (活动) a poster may be about, from the first to the last day; both count."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"))
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(60))
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]


class ScanCode(Base):
    """A printed code. ``target_type`` ∈ STATION, DEPUTY, GRID, CAMPAIGN; it always belongs to a station."""

    __tablename__ = "scan_codes"

    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    target_type: Mapped[str] = mapped_column(sa.String(10), default="STATION")
    deputy_id: Mapped[str | None] = mapped_column(sa.ForeignKey("deputies.id"))
    grid_id: Mapped[str | None] = mapped_column(sa.ForeignKey("grids.id"))
    campaign_id: Mapped[str | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    placement: Mapped[str | None] = mapped_column(sa.String(80))
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str | None] = mapped_column(sa.String(200))


class MiniCode(Base):
    """The picture of a mini-program code (小程序码) of a scan code; the row is also the queue of those to be fetched.

    ``version`` is the one of the mini-program it opens (``miniprogram_state``); ``reading`` what a reader made of it.
    """

    __tablename__ = "mini_codes"

    code: Mapped[str] = mapped_column(sa.ForeignKey("scan_codes.code"), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10), index=True)
    reading: Mapped[str | None] = mapped_column(sa.String(20))
    picture: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    fetched_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime | None]
    lease_until: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)


class ScanCount(Base):
    """How often a code was scanned on a day: a number and nothing else. ``batch``: the last one added, never twice."""

    __tablename__ = "scan_counts"

    code: Mapped[str] = mapped_column(sa.ForeignKey("scan_codes.code"), primary_key=True)
    on_date: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int]
    batch: Mapped[str] = mapped_column(sa.String(26))
