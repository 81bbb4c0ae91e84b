"""Find a station by what people write down: its name, or 镇街/名称 where two have the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.sheets.cells import shown
from service.stations.kinds import GONE
from service.stations.models import Station
from service.territory.models import Division


@dataclass(frozen=True, slots=True)
class Named:
    """A station and where it is; ``gone``: merged or closed, named only by old papers."""

    id: str
    name: str
    township: str
    gone: bool


def by_name(session: Session, district_id: str) -> dict[str, list[Named]]:
    """Every station of the district under its name, under 镇街/名称 and under its id, in one statement."""
    wanted = (
        sa.select(Station.id, Station.name, Division.name, Station.state)
        .join(Division, Division.code == Station.township_code)
        .where(Station.district_id == district_id)
        .order_by(Station.township_code, Station.id)
    )
    rows = session.execute(wanted)
    return index(Named(station_id, name, township, state in GONE) for station_id, name, township, state in rows)


def index(stations: Iterable[Named]) -> dict[str, list[Named]]:
    """Stations under everything they may be called."""
    found: defaultdict[str, list[Named]] = defaultdict(list)
    for named in stations:
        for written in (named.name, f"{named.township}/{named.name}", named.id):
            found[written].append(named)
    return dict(found)


def find(stations: Mapping[str, Sequence[Named]], name: str, *, near: str | None = None) -> str:
    """The station's id; one that still works goes before those gone, one of the township ``near`` before the others.

    :raises ValueError: with the reason, when there is none or it could be any of several.
    """
    found = stations.get(name.replace("／", "/"), ())
    candidates = [named for named in found if not named.gone] or found
    candidates = [named for named in candidates if named.township == near] or candidates
    if not candidates:
        raise ValueError(f"没有名为“{shown(name)}”的联络站")
    if len(candidates) > 1:
        places = "、".join(sorted({named.township for named in candidates}))
        raise ValueError(f"有 {len(candidates)} 个名为“{shown(name)}”的联络站（{places}），请写成“镇街/名称”")
    return candidates[0].id


def titles(stations: Mapping[str, Sequence[Named]]) -> dict[str, str]:
    """Id → the shortest name that :func:`find` takes back to it; the id itself where a newer station took the name."""
    ids = {named.id for found in stations.values() for named in found}
    chosen: dict[str, str] = {}
    for written in sorted(stations, key=lambda written: (written in ids, len(written))):
        for named in stations[written]:
            if named.id not in chosen and _leads_back(stations, written, named.id):
                chosen[named.id] = written
    return chosen


def _leads_back(stations: Mapping[str, Sequence[Named]], written: str, station_id: str) -> bool:
    try:
        return find(stations, written) == station_id
    except ValueError:
        return False
