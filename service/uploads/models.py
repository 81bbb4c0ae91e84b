"""The table of pictures, which is also the queue of those to be re-encoded."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json
from service.ids import new_id


class UploadState(StrEnum):
    """Where a picture stands. ``PARKED`` and ``LOST`` are shown to operators (``flask parked``) and can be requeued."""

    RECEIVED = "received"  # 已收到，等待处理
    READY = "ready"  # 可以查看
    REFUSED = "refused"  # 无法打开
    PARKED = "parked"  # 多次处理失败，已搁置
    LOST = "lost"  # 文件不在存放处


class Upload(Base):
    """A picture. It belongs to whoever sent it until it is attached, then to its issue and to nobody else; or to a deputy
    as the photo the public sees.

    ``owner_digest`` is a blind index of the account, or of the receipt code it was sent with, emptied on attaching: no
    row joins an issue's picture to a person, and an older dump names no account either. ``sweep_at`` is a full hour,
    empty once attached. ``width`` and ``height`` are those of the copy. ``message_id`` or ``history_seq`` say with what
    it was attached; neither: with the issue. ``withheld_at``: it did not pass the content check; kept as evidence,
    shown to nobody. ``cover_id``: the copies with black boxes that everybody gets instead (遮盖).
    """

    __tablename__ = "uploads"
    __table_args__ = (
        sa.Index("ix_uploads_issue", "issue_id", "position"),
        sa.Index("ix_uploads_owner", "owner_digest"),
        sa.Index("ix_uploads_sweep", "sweep_at"),
        sa.Index(
            "ix_uploads_waiting",
            "next_at",
            postgresql_where=sa.text("state = 'received'"),
            sqlite_where=sa.text("state = 'received'"),
        ),
        sa.CheckConstraint("state in ('received', 'ready', 'refused', 'parked', 'lost')", name="state"),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(sa.String(10), default=UploadState.RECEIVED.value)
    width: Mapped[int]
    height: Mapped[int]
    owner_digest: Mapped[str | None] = mapped_column(sa.String(64))
    sweep_at: Mapped[dt.datetime | None]

    issue_id: Mapped[str | None] = mapped_column(sa.ForeignKey("issues.id"))
    message_id: Mapped[str | None] = mapped_column(sa.ForeignKey("issue_messages.id"))
    history_seq: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    withheld_at: Mapped[dt.datetime | None]
    cover_id: Mapped[str | None] = mapped_column(sa.String(26))

    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime | None]
    lease_until: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)


class UploadCover(Base):
    """Black boxes as somebody left them: one edition, kept. ``id`` names its copies in the store; ``boxes``: four percents
    each, none: taken off. ``label``: the office's face."""

    __tablename__ = "upload_covers"
    __table_args__ = (sa.UniqueConstraint("upload_id", "number", name="uq_upload_covers_number"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True)
    upload_id: Mapped[str] = mapped_column(sa.ForeignKey("uploads.id"))
    number: Mapped[int]
    boxes: Mapped[list[Any]] = mapped_column(Json)
    account_id: Mapped[str] = mapped_column(sa.String(26))
    label: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime]
