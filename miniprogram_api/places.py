"""Public facts: stations, deputies, categories."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.place_views import (
    DeputyOut,
    NamedOut,
    ReceptionOut,
    StationDetailOut,
    StationOut,
    deputies_out,
    named,
    station_detail,
)
from miniprogram_api.routing import PUBLIC, Door, route
from miniprogram_api.schemas import Id, IdPath, Out, PageOut, PlainText
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.parameters import queries as parameters
from service.stations import queries as stations
from service.stations import receptions
from service.stations.scan import resolve
from service.territory import queries as territory
from service.units import queries as units

ONE_OF_TWO = "请用 district_id 或 station_code 之一说明是哪个区县。"

door = Door("places", "联络站、代表与类别")


class StationsQuery(PageQuery):
    q: Annotated[PlainText, Field(max_length=60)] | None = None
    district_id: Id | None = None
    township_code: Id | None = None


class StationsOut(PageOut):
    items: list[StationOut]


class DistrictsOut(PageOut):
    items: list[NamedOut]


class DeputyDetailOut(DeputyOut):
    """``receptions``: announced days on which this deputy receives, at most three."""

    stations: list[NamedOut]
    receptions: list[ReceptionOut]


class UnitsOut(PageOut):
    items: list[NamedOut]


class CategoriesQuery(PageQuery):
    """Neither: of all districts served here."""

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    district_id: Id | None = None
    station_code: Annotated[PlainText, Field(max_length=40)] | None = None


class CategoryOut(Out):
    """Two levels; ``parent_id`` is null for the first."""

    id: str
    district_id: str
    parent_id: str | None
    title: str


class CategoriesOut(PageOut):
    items: list[CategoryOut]


@route(door, "GET", "/districts", access=PUBLIC, summary="区县列表", answers={200: DistrictsOut})
def list_districts() -> DistrictsOut:
    """The districts served here, by code: whoever reads figures or released matters chooses one of them."""
    return DistrictsOut(items=named(territory.districts(db.session())))


@route(door, "GET", "/stations", access=PUBLIC, summary="联络站列表", answers={200: StationsOut})
def list_stations(query: StationsQuery) -> StationsOut:
    """By township, homes first, then by name; those that no longer receive are left out."""
    page = stations.stations_page(db.session(), **query.model_dump())
    return StationsOut(items=[StationOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@route(door, "GET", "/stations/<id>", access=PUBLIC, summary="联络站", answers={200: StationDetailOut})
def show_station(path: IdPath) -> StationDetailOut:
    session = db.session()
    return station_detail(session, stations.station(session, None, path.id), now=core().clock())


@route(door, "GET", "/stations/<id>/units", access=PUBLIC, summary="联络站所在地的办理单位", answers={200: UnitsOut})
def list_units(path: IdPath) -> UnitsOut:
    """Names alone: whoever complains about a unit (rulebook §2.5) chooses one of its township's or of the district's."""
    session = db.session()
    station = stations.station(session, None, path.id)
    found = units.near(session, station.district_id, township_code=station.township_code)
    return UnitsOut(items=named(found))


@route(door, "GET", "/deputies/<id>", access=PUBLIC, summary="代表", answers={200: DeputyDetailOut})
def show_deputy(path: IdPath) -> DeputyDetailOut:
    """Name, level, constituency, groups, stations and reception days (rulebook §12); no figures, so nothing to rank by."""
    session, now = db.session(), core().clock()
    today = local_date(now)
    person = deputies.deputy(session, None, path.id)
    card = deputies_out(session, [person.id], on=today)[0]
    where = stations.stations_of_deputy(session, person.id, on=today)
    days = receptions.of_deputy(session, person.id, station_ids=[one.id for one in where], now=now)
    return DeputyDetailOut(
        **dict(card), stations=named(where), receptions=[ReceptionOut.model_validate(day) for day in days]
    )


@route(door, "GET", "/categories", access=PUBLIC, summary="类别", answers={200: CategoriesOut}, problems=(404,))
def list_categories(query: CategoriesQuery) -> CategoriesOut:
    """Categories in each district's own order; a station's code names its district."""
    session, purpose = db.session(), f"categories:{query.district_id}:{query.station_code}"
    now = core().clock()
    rows = [row for district in _districts(query) for row in parameters.usable_categories(session, district, at=now)]
    position = decode_cursor(purpose, query.cursor)
    start = int(position[0]) if position else 0
    shown = rows[start : start + query.limit]
    last = [start + query.limit] if start + query.limit < len(rows) else None
    items = [CategoryOut.model_validate(row) for row in shown]
    return CategoriesOut(items=items, next_cursor=encode_cursor(purpose, last))


def _districts(query: CategoriesQuery) -> list[str]:
    """:raises NotFound: for an unknown district, or code."""
    session = db.session()
    if query.station_code is not None:
        return [resolve(session, query.station_code, today=local_date(core().clock())).district_id]
    if query.district_id is not None:
        return [territory.district(session, query.district_id).id]
    return [district.id for district in territory.districts(session)]
