"""Write the register out in the shape it is read in: reading it back changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import SHANGHAI
from service.parameters.models import Category
from service.register.models import RegisterEntry
from service.stations import lookup

AT_ONCE = 500


def register_rows(session: Session, district_id: str) -> Iterator[list[str]]:
    """Lines as texts, by time, in the order of :data:`service.register.shape.REGISTER`; read in portions."""
    stations = lookup.titles(lookup.by_name(session, district_id))
    wanted = (
        sa.select(
            RegisterEntry.topic,
            RegisterEntry.text,
            Category.title,
            RegisterEntry.created_at,
            RegisterEntry.reply,
            RegisterEntry.station_id,
        )
        .join(Category, Category.id == RegisterEntry.category_id)
        .where(RegisterEntry.district_id == district_id)
        .order_by(RegisterEntry.created_at, RegisterEntry.id)
    )
    for topic, text, title, created_at, reply, station_id in session.execute(
        wanted.execution_options(yield_per=AT_ONCE)
    ):
        station = stations.get(station_id, "") if station_id else ""
        yield [topic or "", text, title, _moment(created_at), reply or "", station]


def _moment(moment: dt.datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
