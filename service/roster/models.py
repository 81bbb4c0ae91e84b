"""Who took deputies' phones out of the system, and why."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.ids import new_id


class PhoneExport(Base):
    """``operator`` is the log-in name on the server; ``people`` how many phones left."""

    __tablename__ = "phone_exports"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    operator: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(200))
    people: Mapped[int]
    exported_at: Mapped[dt.datetime]
