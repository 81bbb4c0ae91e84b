"""Rows to write in bulk, and ids that come out the same every time."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import Base
from service.ids import check_digit, crockford

SEED = "yanjiang-demo-1"


def digest(*parts: object) -> bytes:
    """32 bytes, the same for the same parts on every machine."""
    return hashlib.sha256("|".join((SEED, *map(str, parts))).encode()).digest()


def demo_id(*parts: object) -> str:
    """An id as :func:`service.ids.new_id` makes them, but the same for the same parts on every machine."""
    return base64.b32encode(digest(*parts)[:16]).decode().rstrip("=").lower()


def demo_code(*parts: object) -> str:
    """A well-formed scan code, the same for the same parts: posters of the demo stay good after a reset."""
    body = crockford(digest("code", *parts), 9)
    return body + check_digit(body)


class Rows:
    """Collects rows per table and inserts them parents first, one statement per table."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: type[Base], **values: Any) -> None:
        self._rows[model.__tablename__].append(values)

    def add_to(self, table: sa.Table, values: dict[str, Any]) -> None:
        self._rows[table.name].append(values)

    def insert(self, session: Session) -> int:
        """Write all rows; returns how many."""
        for table in Base.metadata.sorted_tables:
            if table.name in self._rows:
                session.execute(sa.insert(table), self._rows[table.name])
        return sum(map(len, self._rows.values()))
