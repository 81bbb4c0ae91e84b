"""Rows of several tables in one statement: what belongs together is written together, for one round trip and one plan.

A flush of the unit of work costs a round trip per table; measured on the submit of an issue, that was most of its time
(docs/performance.md).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from service.db import Base


class _Field(NamedTuple):
    """A column as a row fills it: the attribute, the column's name, what the type does to a value, the model's default."""

    attribute: str
    column: str
    translate: Callable[[Any], Any] | None
    default: Callable[[], Any] | None


def insert_together(session: Session, *rows: Base) -> None:
    """Insert rows that are new and complete, after what the session holds; models' defaults are filled in on the objects.

    The objects stay outside the session: nothing is refreshed, nothing cascades, and a key the database counts up stays
    unset; rows of one table are counted in the order given. PostgreSQL takes one ``WITH``, in which foreign keys are
    checked at the end; SQLite, which knows no inserts in ``WITH``, takes a statement per table, parents to be given first.
    """
    session.flush()
    connection = session.connection()
    by_table: dict[type[Base], list[Base]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row)
    if connection.dialect.name == "postgresql":
        values = [_as_json(of_table, _fields(model, connection.dialect)) for model, of_table in by_table.items()]
        connection.exec_driver_sql(_one_statement(tuple(by_table)), tuple(values))
        return
    for model, of_table in by_table.items():
        fields = _fields(model, connection.dialect, for_driver=True)
        connection.exec_driver_sql(_plain_insert(model), [tuple(_values(row, fields)) for row in of_table])


def among(session: Session, column: sa.SQLColumnExpression[str], ids: Collection[str]) -> sa.ColumnElement[bool]:
    """``column IN ids`` with one parameter: building and sending SQL with hundreds of them costs more than the rows do."""
    text = json.dumps(list(ids))
    if session.get_bind().dialect.name == "postgresql":
        array = sa.cast(sa.literal(f"{{{text[1:-1]}}}", sa.String), ARRAY(sa.String))  # quoted as JSON is
        return column.in_(sa.select(sa.func.unnest(array)))  # read once; "= ANY(array)" may be read anew for each row
    return column.in_(sa.select(sa.func.json_each(text).table_valued("value").c.value))


def insert_new(session: Session, rows: Sequence[Base]) -> None:
    """Insert rows of one table in one statement, but those whose keys are there already. See :func:`insert_together`."""
    if not rows:
        return
    session.flush()
    connection, model = session.connection(), type(rows[0])
    if connection.dialect.name == "postgresql":
        values = _as_json(rows, _fields(model, connection.dialect))
        connection.exec_driver_sql(f"{_one_statement((model,))} ON CONFLICT DO NOTHING", (values,))
        return
    fields = _fields(model, connection.dialect, for_driver=True)
    connection.exec_driver_sql(
        f"{_plain_insert(model)} ON CONFLICT DO NOTHING", [tuple(_values(row, fields)) for row in rows]
    )


def _values(row: Base, fields: tuple[_Field, ...]) -> list[Any]:
    given, values = row.__dict__, []
    for attribute, _, translate, default in fields:
        value = given.get(attribute)
        if value is None and default is not None and attribute not in given:
            value = default()
            setattr(row, attribute, value)
        values.append(value if value is None or translate is None else translate(value))
    return values


def _as_json(rows: Sequence[Base], fields: tuple[_Field, ...]) -> str:
    names = [field.column for field in fields]
    records = [dict(zip(names, _values(row, fields), strict=True)) for row in rows]
    return json.dumps(records, ensure_ascii=False, default=_moment)


def _moment(value: dt.date) -> str:
    return value.isoformat()


@lru_cache(maxsize=64)
def _one_statement(models: tuple[type[Base], ...]) -> str:
    """One parameter per table, a JSON list of its rows: a statement of a hundred parameters costs the driver more."""
    inserts = []
    for model in models:
        table, names = model.__tablename__, ", ".join(_columns(model))
        inserts.append(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608 - our own names
        )
    *first, last = inserts
    shared = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(first))
    return f"WITH {shared} {last}" if first else last


@lru_cache(maxsize=64)
def _plain_insert(model: type[Base]) -> str:
    names = _columns(model)
    return f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"  # noqa: S608 - our own names


def _columns(model: type[Base]) -> list[str]:
    return [column.name for column in sa.inspect(model).columns if column.autoincrement is not True]


@lru_cache(maxsize=64)
def _fields(model: type[Base], dialect: sa.Dialect, *, for_driver: bool = False) -> tuple[_Field, ...]:
    """``for_driver``: values as the driver takes them, otherwise as they stand in JSON."""
    found = []
    for attribute, column in sa.inspect(model).columns.items():
        if column.autoincrement is not True:
            translate = _to_driver(column.type, dialect) if for_driver else _to_json(column.type, dialect)
            found.append(_Field(attribute, column.name, translate, _default(column)))
    return tuple(found)


def _to_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _to_json(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """Encryption and the like; dates, numbers and JSON columns stand in JSON as they are."""
    if not isinstance(kind, TypeDecorator):
        return None
    return lambda value: kind.process_bind_param(value, dialect)


def _default(column: sa.Column[Any]) -> Callable[[], Any] | None:
    default = column.default
    if not isinstance(default, sa.ColumnDefault):
        return None
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
