"""What is asked of WeChat about a text or a picture before others may see it, and what came back."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.ids import new_id
from service.issues.checks.states import CheckState

_PENDING, _OPEN = sa.text("state = 'pending'"), sa.text("state in ('pending', 'asked')")
_PICTURE = sa.text("upload_id is not null and trace_id is not null")


class ContentCheck(Base):
    """One question to WeChat: an issue's text, an edited text, a message, or a picture of one of them.

    No openid stands here: it is read from the account at the moment of asking, and what has none is never asked about
    (``receipt_only``, guests, entered by a clerk). ``edition``: how often the text was edited before, so that an answer
    about words that were replaced decides nothing. ``askings``: how often WeChat took a picture on; ``late``: no answer
    in time, so a person was asked; ``held``: the issue or message was given to a person. ``due_at``: when the next one
    looks after it. ``trace_id`` of a picture names the push its answer comes with; of a text it is evidence only.
    """

    __tablename__ = "content_checks"
    __table_args__ = (
        sa.Index("ix_content_checks_issue", "issue_id", "edition"),
        sa.Index(
            "ix_content_checks_message",
            "message_id",
            postgresql_where=sa.text("message_id is not null"),
            sqlite_where=sa.text("message_id is not null"),
        ),
        sa.Index("ix_content_checks_pending", "next_at", postgresql_where=_PENDING, sqlite_where=_PENDING),
        sa.Index("ix_content_checks_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
        sa.Index("uq_content_checks_trace", "trace_id", unique=True, postgresql_where=_PICTURE, sqlite_where=_PICTURE),
        sa.CheckConstraint(
            "state in ('pending', 'asked', 'passed', 'review', 'risky', 'unanswered', 'failed', 'moot')", name="state"
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    message_id: Mapped[str | None] = mapped_column(sa.ForeignKey("issue_messages.id"))
    upload_id: Mapped[str | None] = mapped_column(sa.ForeignKey("uploads.id"))
    edition: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(10), default=CheckState.PENDING.value)
    trace_id: Mapped[str | None] = mapped_column(sa.String(64))
    label: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    askings: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.String(120))
