"""The world written again is the world that was built, but for its ids."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import Base
from service.stations.stamp import read
from tests.conftest import wipe
from tests.world import World, build_world
from tests.world.copies import ID


def look(session: Session) -> dict[str, list[str]]:
    """Every row of every table but the mark of places, its ids blotted out."""
    found = {}
    for table in Base.metadata.sorted_tables:
        counted = {column.name for column in table.primary_key if isinstance(column.type, sa.Integer)}
        rows = session.execute(sa.select(table)).mappings()
        found[table.name] = sorted(
            ID.sub("id", repr([(name, value) for name, value in row.items() if name not in counted])) for row in rows
        )
    return {name: rows for name, rows in found.items() if rows and name != "place_stamp"}


def test_a_copy_differs_from_what_was_built_only_in_its_ids_and_its_mark(session: Session) -> None:
    worlds, seen, marks = [], [], set()
    for _ in range(3):
        worlds.append(build_world(session))
        session.commit()
        seen.append(look(session))
        marks.add(read(session))
        assert_leads_to_its_own_rows(session, worlds[-1])
        session.rollback()
        wipe(session.get_bind().engine)
    assert seen[0] == seen[1] == seen[2] and len(seen[0]) > 15
    assert None not in marks and len(marks) == 3
    assert {worlds[1].a.station, *worlds[1].b.codes}.isdisjoint({worlds[2].a.station, *worlds[2].b.codes})


def assert_leads_to_its_own_rows(session: Session, world: World) -> None:
    stations, accounts = Base.metadata.tables["stations"], Base.metadata.tables["accounts"]
    for place in (world.a, world.b):
        assert (
            session.scalar(sa.select(stations.c.district_id).where(stations.c.id == place.station)) == place.district_id
        )
        known = set(session.scalars(sa.select(accounts.c.id)))
        assert set(place.codes) <= known and set(place.accounts.values()) <= known
