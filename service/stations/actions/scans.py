"""Scans per code and day: numbers without persons, added in batches that may come twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.stations.models import ScanCode, ScanCount


def add_scans(session: Session, counts: Mapping[tuple[str, dt.date], int], *, batch: str) -> int:
    """Add ``counts`` (code, day → scans) unless this ``batch`` was added last; returns how many rows were concerned.

    Codes that are not (or no longer) ours are left out.
    """
    codes = {code for code, _ in counts}
    known = set(session.scalars(sa.select(ScanCode.code).where(ScanCode.code.in_(codes))))
    rows = [
        {"code": code, "on_date": on, "count": count, "batch": batch}
        for (code, on), count in sorted(counts.items())
        if code in known
    ]
    if not rows:
        return 0
    insert = (sqlite_insert if is_sqlite(session) else pg_insert)(ScanCount)
    added = insert.on_conflict_do_update(
        index_elements=["code", "on_date"],
        set_={"count": ScanCount.count + insert.excluded.count, "batch": batch},
        where=ScanCount.batch != batch,
    )
    session.execute(added, rows)
    return len(rows)
