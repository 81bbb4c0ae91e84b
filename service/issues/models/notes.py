"""What the station and the offices above it write down for each other (内部备注)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base
from service.ids import new_id


class IssueNote(Base):
    """An internal note. ``author_label`` is the office's face, as in history. ``struck_at``: withdrawn by its author, kept.

    ``text`` None: gone with the resident's identity, which it might repeat.
    """

    __tablename__ = "issue_notes"
    __table_args__ = (sa.Index("ix_issue_notes_issue", "issue_id", "at"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    issue_id: Mapped[str] = mapped_column(sa.ForeignKey("issues.id"))
    at: Mapped[dt.datetime]
    author_account_id: Mapped[str] = mapped_column(sa.String(26))
    author_label: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str | None] = mapped_column(EncryptedText("issue_note.text"))
    struck_at: Mapped[dt.datetime | None]
