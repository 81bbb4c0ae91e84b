"""Stations (家、站、点) from a sheet, by township and name; then the tree above them and their grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from service.ids import new_id
from service.roster.shapes import STATIONS
from service.roster.underway import Underway, update
from service.sheets.shapes import Record
from service.stations.kinds import GONE, PARENTS, HostType, StationKind, StationTheme
from service.stations.lookup import Named, index
from service.stations.models import Station, StationGrid
from service.territory.models import Grid

Key = tuple[str, str]
Stations = dict[Key, Station]
_PLAIN = ("address", "phone", "hours")


def take_stations(way: Underway, grids: Mapping[str, Grid]) -> dict[str, list[Named]]:
    """Every station there is after the sheet was taken, under its names."""
    stored: Stations = {}
    gone: set[Key] = set()
    for row in way.session.scalars(sa.select(Station).where(Station.district_id == way.district.id)):
        if row.state in GONE:
            gone.add((row.township_code, row.name))
        else:
            stored[(row.township_code, row.name)] = row
    known, linked = set(stored), _linked(way)
    taken: list[tuple[Record, Station, bool | None]] = []
    for record in way.read(STATIONS):
        try:
            found = _take(way, stored, gone, record)
        except ValueError as error:
            way.blame(STATIONS, record.line, str(error))
            continue
        if found is not None:
            taken.append((record, *found))
    way.flush()
    for record, row, outcome in taken:
        try:
            moved = _connect(way, stored, grids, linked, record, row)
        except ValueError as error:
            way.blame(STATIONS, record.line, str(error))
            continue
        way.tell(STATIONS, None if outcome is None else outcome or moved)
    way.left(STATIONS, known, {key for sheet, key in way.lines if sheet == STATIONS.name})
    way.flush()
    return index(
        Named(row.id, row.name, way.divisions[row.township_code].name, gone=False)
        for row in stored.values()
        if row.township_code in way.divisions
    )


def _linked(way: Underway) -> set[tuple[str, str]]:
    wanted = sa.select(StationGrid.station_id, StationGrid.grid_id).join(Station, Station.id == StationGrid.station_id)
    rows = way.session.execute(wanted.where(Station.district_id == way.district.id))
    return {(station_id, grid_id) for station_id, grid_id in rows}


def _take(way: Underway, stored: Stations, gone: set[Key], record: Record) -> tuple[Station, bool | None] | None:
    township = way.township(record["township"])
    key = (township, record["name"])
    way.once(STATIONS, key, record.line)
    village = way.village(record["village"], township) if "village" in record.values else None
    if key in stored:
        words = {name: record.values[name].value for name in ("kind", "theme", "host_type") if name in record.values}
        plain = {name: record.get(name) for name in _PLAIN}
        return stored[key], update(stored[key], words | plain | {"division_code": village})
    if key in gone:
        way.report.notices.append(f"{STATIONS.title}：第 {record.line} 行的联络站已合并或者撤销，没有重新登记")
        return None
    row = Station(
        id=new_id(),
        district_id=way.district.id,
        township_code=township,
        division_code=village,
        kind=record.get("kind", StationKind.STATION).value,
        theme=record.get("theme", StationTheme.GENERAL).value,
        host_type=record.get("host_type", HostType.COMMUNITY).value,
        name=record["name"],
        **{name: record.get(name) for name in _PLAIN},
    )
    stored[key] = row
    way.session.add(row)
    return row, None


def _connect(
    way: Underway,
    stored: Stations,
    grids: Mapping[str, Grid],
    linked: set[tuple[str, str]],
    record: Record,
    row: Station,
) -> bool:
    """Set what is above the station and add its grids; whether anything changed."""
    parent_id = _parent(stored, row, record["parent"]) if "parent" in record.values else None
    links = [(row.id, grid.id) for grid in _grids(grids, row, record.get("grids", ()))]
    new = [link for link in dict.fromkeys(links) if link not in linked]
    linked.update(new)
    way.session.add_all(StationGrid(station_id=station_id, grid_id=grid_id) for station_id, grid_id in new)
    return update(row, {"parent_id": parent_id}) or bool(new)


def _parent(stored: Stations, row: Station, name: str) -> str:
    parent = stored.get((row.township_code, name))
    if parent is None:
        raise ValueError(f"这个镇街没有名为“{name}”的上级家站")
    if StationKind(parent.kind) not in PARENTS.get(StationKind(row.kind), frozenset()):
        raise ValueError("上级家站的层级应高于本站（家 → 站 → 点）")
    return parent.id


def _grids(grids: Mapping[str, Grid], row: Station, codes: Sequence[str]) -> list[Grid]:
    unknown = [code for code in codes if code not in grids]
    if unknown:
        raise ValueError(f"没有网格 {'、'.join(unknown[:5])}")
    outside = [code for code in codes if f"{code[:9]}000" != row.township_code]
    if outside:
        raise ValueError(f"网格 {'、'.join(outside[:5])} 不在这个镇街")
    return [grids[code] for code in codes]
