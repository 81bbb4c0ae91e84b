"""The world as the database keeps it: built from rows once, afterwards written again as they lie there, under new ids.

Building takes some seven hundred statements through the ORM, nearly every test wants a world, and every time it is the
same but for its random ids.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from service.crypto import ring
from service.db import Base, is_sqlite
from service.ids import new_id
from service.stations.models import PlaceStamp

ID = re.compile(r"(?<![\w+/-])[a-z2-7]{26}(?![\w+/=-])")
"""What :func:`new_id` makes, standing by itself: no part of a digest or a ciphertext."""

Rows = list[tuple[str, str]]
Made = TypeVar("Made")


class Copies(Generic[Made]):
    """What one way of building writes, per database and key ring (digests and ciphertexts lie in the rows).

    ``anew``: copies get ids of their own, so that no test can learn one by heart; what hashes were made of keeps its ids.
    """

    def __init__(self, *, anew: bool = True) -> None:
        self._anew = anew
        self._kept: WeakKeyDictionary[Pool, dict[str, tuple[Rows, Made]]] = WeakKeyDictionary()

    def write(self, session: Session, build: Callable[[], Made]) -> Made:
        """Built the first time, which must find empty tables to be kept; written again as it lay there afterwards."""
        session.flush()
        of_database = self._kept.setdefault(session.get_bind().engine.pool, {})
        key_ring = ring().blind_index("world", "copies")
        if key_ring in of_database:
            return _again(session, *of_database[key_ring], ids=_NewIds() if self._anew else None)
        alone = not _Raw(session).filled()
        made = build()
        session.flush()
        if alone:
            raw = _Raw(session)
            of_database[key_ring] = ([(table, raw.read(table)) for table in raw.filled()], made)
        return made


def _again(session: Session, rows: Rows, made: Made, *, ids: _NewIds | None) -> Made:
    raw = _Raw(session)
    for table, text in rows:
        raw.write(table, ids.within(text) if ids is not None else text)
    copy: Made = ids.of(made) if ids is not None else made
    return copy


class _Raw:
    """Whole tables as text and back, past SQLAlchemy's types."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self._is_sqlite = is_sqlite(session)
        self._cursor: Any = self._connection.connection.cursor()

    def filled(self) -> list[str]:
        """The tables that have rows, parents first; not the mark that triggers draw anew with every write."""
        tables = [table for table in Base.metadata.sorted_tables if table is not PlaceStamp.__table__]
        return [table.name for table in tables if self._connection.scalar(sa.select(sa.exists(table.select())))]

    def read(self, table: str) -> str:
        if self._is_sqlite:
            return json.dumps(self._cursor.execute(f"SELECT * FROM {table}").fetchall())
        with self._cursor.copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(copy).decode()

    def write(self, table: str, text: str) -> None:
        if self._is_sqlite:
            rows = json.loads(text)
            places = ", ".join("?" * len(rows[0]))
            self._cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
            return
        with self._cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(text)


class _NewIds(dict[str, str]):
    """Old id → new id, the same everywhere."""

    def __missing__(self, old: str) -> str:
        self[old] = new_id()
        return self[old]

    def within(self, text: str) -> str:
        return ID.sub(lambda found: self[found[0]], text)

    def of(self, value: Any) -> Any:
        """The same in strings, in dictionaries and in the places of a world."""
        if isinstance(value, dict):
            return {self.of(key): self.of(one) for key, one in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: self.of(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return type(value)(**fields)
        return self[value] if isinstance(value, str) and ID.fullmatch(value) else value
