"""Stations, grids, deputies and units are brought in from one workbook, and brought in again without harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.binding import phone_index
from service.deputies.models import Deputy, GridAssignment, Mandate
from service.events import Event
from service.outbox.models import OutboxRow
from service.roster import imports
from service.stations.models import RosterEntry, Station, StationGrid
from service.territory.models import Division, Grid
from service.units.models import HandlingUnit
from tests.imports.files import MakeFile, Run
from tests.imports.roster_files import (
    DEPUTY_HEAD,
    GRID_DEPUTY_HEAD,
    STATION_HEAD,
    Sheets,
    counted,
    everything,
)
from tests.world import World


def person(session: Session, name: str) -> Deputy:
    return session.scalars(sa.select(Deputy).where(Deputy.name == name)).one()


def test_one_workbook_sets_the_whole_roster_up(
    session: Session, world: World, sheets: Sheets, roster: Callable[..., str]
) -> None:
    said = roster(sheets)
    for words in ("联络站新增 2", "网格新增 2", "代表新增 2", "代表更新 1", "网格代表新增 2", "承办单位新增 2"):
        assert words in said
    assert "没有读取工作表 说明" in said
    home, station = session.scalars(
        sa.select(Station).where(Station.name.in_(["新代表之家", "新联络站"])).order_by(Station.kind)
    )
    assert (home.kind, station.parent_id, station.division_code) == ("HOME", home.id, world.a.village)
    assert len(session.scalars(sa.select(StationGrid).where(StationGrid.station_id == station.id)).all()) == 2
    double = person(session, "阮甲")
    held = session.scalars(sa.select(Mandate).where(Mandate.deputy_id == double.id).order_by(Mandate.level)).all()
    assert [(row.level, row.valid_to, row.township_code) for row in held] == [
        ("COUNTY", dt.date(2027, 1, 1), world.a.township),
        ("TOWN", dt.date(2027, 1, 1), world.a.township),
    ]
    assert (double.phone, double.phone_index) == ("13900001111", phone_index("13900001111"))
    stored = session.execute(sa.text("select phone from deputies where id = :id"), {"id": double.id}).scalar()
    assert "13900001111" not in stored
    primary = session.scalars(sa.select(GridAssignment).where(GridAssignment.deputy_id == double.id)).one()
    assert (primary.role, primary.valid_from, primary.valid_to) == ("PRIMARY", dt.date(2026, 1, 1), None)
    company = session.scalars(sa.select(HandlingUnit).where(HandlingUnit.name == "水务公司")).one()
    assert (company.level, company.is_government, company.township_code) == ("district", False, None)


def test_a_second_time_nothing_changes(session: Session, sheets: Sheets, roster: Callable[..., str]) -> None:
    roster(sheets)
    before = everything(session)
    said = roster(sheets)
    assert "新增" not in said
    assert "更新" not in said
    assert "代表不变 3" in said
    assert "保持不变" in said
    assert everything(session) == before


def test_changed_cells_change_rows_and_empty_cells_do_not(
    session: Session, world: World, town: str, sheets: Sheets, roster: Callable[..., str]
) -> None:
    roster(sheets)
    said = roster(
        {
            "联络站": [("镇街", "名称", "地址", "电话"), (town, "新联络站", "新地址", "")],
            "代表": [("编号", "姓名", "级别", "工作单位", "任期止"), ("N-2", "祁丙", "市", "某单位", "2026-06-30")],
        }
    )
    assert "联络站更新 1" in said
    assert "代表更新 1" in said
    assert "按编号改了姓名" in said
    station = session.scalars(sa.select(Station).where(Station.name == "新联络站")).one()
    assert (station.address, station.kind, station.division_code) == ("新地址", "STATION", world.a.village)
    renamed = person(session, "祁丙")
    mandate = session.scalars(sa.select(Mandate).where(Mandate.deputy_id == renamed.id)).one()
    assert (mandate.valid_from, mandate.valid_to) == (dt.date(2022, 1, 1), dt.date(2026, 7, 1))
    told = session.scalars(sa.select(OutboxRow).where(OutboxRow.event == Event.DEPUTY_AVAILABILITY_CHANGED.value)).all()
    assert [row.payload for row in told] == [{"deputy_id": renamed.id}]


def test_a_new_primary_ends_the_one_before(
    session: Session, world: World, sheets: Sheets, roster: Callable[..., str]
) -> None:
    roster(sheets)
    grid = f"{world.a.village}101"
    roster({"网格代表": [GRID_DEPUTY_HEAD, (grid, "祁乙", "N-2", "主责", "2026-03-02", "")]})
    wanted = (
        sa.select(Deputy.name, GridAssignment.role, GridAssignment.valid_to)
        .join(Deputy, Deputy.id == GridAssignment.deputy_id)
        .join(Grid, Grid.id == GridAssignment.grid_id)
        .where(Grid.code == grid)
        .order_by(Deputy.name, GridAssignment.role)
    )
    assert [tuple(row) for row in session.execute(wanted)] == [
        ("祁乙", "BACKUP", dt.date(2026, 3, 2)),
        ("祁乙", "PRIMARY", None),
        ("阮甲", "PRIMARY", dt.date(2026, 3, 2)),
    ]


def test_a_person_of_the_other_district_is_never_meant(
    session: Session, world: World, town: str, roster: Callable[..., str]
) -> None:
    theirs = session.get(Deputy, world.b.spare)
    assert theirs is not None
    theirs.roster_number = "N-1"
    roster({"代表": [DEPUTY_HEAD, ("N-1", "同号者", "镇", town, "", "", "", "", "", "")]})
    ours = person(session, "同号者")
    assert ours.district_id == world.a.district_id
    assert (theirs.name, theirs.roster_number) == ("鄂五", "N-1")
    said = roster({"代表": [DEPUTY_HEAD, (world.b.spare, "别区的人", "区", "", "", "", "", "", "", "")]})
    assert "代表新增 1" in said


def test_namesakes_are_told_apart_by_number(session: Session, town: str, roster: Callable[..., str]) -> None:
    rows = [(f"N-{number}", "王同名", "镇", town, "", "", "", "", "", "") for number in (1, 2)]
    roster({"代表": [DEPUTY_HEAD, *rows]})
    assert len(session.scalars(sa.select(Deputy).where(Deputy.name == "王同名")).all()) == 2
    said = roster({"代表": [DEPUTY_HEAD, ("", "王同名", "镇", town, "", "", "", "", "", "")]}, code=1)
    assert "有 2 位同名的代表，请给这些同名的代表都填写编号" in said
    assert "代表不变 2" in roster({"代表": [DEPUTY_HEAD, *rows]})


def test_a_station_name_that_two_townships_have_means_the_deputys_own(
    session: Session, world: World, town: str, roster: Callable[..., str]
) -> None:
    street = session.scalar(sa.select(Division.name).where(Division.code == world.a.other_township)) or ""
    stations = [STATION_HEAD, *((place, "同名站", "", "", "", "", "") for place in (town, street))]
    rows = [
        ("", "阮甲", "区", street, "", "", "", "", "", "同名站"),
        ("", "祁乙", "市", "", "", "", "", "", "", f"{town}/同名站"),
    ]
    roster({"联络站": stations, "代表": [DEPUTY_HEAD, *rows]})
    wanted = (
        sa.select(Deputy.name, Station.township_code)
        .join(RosterEntry, RosterEntry.deputy_id == Deputy.id)
        .join(Station, Station.id == RosterEntry.station_id)
        .where(Station.name == "同名站")
        .order_by(Station.township_code)
    )
    assert [tuple(row) for row in session.execute(wanted)] == [
        ("阮甲", world.a.other_township),
        ("祁乙", world.a.township),
    ]
    vague = ("", "闵丙", "市", "", "", "", "", "", "", "同名站")
    assert "请写成“镇街/名称”" in roster({"代表": [DEPUTY_HEAD, vague]}, code=1)


def test_a_terminated_mandate_and_a_merged_station_do_not_come_back(
    session: Session, sheets: Sheets, roster: Callable[..., str]
) -> None:
    roster(sheets)
    town_mandate = session.scalars(
        sa.select(Mandate).where(Mandate.deputy_id == person(session, "祁乙").id, Mandate.level == "CITY")
    ).one()
    town_mandate.state, town_mandate.valid_to = "terminated", dt.date(2026, 3, 1)
    station = session.scalars(sa.select(Station).where(Station.name == "新联络站")).one()
    station.state = "merged"
    before = counted(session, Mandate, Station)
    only = {"代表": [sheets["代表"][0], (*sheets["代表"][3][:9], "")], "联络站": [*sheets["联络站"]]}
    said = roster(only)
    assert "代表资格已经终止，没有重新登记" in said
    assert "联络站已合并或者撤销，没有重新登记" in said
    assert counted(session, Mandate, Station) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(
    session: Session, sheets: Sheets, roster: Callable[..., str]
) -> None:
    before = everything(session)
    dry = roster(sheets, "--dry-run")
    assert everything(session) == before
    assert "将会导入（试运行，什么也没有写入）" in dry
    assert dry.partition("：承办")[2] == roster(sheets).partition("：承办")[2]


def test_an_import_killed_in_the_middle_leaves_nothing(
    session: Session, sheets: Sheets, roster: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    before = everything(session)
    monkeypatch.setattr(imports, "AssignmentSheet", killed)
    roster(sheets, code=1)
    session.rollback()
    assert everything(session) == before
    monkeypatch.undo()
    assert "联络站新增 2" in roster(sheets)


def test_each_sheet_may_be_a_csv_file(
    session: Session, world: World, run: Run, sheets: Sheets, csv_file: MakeFile
) -> None:
    names = {
        "联络站": "stations",
        "网格": "grids",
        "代表": "deputies",
        "网格代表": "grid-deputies",
        "承办单位": "units",
    }
    words: list[object] = []
    for title, option in names.items():
        words += [f"--{option}", csv_file(sheets[title], name=f"{option}.csv", encoding="gb18030")]
    result = run("import-roster", "--district", world.a.district_id, *words)
    assert "代表新增 2" in result.output, result.output
    assert len(session.scalars(sa.select(Station).where(Station.name == "新联络站")).all()) == 1


DAYS = ("代表小组", "请假", "值班", "接待日")


def test_the_template_is_a_workbook_whose_examples_are_skipped(
    session: Session, world: World, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "名册.xlsx"
    assert run("import-roster", "--template", path).exit_code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["联络站", "网格", "代表", "网格代表", "承办单位", *DAYS]
    assert [page.max_row for page in book.worksheets] == [2] * 9
    before = everything(session)
    result = run("import-roster", path, "--district", world.a.district_id)
    assert result.exit_code == 0, result.output
    assert "联络站：备注为“示例”的第 2 行没有导入" in result.output, "somebody may have typed over an example"
    assert everything(session) == before


def test_without_files_or_with_a_foreign_workbook_the_way_is_told(world: World, run: Run, xlsx_file: MakeFile) -> None:
    district = ("--district", world.a.district_id)
    assert "请写一个 .xlsx 文件名" in run("import-roster", *district).output
    assert (
        "没有名为 承办单位、网格、联络站、代表、网格代表、代表小组、请假、值班、接待日 的工作表"
        in run("import-roster", xlsx_file({"表": [("a",)]}), *district).output
    )


def test_more_rows_need_hardly_more_statements(
    session: Session,
    world: World,
    town: str,
    roster: Callable[..., str],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def of(count: int, mark: str) -> Sheets:
        village = world.a.village
        numbers = range(count)
        base = 100 if mark == "a" else 500
        return {
            "网格": [("网格编码", "名称"), *((f"{village}{base + n}", f"格{n}") for n in numbers)],
            "联络站": [
                STATION_HEAD,
                *((town, f"{mark}站{n}", "", "", "", "", f"{village}{base + n}") for n in numbers),
            ],
            "代表": [
                DEPUTY_HEAD,
                *(
                    (f"{mark}{n}", f"人{mark}{n}", "镇", town, f"第{n}选区", 19, "", "", "", f"{mark}站{n}")
                    for n in numbers
                ),
            ],
            "网格代表": [
                GRID_DEPUTY_HEAD,
                *((f"{village}{base + n}", f"人{mark}{n}", f"{mark}{n}", "主责", "", "") for n in numbers),
            ],
            "承办单位": [("名称",), *((f"{mark}单位{n}",) for n in numbers)],
        }

    with statements() as few:
        roster(of(200, "a"))
    with statements() as many:
        roster(of(400, "b"))
    with statements() as again:
        roster(of(400, "b"))
    assert len(many) <= len(few) + 10
    assert len(few) < 60, few
    assert len(again) <= len(few)
