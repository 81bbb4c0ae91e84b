"""Alembic's entry: runs the numbered migrations on the application's database."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Column

from service import crypto
from service import db as database
from service.db import Base, db

context.config.set_main_option("sqlalchemy.url", "set-by-the-application")


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as the plain types they are stored as: a migration must not change when the code does."""
    if kind != "type":
        return False
    if isinstance(item, database.UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, crypto.EncryptedText | crypto.EncryptedJson):
        return "sa.Text()"
    if isinstance(item, JSON):
        return "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
    return False


def compare_type(_context: object, _inspected: Column, column: Column, _found: object, wanted: object) -> bool | None:
    return False if isinstance(wanted, crypto.EncryptedText | crypto.EncryptedJson) else None


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            compare_type=compare_type,
            **{name: value for name, value in options.items() if name not in ("compare_type", "render_item")},
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":  # a table with triggers yet to fire cannot be altered
                connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            context.run_migrations()


run()
