"""What happened to an issue, and what was said, asked, decided, handled and rated on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedJson, EncryptedText
from service.db import Base, UtcDateTime
from service.ids import new_id


class IssueHistory(Base):
    """One line of an issue's history; appended, never edited. ``data`` are the values the ledger commits to.

    ``audience``: ``all`` or ``staff``. ``actor_label`` is the public face ("代表 张三", "群众"), never a resident's name.
    ``due_at``: the deadline that ran when the step was taken.
    """

    __tablename__ = "issue_history"
    __table_args__ = (sa.UniqueConstraint("issue_id", "seq", name="uq_issue_history_seq"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(sa.String(24))
    actor_role: Mapped[str] = mapped_column(sa.String(20))
    actor_account_id: Mapped[str | None] = mapped_column(sa.String(26))
    actor_label: Mapped[str] = mapped_column(sa.String(80))
    from_state: Mapped[str | None] = mapped_column(sa.String(20))
    to_state: Mapped[str] = mapped_column(sa.String(20))
    round: Mapped[int]
    due_at: Mapped[dt.datetime | None]
    audience: Mapped[str] = mapped_column(sa.String(6), default="all")
    note: Mapped[str | None] = mapped_column(EncryptedText("issue_history.note"))
    data: Mapped[Any | None] = mapped_column(EncryptedJson("issue_history.data"))
    entry_hash: Mapped[str] = mapped_column(sa.String(64))


class IssueMessage(Base):
    """Conversation between the resident and whoever has the issue; ``history_seq``: the words of that step (checks/said.py)."""

    __tablename__ = "issue_messages"
    __table_args__ = (sa.Index("ix_issue_messages_issue", "issue_id", "at", "id"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    at: Mapped[dt.datetime]
    author_role: Mapped[str] = mapped_column(sa.String(20))
    author_account_id: Mapped[str | None] = mapped_column(sa.String(26))
    author_label: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text)
    held: Mapped[bool] = mapped_column(default=False)
    refused_at: Mapped[dt.datetime | None]
    history_seq: Mapped[int | None]


class IssueDecision(Base):
    """A step that waits for a second person; at most one is open per issue (the index below)."""

    __tablename__ = "issue_decisions"
    __table_args__ = (
        sa.Index(
            "uq_issue_decisions_open",
            "issue_id",
            unique=True,
            postgresql_where=sa.text("outcome is null"),
            sqlite_where=sa.text("outcome is null"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    action: Mapped[str] = mapped_column(sa.String(24))
    decider_role: Mapped[str] = mapped_column(sa.String(20))
    decider_id: Mapped[str] = mapped_column(sa.String(26))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    data: Mapped[Any | None] = mapped_column(EncryptedJson("issue_decision.data"))
    resume_role: Mapped[str | None] = mapped_column(sa.String(20))
    resume_id: Mapped[str | None] = mapped_column(sa.String(26))
    resume_due_at: Mapped[dt.datetime | None]
    resume_since: Mapped[dt.datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[dt.datetime | None]


class IssueAssignment(Base):
    """A unit's part in a round: lead (主办) or co-unit (协办), from assignment to result."""

    __tablename__ = "issue_assignments"
    __table_args__ = (
        sa.Index(
            "ix_issue_assignments_open",
            "unit_id",
            "issue_id",
            postgresql_where=sa.text("ended_at is null"),
            sqlite_where=sa.text("ended_at is null"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"), index=True)
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("handling_units.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(6))
    round: Mapped[int]
    assigned_by_role: Mapped[str] = mapped_column(sa.String(20))
    assigned_by_id: Mapped[str] = mapped_column(sa.String(26))
    assigned_at: Mapped[dt.datetime]
    signed_at: Mapped[dt.datetime | None]
    returned_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    result: Mapped[str | None] = mapped_column(sa.Text)
    evidence: Mapped[Any | None] = mapped_column(EncryptedJson("issue_assignment.evidence"))
    result_at: Mapped[dt.datetime | None]


class IssueRating(Base):
    """A rating by the resident, one per round; ``channel`` PHONE when the township took it with the paper's code."""

    __tablename__ = "issue_ratings"
    __table_args__ = (sa.UniqueConstraint("issue_id", "round", name="uq_issue_ratings_round"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    round: Mapped[int]
    result: Mapped[str] = mapped_column(sa.String(14))
    solved: Mapped[str | None] = mapped_column(sa.String(6))
    attitude: Mapped[str | None] = mapped_column(sa.String(14))
    reason: Mapped[str | None] = mapped_column(EncryptedText("issue_rating.reason"))
    channel: Mapped[str] = mapped_column(sa.String(10))
    rated_at: Mapped[dt.datetime]
    edits: Mapped[int] = mapped_column(default=0)


class IssueFollower(Base):
    """Someone who met the same thing (我也遇到): told of the feedback, rates it for themselves."""

    __tablename__ = "issue_followers"
    __table_args__ = (sa.UniqueConstraint("issue_id", "account_id", name="uq_issue_followers_account"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"), index=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    joined_at: Mapped[dt.datetime]
    rating: Mapped[str | None] = mapped_column(sa.String(14))
    reason: Mapped[str | None] = mapped_column(EncryptedText("issue_follower.reason"))
    rated_at: Mapped[dt.datetime | None]


class IdentityReveal(Base):
    """Who looked behind a mask, and why; the resident can see that it happened."""

    __tablename__ = "identity_reveals"
    __table_args__ = (sa.Index("ix_identity_reveals_at", "at", "id"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"), index=True)
    account_id: Mapped[str] = mapped_column(sa.String(26))
    role: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(EncryptedText("identity_reveal.reason"))
    at: Mapped[dt.datetime]


class IssueView(Base):
    """Who opened an issue in office, first time per day (viewing trail, rulebook §0.7). Actor and time may be absent."""

    __tablename__ = "issue_views"
    __table_args__ = (sa.UniqueConstraint("issue_id", "account_id", "on_date", name="uq_issue_views_day"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.String(26))
    account_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    on_date: Mapped[dt.date | None]
    at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class StandardText(Base):
    """A sentence used again and again (常用语); a district's own, offered where ``action`` matches.

    From when until when it is offered is a parameter (``text.use.<id>``).
    """

    __tablename__ = "standard_texts"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    action: Mapped[str | None] = mapped_column(sa.String(24))
    title: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime]
