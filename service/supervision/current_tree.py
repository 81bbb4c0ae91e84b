"""Figures of stations read by the tree of today: a merged one is counted where it went (rulebook §11)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.stations.models import Station
from service.supervision.queries import Group


def by_current_tree(session: Session, district_id: str, groups: Sequence[Group]) -> list[Group]:
    """``groups`` by station, with those that were merged or succeeded folded into their successors; most submitted first."""
    wanted = sa.select(Station.id, Station.name, Station.superseded_by).where(Station.district_id == district_id)
    names: dict[str, str] = {}
    after: dict[str, str | None] = {}
    for station_id, name, successor in session.execute(wanted):
        names[station_id], after[station_id] = name, successor
    found: dict[str, Group] = {}
    for group in groups:
        key = _reached(group.key, after)
        there = found.get(key)
        counters = {name: number + (there.counters[name] if there else 0) for name, number in group.counters.items()}
        found[key] = Group(key, names.get(key, group.title), counters)
    return sorted(found.values(), key=lambda group: (-group.counters["submitted"], group.title))


def _reached(station_id: str, after: dict[str, str | None]) -> str:
    """The end of the chain; a ring, which no action makes, ends where it would close."""
    seen = {station_id}
    while (successor := after.get(station_id)) and successor not in seen:
        seen.add(successor)
        station_id = successor
    return station_id
