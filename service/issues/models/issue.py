"""The issue itself: what was said, who has it now and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base, Json
from service.ids import new_id

OPEN_ONLY = "state not in ('archived', 'closed', 'content_rejected', 'declined', 'withdrawn')"
"""Somebody owes a step: the words of the partial indexes, so that a query that says the same can use them."""

URGENT = "emergency_at is not null and emergency_confirmed_at is null"
NOT_SCANNED = "channel <> 'SCAN'"
TO_PUBLISH = "consent_publish and published_at is null and kept_private_at is null and confined_to is null"
"""The resident consents, and the reviewer has not said yet: few, whatever has piled up."""
HELD = "held_at is not null"
"""A reviewer has to look: few, whatever has piled up, and only those a machine did not let pass at once."""
COUNTED = ("state", "confined_to", "emergency_at", "emergency_confirmed_at")


def _only(name: str, where: str, *columns: str, include: Sequence[str] = ()) -> sa.Index:
    """A partial index; ``include``: columns carried along on PostgreSQL, so that counting reads the index alone."""
    condition = sa.text(where)
    return sa.Index(name, *columns, postgresql_where=condition, sqlite_where=condition, postgresql_include=include)


class Issue(Base):
    """A resident's issue (群众意见).

    Responsibility: ``responsible_role`` + ``responsible_id`` (deputy, station, township code, unit or district id; None
    for the resident) with ``due_at``, set in every open state. ``account_id`` is None for ``receipt_only``, and nothing
    else here leads to an account then.

    ``category_suggestion``: what rules and model say (``id``, ``title``, ``confidence``, ``why``, ``model_version``,
    ``applied``). ``alike_to_id``: an earlier open issue that seems to be the same matter, ``alike`` its number and the
    reason. ``matter_changed_at``: somebody spoke or joined since the matter was last looked at. ``hot_at``: when the
    station was last alerted that many speak of it. ``held_at``: since when a reviewer has to look; None once decided.
    """

    __tablename__ = "issues"
    __table_args__ = (
        # lists, newest or oldest first: a scope, alone or with one of these
        sa.Index("ix_issues_station", "station_id", "created_at", "id"),
        sa.Index("ix_issues_township", "township_code", "created_at", "id"),
        sa.Index("ix_issues_district", "district_id", "created_at", "id"),
        sa.Index("ix_issues_account", "account_id", "created_at", "id"),
        sa.Index("ix_issues_station_state", "station_id", "state", "created_at", "id"),
        sa.Index("ix_issues_township_state", "township_code", "state", "created_at", "id"),
        sa.Index("ix_issues_district_state", "district_id", "state", "created_at", "id"),
        sa.Index("ix_issues_category", "category_id", "created_at", "id"),
        sa.Index("ix_issues_division", "division_code", "created_at", "id"),
        _only("ix_issues_unit", "unit_id is not null", "unit_id", "created_at", "id"),
        _only("ix_issues_urgent", URGENT, "district_id", "created_at", "id"),
        _only("ix_issues_channel", NOT_SCANNED, "district_id", "channel", "created_at", "id"),
        _only("ix_issues_followed", "follower_count > 0", "district_id", "follower_count", "id"),
        # lists by deadline, and counts: open issues are few, whatever has piled up behind them
        _only("ix_issues_station_open", OPEN_ONLY, "station_id", "due_at", "id", include=COUNTED),
        _only("ix_issues_township_open", OPEN_ONLY, "township_code", "due_at", "id", include=COUNTED),
        _only("ix_issues_district_open", OPEN_ONLY, "district_id", "due_at", "id", include=COUNTED),
        _only("ix_issues_held", HELD, "district_id", "due_at", "id"),
        # who has it
        sa.Index("ix_issues_deputy", "deputy_id", "state"),
        _only("ix_issues_contact_deputy", "contact_deputy_id is not null", "contact_deputy_id", "state"),
        _only("ix_issues_responsible", "responsible_role is not null", "responsible_role", "responsible_id", "due_at"),
        # what the public sees
        _only("ix_issues_published", "published_at is not null", "published_at", "id"),
        _only("ix_issues_published_district", "published_at is not null", "district_id", "published_at", "id"),
        _only("ix_issues_published_station", "published_at is not null", "station_id", "published_at", "id"),
        _only("ix_issues_to_publish", TO_PUBLISH, "district_id", "created_at", "id"),
        sa.Index("ix_issues_timer", "timer_at"),
        sa.Index("ix_issues_reminder", "reminder_at"),
        sa.Index(
            "ix_issues_alike_to",
            "alike_to_id",
            postgresql_where=sa.text("alike_to_id is not null"),
            sqlite_where=sa.text("alike_to_id is not null"),
        ),
        sa.Index(
            "ix_issues_matter_changed",
            "matter_changed_at",
            postgresql_where=sa.text("matter_changed_at is not null"),
            sqlite_where=sa.text("matter_changed_at is not null"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"))
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    receipt_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    rating_digest: Mapped[str | None] = mapped_column(sa.String(64))
    rating_code_failures: Mapped[int] = mapped_column(default=0)

    # where
    station_id: Mapped[str] = mapped_column(sa.ForeignKey("stations.id"))
    township_code: Mapped[str] = mapped_column(sa.String(12))
    division_code: Mapped[str | None] = mapped_column(sa.String(12))
    grid_id: Mapped[str | None] = mapped_column(sa.ForeignKey("grids.id"))
    place: Mapped[str | None] = mapped_column(EncryptedText("issue.place"))

    # what
    kind: Mapped[str] = mapped_column(sa.String(12))
    category_id: Mapped[str | None] = mapped_column(sa.ForeignKey("categories.id"))
    content: Mapped[str] = mapped_column(sa.Text)
    redacted: Mapped[str] = mapped_column(sa.Text)
    public_text: Mapped[str | None] = mapped_column(sa.Text)
    about_type: Mapped[str | None] = mapped_column(sa.String(10))
    about_id: Mapped[str | None] = mapped_column(sa.String(26))
    confined_to: Mapped[str | None] = mapped_column(sa.String(10))

    category_suggestion: Mapped[dict[str, Any] | None] = mapped_column(Json)
    category_confirmed_at: Mapped[dt.datetime | None]

    # who said it
    channel: Mapped[str] = mapped_column(sa.String(16))
    anonymity: Mapped[str] = mapped_column(sa.String(14))
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    entered_by: Mapped[str | None] = mapped_column(sa.String(26))
    contact_name: Mapped[str | None] = mapped_column(EncryptedText("issue.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText("issue.contact_phone"))
    consent_pass_on: Mapped[bool] = mapped_column(default=False)
    consent_publish: Mapped[bool] = mapped_column(default=False)
    consent_contact: Mapped[bool] = mapped_column(default=False)

    # where it stands
    state: Mapped[str] = mapped_column(sa.String(20))
    state_left: Mapped[str | None] = mapped_column(sa.String(20))
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    reason_code: Mapped[str | None] = mapped_column(sa.String(20))
    held_at: Mapped[dt.datetime | None]
    under_supervision: Mapped[bool] = mapped_column(default=False)

    # who has it
    deputy_id: Mapped[str | None] = mapped_column(sa.ForeignKey("deputies.id"))
    contact_deputy_id: Mapped[str | None] = mapped_column(sa.ForeignKey("deputies.id"))
    chosen_deputy_id: Mapped[str | None] = mapped_column(sa.ForeignKey("deputies.id"))
    recused: Mapped[list[str]] = mapped_column(default=list)
    route_reason: Mapped[str | None] = mapped_column(sa.String(20))
    unit_id: Mapped[str | None] = mapped_column(sa.ForeignKey("handling_units.id"))
    difficulty: Mapped[str | None] = mapped_column(sa.String(10))
    extended: Mapped[bool] = mapped_column(default=False)
    signed_off_at: Mapped[dt.datetime | None]
    responsible_role: Mapped[str | None] = mapped_column(sa.String(20))
    responsible_id: Mapped[str | None] = mapped_column(sa.String(26))

    # the clock
    duty_since: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[dt.datetime | None]
    paused_due_at: Mapped[dt.datetime | None]
    paused_since: Mapped[dt.datetime | None]
    timer_at: Mapped[dt.datetime | None]
    reminder_at: Mapped[dt.datetime | None]
    reminder_stage: Mapped[int] = mapped_column(default=0)
    last_urged_on: Mapped[dt.date | None]

    # one-time rights used up
    content_edits: Mapped[int] = mapped_column(default=0)
    decline_appeals: Mapped[int] = mapped_column(default=0)
    closed_appeals: Mapped[int] = mapped_column(default=0)

    # urgent
    emergency_at: Mapped[dt.datetime | None]
    emergency_due_at: Mapped[dt.datetime | None]
    emergency_confirmed_at: Mapped[dt.datetime | None]
    emergency_raised_at: Mapped[dt.datetime | None]

    # together with others
    merged_into_id: Mapped[str | None] = mapped_column(sa.ForeignKey("issues.id"), index=True)
    follower_count: Mapped[int] = mapped_column(default=0)
    photo_count: Mapped[int] = mapped_column(default=0, server_default="0")
    alike_to_id: Mapped[str | None] = mapped_column(sa.ForeignKey("issues.id"))
    alike: Mapped[dict[str, Any] | None] = mapped_column(Json)
    matter_changed_at: Mapped[dt.datetime | None]
    hot_at: Mapped[dt.datetime | None]

    received_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    kept_private_at: Mapped[dt.datetime | None]


class NumberCounter(Base):
    """The last issue number given out per district and year."""

    __tablename__ = "number_counters"

    district_id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
