"""Lines of the paper registers and older systems a district brings along."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base
from service.ids import new_id


class RegisterEntry(Base):
    """One earlier matter with the category staff gave it. Old words name people: text, topic and reply are encrypted.

    ``digest`` is a keyed digest of what the line says, so importing a file again adds nothing.
    """

    __tablename__ = "register_entries"
    __table_args__ = (sa.UniqueConstraint("district_id", "digest", name="uq_register_entries_digest"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"))
    station_id: Mapped[str | None] = mapped_column(sa.ForeignKey("stations.id"))
    category_id: Mapped[str] = mapped_column(sa.ForeignKey("categories.id"), index=True)
    topic: Mapped[str | None] = mapped_column(EncryptedText("register.topic"))
    text: Mapped[str] = mapped_column(EncryptedText("register.text"))
    reply: Mapped[str | None] = mapped_column(EncryptedText("register.reply"))
    created_at: Mapped[dt.datetime | None]
    digest: Mapped[str] = mapped_column(sa.String(64))
    imported_at: Mapped[dt.datetime]
