"""What people say about the service itself; a duty of the app regulation (rulebook §7.4)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base
from service.ids import new_id


class ServiceFeedback(Base):
    __tablename__ = "service_feedback"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(sa.String(26), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    contact: Mapped[str | None] = mapped_column(EncryptedText("service_feedback.contact"))
    created_at: Mapped[dt.datetime]
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[dt.datetime | None]
