"""Where made rows go: COPY on PostgreSQL, executemany elsewhere; values are encoded as the models' column types say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.crypto import EncryptedJson, EncryptedText
from service.db import Base, is_sqlite

Row = dict[str, Any]
Encode = Callable[[Any], Any]
_JSON = json.JSONEncoder(ensure_ascii=False)


def table_of(model: type[Base]) -> sa.Table:
    return Base.metadata.tables[model.__tablename__]


class Sink:
    """Collects rows by table; ``flush`` writes them, parents first, in the session's transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._write = _insert if is_sqlite(session) else _copy
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)

    def add(self, table: sa.Table, row: Row) -> None:
        self._rows[table.name].append(row)

    def extend(self, rows: Iterable[tuple[sa.Table, Row]]) -> None:
        for table, row in rows:
            self._rows[table.name].append(row)

    def flush(self) -> None:
        for table in Base.metadata.sorted_tables:
            if self._rows[table.name]:
                self._write(self.session, table, self._rows[table.name])
        self._rows.clear()


def _insert(session: Session, table: sa.Table, rows: list[Row]) -> None:
    session.execute(sa.insert(table), rows)


def _copy(session: Session, table: sa.Table, rows: list[Row]) -> None:
    """COPY … FROM STDIN through the session's own connection. Columns a row does not name stay null or default."""
    columns = [table.c[name] for name in rows[0]]
    encoders = [(column.name, _encoder(column)) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([encode(row[name]) if encode else row[name] for name, encode in encoders])


def _encoder(column: sa.Column[Any]) -> Encode | None:
    """How a value of that column becomes what PostgreSQL reads; None where it already is."""
    kind = column.type
    if isinstance(kind, EncryptedText | EncryptedJson):
        dialect = _POSTGRESQL
        return lambda value: kind.process_bind_param(value, dialect)
    if isinstance(kind, sa.JSON):
        return lambda value: None if value is None else _JSON.encode(value)
    return None


_POSTGRESQL = sa.make_url("postgresql+psycopg://").get_dialect()()
