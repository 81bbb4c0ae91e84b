"""Questions about printed codes: those of a station, how often they are scanned, and what stands on their posters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import day_in_words
from service.deputies import queries as deputies
from service.errors import Conflict, NotFound
from service.ids import clean_code
from service.stations.kinds import GONE, CodeTarget, StationKind, StationState
from service.stations.models import Campaign, ScanCode, ScanCount, Station
from service.territory import queries as territory
from service.territory.models import District, Grid

NO_CODE = "没有找到这个编码，或者它已经停用。"
KIND_TITLES = {
    StationKind.HOME: "人大代表之家",
    StationKind.STATION: "人大代表联络站",
    StationKind.POINT: "人大代表联系点",
    StationKind.ONLINE: "网上代表家站",
}


@dataclass(frozen=True, slots=True)
class Scans:
    """``total`` since the code hangs; ``days``: those of the asked period on which somebody scanned, oldest first."""

    total: int = 0
    days: tuple[tuple[dt.date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperWords:
    """The words of one poster, by the names :class:`qr.PosterText` gives them."""

    district: str
    township: str
    station: str
    kind: str
    hours: str
    address: str
    phone: str
    url: str
    site: str
    code: str
    placement: str
    subject: str


def code(session: Session, typed: str) -> ScanCode:
    """:raises NotFound: when there is no such code; a revoked one is found."""
    row = session.get(ScanCode, clean_code(typed))
    if row is None:
        raise NotFound(NO_CODE)
    return row


def codes_of(
    session: Session, station_id: str, *, limit: int, after: tuple[dt.datetime, str] | None = None
) -> Sequence[ScanCode]:
    """Codes of a station, also revoked ones, newest first."""
    wanted = sa.select(ScanCode).where(ScanCode.station_id == station_id)
    if after is not None:
        wanted = wanted.where(sa.tuple_(ScanCode.created_at, ScanCode.code) < sa.tuple_(*after))
    return session.scalars(wanted.order_by(ScanCode.created_at.desc(), ScanCode.code.desc()).limit(limit)).all()


def code_to_print(session: Session, station: Station, typed: str | None) -> ScanCode:
    """The given code of the station, or else its oldest working one that is bound to nothing more.

    :raises NotFound: when there is none: making one is a decision of its own.
    :raises Conflict: when the station is merged or closed, so that nothing new should be hung up for it.
    """
    if StationState(station.state) in GONE:
        raise Conflict("这个联络站已经合并或者撤销，不再印制海报；墙上的旧海报仍然有效。", current=station.state)
    wanted = sa.select(ScanCode).where(ScanCode.station_id == station.id, ScanCode.revoked_at.is_(None))
    if typed is not None:
        wanted = wanted.where(ScanCode.code == clean_code(typed))
    else:
        wanted = wanted.where(ScanCode.target_type == CodeTarget.STATION.value)
    found = session.scalar(wanted.order_by(ScanCode.created_at, ScanCode.code).limit(1))
    if found is None:
        raise NotFound(NO_CODE if typed else "这个联络站还没有可以印制的编码，请先新建一个。")
    return found


def codes_at(session: Session, station_ids: Collection[str], placement: str) -> dict[str, ScanCode]:
    """Station → its oldest working code of that placement that is bound to nothing more."""
    wanted = sa.select(ScanCode).where(
        ScanCode.station_id.in_(station_ids),
        ScanCode.placement == placement,
        ScanCode.target_type == CodeTarget.STATION.value,
        ScanCode.revoked_at.is_(None),
    )
    newest_first = session.scalars(wanted.order_by(ScanCode.created_at.desc(), ScanCode.code.desc()))
    return {row.station_id: row for row in newest_first}


def scans_of(session: Session, codes: Collection[str], *, since: dt.date) -> dict[str, Scans]:
    """Code → how often it was scanned; the newest minute may still be on its way."""
    if not codes:
        return {}
    of_these = ScanCount.code.in_(codes)
    sums = sa.select(ScanCount.code, sa.func.sum(ScanCount.count)).where(of_these).group_by(ScanCount.code)
    totals = dict(session.execute(sums).all())
    days: dict[str, list[tuple[dt.date, int]]] = {name: [] for name in totals}
    recent = sa.select(ScanCount).where(of_these, ScanCount.on_date >= since).order_by(ScanCount.on_date)
    for row in session.scalars(recent):
        days[row.code].append((row.on_date, row.count))
    return {name: Scans(int(total), tuple(days[name])) for name, total in totals.items()}


def campaigns(session: Session, ids: Collection[str | None]) -> dict[str, Campaign]:
    """By id; None among ``ids`` is nothing."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(sa.select(Campaign).where(Campaign.id.in_(wanted)))}


def running(session: Session, station_id: str, *, on: dt.date) -> Sequence[Campaign]:
    """Campaigns of a station that are not over, soonest end first: another poster may be about them."""
    wanted = sa.select(Campaign).where(Campaign.station_id == station_id, Campaign.to_on >= on)
    return session.scalars(wanted.order_by(Campaign.to_on, Campaign.id)).all()


def subjects(session: Session, rows: Sequence[ScanCode]) -> dict[str, str]:
    """Code → what it is bound to beyond its station, in words; codes bound to nothing more are left out."""
    people = _deputy_names(session, rows)
    grids = _grid_names(session, {row.grid_id for row in rows if row.grid_id})
    held = campaigns(session, [row.campaign_id for row in rows])
    found = {}
    for row in rows:
        if row.deputy_id in people:
            found[row.code] = f"联系代表：{people[row.deputy_id]}"
        elif row.grid_id in grids:
            found[row.code] = f"对应网格：{grids[row.grid_id]}"
        elif row.campaign_id in held:
            one = held[row.campaign_id]
            found[row.code] = f"{one.title}（{day_in_words(one.from_on)}至{day_in_words(one.to_on)}）"
    return found


def _deputy_names(session: Session, rows: Sequence[ScanCode]) -> dict[str | None, str]:
    by_district: dict[str, set[str]] = {}
    for row in rows:
        if row.deputy_id:
            by_district.setdefault(row.district_id, set()).add(row.deputy_id)
    return {
        deputy_id: name
        for district_id, ids in by_district.items()
        for deputy_id, name in deputies.names(session, district_id, ids).items()
    }


def _grid_names(session: Session, ids: Collection[str]) -> dict[str | None, str]:
    if not ids:
        return {}
    return dict(session.execute(sa.select(Grid.id, Grid.name).where(Grid.id.in_(ids))).all())


def paper_words(session: Session, rows: Sequence[ScanCode], *, base_url: str) -> list[PaperWords]:
    """What stands on the posters of these codes, in their order. The code says exactly ``base_url/s/CODE``."""
    stations = _by_id(session, {row.station_id for row in rows})
    townships = territory.division_names(session, {station.township_code for station in stations.values()})
    districts = {row.id: row.name for row in session.scalars(sa.select(District))}
    bound = subjects(session, rows)
    return [
        PaperWords(
            district=districts[row.district_id],
            township=townships.get(station.township_code, ""),
            station=station.name,
            kind=KIND_TITLES[StationKind(station.kind)],
            hours=station.hours or "",
            address=station.address or "",
            phone=station.phone or "",
            url=f"{base_url}/s/{row.code}",
            site=base_url,
            code=row.code,
            placement=row.placement or "",
            subject=bound.get(row.code, ""),
        )
        for row in rows
        for station in (stations[row.station_id],)
    ]


def _by_id(session: Session, ids: Collection[str]) -> Mapping[str, Station]:
    return {row.id: row for row in session.scalars(sa.select(Station).where(Station.id.in_(ids)))}
