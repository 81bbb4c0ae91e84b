"""Divisions are imported whole or not at all; grids and merged villages keep their codes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.territory import queries
from service.territory.actions import DistrictData, add_grid, close_grid, supersede_division
from service.territory.imports import import_divisions
from service.territory.models import District, Division
from tests.world import World

YANJIANG = DistrictData("512002", "雁江区", "YJ", "5120", "51")
TOWNSHIPS = "code9,name,kind\n512002100,雁江镇,town\n512002001,莲花街道,street\n"
VILLAGES = "code12,name,kind,street_code9\n512002100201,小堰村,village,512002100\n"


@pytest.fixture
def real_files(root: Path) -> tuple[str, str]:
    data = root / "devkit" / "demo" / "data"
    return (data / "townships.csv").read_text("utf-8"), (data / "villages.csv").read_text("utf-8")


def divisions(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Division)) or 0


def test_the_real_district_is_imported_and_a_second_time_nothing_changes(
    session: Session, real_files: tuple[str, str], today: dt.date
) -> None:
    first = import_divisions(session, YANJIANG, *real_files, today=today)
    assert first.counts == {"新增": 383, "更正": 0, "不变": 0}
    assert (first.problems, first.applied) == ([], True)
    again = import_divisions(session, YANJIANG, *real_files, today=today)
    assert again.counts == {"新增": 0, "更正": 0, "不变": 383}
    assert divisions(session) == 383
    assert len(queries.townships_of(session, "512002", on=today)) == 22
    assert len(queries.villages_of(session, "512002", "512002107000", on=today)) == 42


def test_a_dry_run_says_the_same_and_writes_nothing(
    session: Session, real_files: tuple[str, str], today: dt.date
) -> None:
    report = import_divisions(session, YANJIANG, *real_files, today=today, dry_run=True)
    assert (report.counts["新增"], report.applied) == (383, False)
    assert divisions(session) == 0
    assert session.get(District, "512002") is None


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(session: Session, today: dt.date) -> None:
    report = import_divisions(
        session,
        YANJIANG,
        "\ufeff" + TOWNSHIPS.replace("\n", "\r\n"),
        VILLAGES.replace("\n", "\r\n"),
        today=today,
    )
    assert (report.counts["新增"], report.problems) == (3, [])


def test_every_bad_row_is_named_by_its_line_and_nothing_is_written(session: Session, today: dt.date) -> None:
    villages = (
        "code12,name,kind,street_code9\n"
        "512002100201,小堰村,village,512002100\n"
        "51200210020,短码村,village,512002100\n"
        "512002100201,又来一次,village,512002100\n"
        "512002100202,,village,512002100\n"
        "512002100203,大山村,hamlet,512002100\n"
        "510182100204,别处村,village,510182100\n"
        "512002100205,错位村,village,512002001\n"
        "512002999206,无镇村,village,512002999\n"
        "512002100207,少一列\n"
    )
    report = import_divisions(session, YANJIANG, TOWNSHIPS, villages, today=today)
    assert [problem.line for problem in report.problems] == [3, 4, 5, 6, 7, 8, 9, 10]
    reasons = " ".join(str(problem) for problem in report.problems)
    for words in ("12 位数字", "重复", "名称", "hamlet", "不属于", "不一致", "不存在", "列数"):
        assert words in reasons
    assert not report.applied
    assert divisions(session) == 0


def test_a_file_without_its_columns_or_without_any_row_is_refused(session: Session, today: dt.date) -> None:
    missing = import_divisions(session, YANJIANG, "code,name\n1,x\n", VILLAGES, today=today)
    assert (missing.problems[0].line, missing.applied) == (1, False)
    assert "code9" in missing.problems[0].reason
    empty = import_divisions(session, YANJIANG, "code9,name,kind\n", "code12,name,kind,street_code9\n", today=today)
    assert empty.problems
    assert not empty.applied


def test_a_renamed_village_keeps_its_code(session: Session, today: dt.date) -> None:
    import_divisions(session, YANJIANG, TOWNSHIPS, VILLAGES, today=today)
    report = import_divisions(session, YANJIANG, TOWNSHIPS, VILLAGES.replace("小堰村", "大堰村"), today=today)
    assert (report.counts["新增"], report.counts["更正"]) == (0, 1)
    assert queries.division_names(session, ["512002100201"]) == {"512002100201": "大堰村"}


def test_a_village_that_became_a_community_is_corrected(session: Session, today: dt.date) -> None:
    import_divisions(session, YANJIANG, TOWNSHIPS, VILLAGES, today=today)
    before = queries.division(session, YANJIANG.id, "512002100201").kind
    changed = VILLAGES.replace("小堰村,village", "小堰村,community")
    assert changed != VILLAGES and before == "village"
    report = import_divisions(session, YANJIANG, TOWNSHIPS, changed, today=today)
    assert report.counts == {"新增": 0, "更正": 1, "不变": report.counts["不变"]}
    session.expire_all()
    assert queries.division(session, YANJIANG.id, "512002100201").kind == "community"


def test_a_merged_village_stays_readable_and_leaves_the_list(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    supersede_division(session, place.district_id, place.village, [place.other_village], on=today)
    assert queries.division(session, place.district_id, place.village).superseded_by == [place.other_village]
    assert queries.villages_of(session, place.district_id, place.township, on=today) == []
    with pytest.raises(Conflict):
        supersede_division(session, place.district_id, place.village, [place.other_village], on=today)
    with pytest.raises(NotFound):
        supersede_division(session, place.district_id, place.other_village, [world.b.village], on=today)


def test_a_grid_gets_the_villages_code_and_numbers_are_not_used_twice(
    session: Session, world: World, today: dt.date
) -> None:
    place = world.a
    grid = add_grid(
        session, district_id=place.district_id, division_code=place.village, number=7, name="七组", on=today
    )
    assert grid.code == f"{place.village}007"
    close_grid(session, place.district_id, grid.id, on=today)
    with pytest.raises(Conflict):
        add_grid(
            session,
            district_id=place.district_id,
            division_code=place.village,
            number=7,
            name="七组",
            on=today,
        )
    with pytest.raises(Invalid):
        add_grid(
            session,
            district_id=place.district_id,
            division_code=place.township,
            number=1,
            name="镇",
            on=today,
        )


def test_places_of_the_other_district_are_not_found(session: Session, world: World, today: dt.date) -> None:
    with pytest.raises(NotFound):
        queries.division(session, world.a.district_id, world.b.village)
    with pytest.raises(NotFound):
        queries.grid(session, world.a.district_id, world.b.grid)
    assert queries.villages_of(session, world.a.district_id, world.b.township, on=today) == []
    assert queries.grids(session, world.a.district_id, [world.b.grid, world.a.grid], on=today) == [
        queries.grid(session, world.a.district_id, world.a.grid)
    ]


def test_the_township_of_a_code_is_its_first_nine_digits() -> None:
    assert queries.township_of("512002100201") == "512002100000"
    assert queries.township_of("512002100201001") == "512002100000"
    assert queries.township_of("512002100000") == "512002100000"
