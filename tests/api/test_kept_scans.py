"""A scan's answer is kept ready, and is never a moment older than what is committed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.db import db
from service.stations.stamp import TABLES
from tests.api.conftest import Client
from tests.api.test_statement_counts import counted, town
from tests.conftest import FakeClock
from tests.journeys.town import Town

__all__ = ["town"]

MADE_OF_THE_LOAD = {"issues"}
OWN = {"place_stamp"}


def scan(town: Town, *, grid: bool = True) -> Any:
    place = town.place
    return town.guest().get(f"/scan/{place.scan_code}" + (f"?grid_id={place.grid}" if grid else ""))


def elsewhere(statement: str, **values: object) -> None:
    """As another process, or somebody with a database tool, writes."""
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement), values)


@pytest.fixture
def cleared(town: Town) -> Callable[[], None]:
    """Off the duty list, so that the load decides."""

    def clear() -> None:
        elsewhere("DELETE FROM duty_slots WHERE station_id = :station", station=town.place.station)

    return clear


def test_a_second_look_costs_one_statement_and_says_the_same(town: Town) -> None:
    first = scan(town)
    with counted() as sent:
        again = town.client.get(f"/api/v1/scan/{town.place.scan_code}?grid_id={town.place.grid}")
    assert again.json == first
    assert again.mimetype == "application/json"
    assert len(sent) == 1 and "place_stamp" in sent[0]


def test_everything_the_answer_is_made_of_is_watched(town: Town) -> None:
    """A table that is asked tomorrow and watched by nobody would be yesterday's answer."""
    with counted() as sent:
        scan(town)
        scan(town, grid=False)
    asked = {table for text in sent for table in re.findall(r"\b(?:FROM|JOIN) ([a-z_]+)", text)}
    known = {table for table in asked if table in sa.inspect(db.engine).get_table_names()}
    assert {"mandates", "leaves", "scan_codes", "stations", "reception_days"} <= known
    ours = known - {"accounts", "account_sessions", "grants"}  # who is asking
    assert ours - MADE_OF_THE_LOAD - OWN <= set(TABLES)


def test_every_kind_of_write_to_any_of_them_changes_the_mark(town: Town) -> None:
    scan(town)
    for table in TABLES:
        assert _watched(table) == {"INSERT", "UPDATE", "DELETE"}, table
        column = sa.inspect(db.engine).get_columns(table)[0]["name"]
        before = mark()
        elsewhere(f"UPDATE {table} SET {column} = {column}")
        with db.engine.connect() as connection:
            rows = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
        assert rows == 0 or mark() != before, table


def mark() -> object:
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT stamp FROM place_stamp"))


def _watched(table: str) -> set[str]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            wanted = sa.text("SELECT upper(sql) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
            found = " ".join(connection.scalars(wanted, {"table": table}))
            return {verb for verb in ("INSERT", "UPDATE", "DELETE") if f"AFTER {verb} ON" in found}
        wanted = sa.text(
            "SELECT event_manipulation FROM information_schema.triggers"
            " WHERE event_object_table = :table AND trigger_name = 'place_stamp_' || :table"
        )
        return set(connection.scalars(wanted, {"table": table}))


def test_a_deputy_who_left_this_moment_is_not_shown_again(town: Town) -> None:
    place = town.place
    assert scan(town)["deputy"]["id"] == place.primary
    elsewhere("UPDATE mandates SET state = 'suspended' WHERE deputy_id = :deputy", deputy=place.primary)
    assert scan(town)["deputy"]["id"] == place.backup
    elsewhere("UPDATE mandates SET state = 'active' WHERE deputy_id = :deputy", deputy=place.primary)
    assert scan(town)["deputy"]["id"] == place.primary


def test_a_revoked_code_leads_nowhere_at_once(town: Town, clock: FakeClock) -> None:
    scan(town)
    now = clock.now.replace(tzinfo=None)
    elsewhere("UPDATE scan_codes SET revoked_at = :now WHERE code = :code", now=now, code=town.place.scan_code)
    town.guest().get(f"/scan/{town.place.scan_code}?grid_id={town.place.grid}", 404)


def test_a_new_name_is_shown_at_once_and_not_for_good_the_old_one(town: Town) -> None:
    place = town.place
    scan(town)
    elsewhere("UPDATE deputies SET name = '改名人' WHERE id = :deputy", deputy=place.primary)
    assert scan(town)["deputy"]["name"] == "改名人"
    elsewhere("UPDATE grids SET name = '改名网格' WHERE id = :grid", grid=place.grid)
    assert "改名网格" in {grid["name"] for grid in scan(town)["grids"]}


def test_what_was_not_committed_is_not_kept(town: Town, session: Session) -> None:
    place = town.place
    scan(town)
    session.execute(sa.text("UPDATE deputies SET name = '没有提交' WHERE id = :id"), {"id": place.primary})
    session.rollback()
    assert scan(town)["deputy"]["name"] != "没有提交"


def test_midnight_in_china_changes_who_is_there(town: Town, clock: FakeClock) -> None:
    """Leave that was entered days ago begins: nobody writes anything at that moment."""
    place = town.place
    tomorrow = (clock.now + dt.timedelta(days=1)).date()
    town.role(Role.TOWNSHIP).post(
        "/leaves",
        {"deputy_id": place.primary, "from_on": str(tomorrow), "to_on": str(tomorrow)},
        201,
    )
    assert scan(town)["deputy"]["id"] == place.primary
    clock.advance(hours=14, minutes=59)  # 23:59
    assert scan(town)["deputy"]["id"] == place.primary
    clock.advance(minutes=1)
    assert scan(town)["deputy"]["id"] == place.backup


def test_a_choice_by_load_is_made_anew_each_time(town: Town, cleared: Callable[[], None]) -> None:
    cleared()
    first = scan(town, grid=False)["deputy"]["id"]
    town.submits(town.guest(), deputy_id=first)
    assert scan(town, grid=False)["deputy"]["id"] != first


def test_a_kept_answer_is_counted_like_any_other(town: Town, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None]] = []
    monkeypatch.setattr("miniprogram_api.scanning.count_scan", lambda code, grid: seen.append((code, grid)))
    for _ in range(3):
        scan(town, grid=False)
    assert seen == [(town.place.scan_code, None)] * 3
