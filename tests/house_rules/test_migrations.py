"""The numbered migrations build exactly what the models say, on an empty database of each kind, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from service.bootstrap import wire
from service.db import Base, db
from service.parameters.models import Parameter
from tests.conftest import FakeWeChat, WakeLog, make_settings, postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a single table."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgresql_database())
        app = Flask("migrations")
        wire(app, make_settings(url), wechat=FakeWeChat(), wake=WakeLog())
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def test_there_is_one_head_and_the_files_are_numbered_in_order(root: Path) -> None:
    scripts = ScriptDirectory(str(root / "service" / "migrations"))
    assert len(scripts.get_heads()) == 1
    files = sorted(path.name for path in (root / "service" / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    oldest_first = [Path(str(one.path)).name for one in reversed(list(scripts.walk_revisions()))]
    assert oldest_first == files, "each one follows the one before"


def test_an_upgrade_of_nothing_is_what_the_models_say_and_can_be_taken_back(empty_app: Flask) -> None:
    assert tables() == set()
    flask_migrate.upgrade()
    assert tables() == set(Base.metadata.tables) | {"alembic_version"}
    flask_migrate.check()  # leaves with SystemExit where a model and its migration differ
    flask_migrate.downgrade(revision="base")
    assert tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert tables() == set(Base.metadata.tables) | {"alembic_version"}


def test_names_and_triggers_are_the_same_whichever_way_the_tables_were_made(empty_app: Flask) -> None:
    """Tests make tables from the models, production from the migrations: both must break alike.

    On SQLite a migration that rebuilds a table (batch) loses its triggers: such a migration makes them again.
    """
    flask_migrate.upgrade()
    migrated = _names(), _triggers(), _sampled_more()
    Base.metadata.drop_all(db.engine)
    Base.metadata.create_all(db.engine)
    assert (_names(), _triggers(), _sampled_more()) == migrated
    assert _triggers()
    assert _sampled_more() == (set() if db.engine.dialect.name == "sqlite" else {("issue_search", "grams")})
    with db.engine.connect() as connection:
        options = {"compare_type": False, "include_object": _not_alembics}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def _triggers() -> set[tuple[str, str, str]]:
    sqlite = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    postgresql = (
        "SELECT tgname, relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(sqlite if db.engine.dialect.name == "sqlite" else postgresql)
        return {(name, table, " ".join(text.split())) for name, table, text in found}


def _sampled_more() -> set[tuple[str, str]]:
    """Columns of which PostgreSQL was told to know more than usual; SQLite knows no such thing."""
    if db.engine.dialect.name == "sqlite":
        return set()
    asked = (
        "SELECT relname, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        " WHERE attstattarget > 0 AND relnamespace = current_schema()::regnamespace"
    )
    with db.engine.connect() as connection:
        return {(table, column) for table, column in connection.exec_driver_sql(asked)}


def _not_alembics(_item: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    return name != "alembic_version"


def _names() -> dict[str, set[tuple[str | None, str]]]:
    inspector = sa.inspect(db.engine)
    return {
        table: {("index", str(one["name"])) for one in inspector.get_indexes(table)}
        | {("unique", str(one["name"])) for one in inspector.get_unique_constraints(table)}
        | {("foreign", str(one["name"])) for one in inspector.get_foreign_keys(table)}
        | {("primary", str(inspector.get_pk_constraint(table)["name"]))}
        for table in Base.metadata.tables
    }


def test_what_was_switched_off_before_categories_had_dates_stays_off(empty_app: Flask) -> None:
    """0021: a day becomes its first minute in China; taken back, what is off is off."""
    flask_migrate.upgrade(revision="0020")
    rows = {
        "districts": "('512002', '雁江区', 'YJ', '512000', '510000')",
        "categories": "('c1', '512002', '教育', 1, '[]', '2026-03-09'), ('c2', '512002', '其他', 2, '[]', NULL)",
        "standard_texts": "('t1', '512002', '问候', '您好。', '2026-01-01 00:00:00+00:00', '2026-03-02 01:00:00+00:00')",
    }
    columns = {
        "districts": "id, name, short_code, city_code, province_code",
        "categories": "id, district_id, title, position, keywords, retired_on",
        "standard_texts": "id, district_id, title, text, created_at, retired_at",
    }
    with db.engine.begin() as connection:
        for table, values in rows.items():
            connection.exec_driver_sql(f"insert into {table} ({columns[table]}) values {values}")
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        lines = connection.execute(sa.select(Parameter.key, Parameter.value, Parameter.valid_from))
        assert {(key, value, moment.isoformat()) for key, value, moment in lines} == {
            ("category.use.c1", "off", "2026-03-08T16:00:00+00:00"),
            ("text.use.t1", "off", "2026-03-02T01:00:00+00:00"),
        }
    flask_migrate.downgrade(revision="0020")
    with db.engine.connect() as connection:
        off = connection.exec_driver_sql("select id from categories where retired_on is not null").scalars().all()
        left = connection.exec_driver_sql("select count(*) from parameters").scalar()
        assert (off, left) == (["c1"], 0)


def test_looks_at_bookings_outlive_the_table_they_hang_on(empty_app: Flask) -> None:
    """0022: SQLite makes the table of bookings anew, and what hangs on the old one would go with it."""
    flask_migrate.upgrade(revision="0021")
    at = "'2026-03-01 00:00:00+00:00'"
    rows = {
        "districts (id, name, short_code, city_code, province_code)": "'512002', '雁江区', 'YJ', '512000', '510000'",
        "stations (id, district_id, township_code, kind, theme, host_type, grade, state, name)": (
            "'s1', '512002', '512002100000', 'STATION', 'GENERAL', 'COMMUNITY', 'standard', 'active', '站'"
        ),
        "reception_days (id, district_id, station_id, starts_at, ends_at, place, deputy_ids, state, version)": (
            f"'d1', '512002', 's1', {at}, {at}, '站', '[]', 'announced', 1"
        ),
        "accounts (id, created_on)": "'a1', '2026-03-01'",
        "reception_bookings (id, reception_id, account_id, created_at)": f"'b1', 'd1', 'a1', {at}",
        "booking_reveals (id, booking_id, account_id, role, reason, at)": f"'l1', 'b1', 'a2', '站长', 'x', {at}",
    }
    with db.engine.begin() as connection:
        for table, values in rows.items():
            connection.exec_driver_sql(f"insert into {table} values ({values})")
    for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0021")):
        move()
        with db.engine.connect() as connection:
            looks = connection.exec_driver_sql("select id, booking_id from booking_reveals").all()
            assert [tuple(row) for row in looks] == [("l1", "b1")]
