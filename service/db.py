"""The database: one declarative base, two column types, and what SQLite needs to be safe under many writers."""

from __future__ import annotations

import contextvars
import datetime as dt
import select
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

reading: contextvars.ContextVar[bool] = contextvars.ContextVar("reading", default=False)
"""True while a request only reads: SQLite then need not take its single write lock, PostgreSQL no transaction."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware datetime, stored in UTC (SQLite has no time zones) and given back aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Auto-incrementing key: SQLite only counts by itself for INTEGER."""


class Base(DeclarativeBase):
    """Base of all tables. Never ``MappedAsDataclass``: Flask-SQLAlchemy 3.1 with SQLAlchemy 2.1 cannot take it."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {dt.datetime: UtcDateTime(), dict[str, Any]: Json, list[str]: Json}


class RequestSession(FlaskSession):
    """A session whose reads run without a transaction where every statement sees what is committed anyway.

    PostgreSQL's READ COMMITTED gives each statement its own snapshot, so BEGIN and ROLLBACK around reads cost two round
    trips for nothing; worse, psycopg forgets its prepared statements at every ROLLBACK.
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
        found = super().get_bind(mapper=mapper, clause=clause, bind=bind, **arguments)
        if reading.get() and isinstance(found, sa.Engine) and found.dialect.name == "postgresql":
            return _without_transaction(found)
        return found


@lru_cache(maxsize=8)
def _without_transaction(engine: sa.Engine) -> sa.Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": RequestSession})


class Among(FunctionElement[bool]):
    """``Among(column, rows)``: the column's value is one of a few that a subquery of one column gives.

    The same as ``in``, but PostgreSQL plans it without guessing how many, so that the plan is kept whoever is asking.
    """

    type = sa.Boolean()
    inherit_cache = True

    def __init__(self, column: Any, rows: sa.Select[Any]) -> None:
        super().__init__(column, rows.scalar_subquery())


@compiles(Among)
def _among(element: Among, compiler: Any, **options: Any) -> str:
    return " in ".join(compiler.process(one, **options) for one in element.clauses)


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: Any, **options: Any) -> str:
    column, rows = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = any(array{rows})"


def engine_options(url: str) -> dict[str, Any]:
    """Pool settings for ``url``: psycopg prepares early, a pool per process sized for its threads.

    What a statement that failed was given is never said: RQ keeps the words of a job's error in Redis and logs them.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 15}}
    return {
        "hide_parameters": True,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_use_lifo": True,
        "connect_args": {"prepare_threshold": 2},
    }


def prepare_sqlite(engine: sa.Engine) -> None:
    """WAL and BEGIN IMMEDIATE: with SQLite's defaults a read-then-write transaction loses updates (measured, ADR 0003)."""

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")


def notice_lost_connections(engine: sa.Engine) -> None:
    """Throw away a pooled connection the server has closed: its socket has something to read though nobody asked.

    Costs no round trip, unlike a ping before every use; a network that drops packets in silence shows at the next
    statement either way.
    """

    @sa.event.listens_for(engine, "checkout")
    def _check(connection: Any, _record: Any, _proxy: Any) -> None:
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            connection.close()
            raise sa.exc.DisconnectionError("the server closed this connection")


def rows_changed(result: sa.Result[Any]) -> int:
    """How many rows an UPDATE or DELETE touched; ``Session.execute`` is typed as if it only ever selected."""
    return int(result.rowcount) if isinstance(result, sa.CursorResult) else 0


def is_sqlite(session: Any) -> bool:
    return bool(session.get_bind().dialect.name == "sqlite")
