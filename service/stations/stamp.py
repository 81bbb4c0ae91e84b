"""One mark for everything a scanned code's answer is made of; the database changes it with every write to any of it.

Read before the answer is made and again before the answer is given a second time: an equal mark means that nobody, in
whatever process or by hand in SQL, has committed a change in between. Random, so that no two states share one.

PostgreSQL's triggers wait for the end of the transaction: the mark is locked for the moment of a commit only, and a long
import neither holds up others nor meets them crosswise. What a migration must know about it is in ADR 0018.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import Base
from service.stations.models import PlaceStamp

TABLES = (
    "campaigns",
    "constituencies",
    "deputies",
    "deputy_groups",
    "duty_slots",
    "grid_assignments",
    "grids",
    "group_members",
    "leaves",
    "mandates",
    "reception_days",
    "roster_entries",
    "scan_codes",
    "station_grids",
    "stations",
)
"""What :func:`service.issues.scanning.scan_view` asks, but for the load of issues, on which nothing kept may depend."""

FUNCTION = """
CREATE OR REPLACE FUNCTION note_place_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, gen_random_uuid()::text, txid_current())
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, written_by = excluded.written_by
    WHERE place_stamp.written_by <> excluded.written_by;
    RETURN NULL;
END $$
"""
"""Once per transaction, however many rows it writes."""


_AT_THE_END = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_place_change()"


def for_postgresql(table: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS place_stamp_{table} ON {table}",
        f"CREATE CONSTRAINT TRIGGER place_stamp_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} {_AT_THE_END}",
    ]


_NEW_MARK = """
INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, hex(randomblob(16)), 0)
ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp
"""


def for_sqlite(table: str) -> list[str]:
    """There a trigger has one verb, and transactions take turns anyway."""
    statements = []
    for verb in ("INSERT", "UPDATE", "DELETE"):
        name = f"place_stamp_{table}_{verb}"
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {_NEW_MARK.strip()}; END")
    return statements


@sa.event.listens_for(Base.metadata, "after_create")
def _make_triggers(_metadata: sa.MetaData, connection: sa.Connection, **_options: Any) -> None:
    """Where tables are made from the models (tests); production has them from migration 0009."""
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in [] if is_sqlite else [FUNCTION]:
        connection.exec_driver_sql(statement)
    for table in TABLES:
        for statement in (for_sqlite if is_sqlite else for_postgresql)(table):
            connection.exec_driver_sql(statement)


_READ = sa.select(PlaceStamp.stamp).where(PlaceStamp.id == 1)


def read(session: Session) -> str | None:
    """The mark as of now; None before the first write, when nothing may be kept."""
    found: str | None = session.connection().execute(_READ).scalar()
    return found
