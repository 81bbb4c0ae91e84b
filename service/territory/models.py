"""Districts, divisions, grids, constituencies. Codes are strings with validity; a merged place keeps its old code."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base
from service.ids import new_id

STREET, TOWN, TOWNSHIP, COMMUNITY, VILLAGE = "street", "town", "township", "community", "village"


class District(Base):
    """A tenant (区/县); ``id`` is its 6-digit code. Towns and stations are sub-units, never tenants (rulebook §0.6)."""

    __tablename__ = "districts"

    id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    short_code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    city_code: Mapped[str] = mapped_column(sa.String(12))
    province_code: Mapped[str] = mapped_column(sa.String(12))


class Division(Base):
    """A township-level or village-level division; 12-digit statistical code (统计用区划代码), townships end in 000."""

    __tablename__ = "divisions"

    code: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    parent_code: Mapped[str | None] = mapped_column(sa.String(12), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(12))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    superseded_by: Mapped[list[str]] = mapped_column(default=list)


class Grid(Base):
    """A grid (网格) inside a village or community; code = village code + 3 digits."""

    __tablename__ = "grids"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    division_code: Mapped[str] = mapped_column(sa.ForeignKey("divisions.code"), index=True)
    code: Mapped[str] = mapped_column(sa.String(15), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Constituency(Base):
    """An electoral unit (选区) of one congress level, 1–3 deputies each (选举法 Art. 25)."""

    __tablename__ = "constituencies"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(10))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    township_code: Mapped[str | None] = mapped_column(sa.String(12))
