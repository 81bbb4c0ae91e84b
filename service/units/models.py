"""Handling units: a township's own or the district's; ``is_government`` ones the government office may split work to."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.ids import new_id

TOWNSHIP_LEVEL, DISTRICT_LEVEL = "township", "district"


class HandlingUnit(Base):
    __tablename__ = "handling_units"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    township_code: Mapped[str | None] = mapped_column(sa.String(12), index=True)
    level: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(80))
    is_government: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[str | None] = mapped_column(sa.String(30))
    closed_on: Mapped[dt.date | None]
