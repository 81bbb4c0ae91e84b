"""A district's historical register: taken over whole or not at all, every bad row named, repeatable."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.parameters.actions import set_parameter
from service.parameters.models import Category
from service.register import imports
from service.register.models import RegisterEntry
from service.register.queries import labelled
from tests.imports.files import MakeFile, Rows, Run
from tests.world import World

HEADER = ("topic", "text", "category", "created_at", "reply", "station")
LAMP = ("路灯", "村口小学门前的路灯坏了一个多月", "道路交通", "2024-03-05 09:30:00", "已修复", "")
WATER = ("停水", "三组连续停水两天", "供水排水", "2024/3/6", "", "")


def entries(session: Session) -> list[RegisterEntry]:
    return list(session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.created_at)))


def register(world: World, *words: object) -> list[object]:
    return ["import-register", *words, "--district", world.a.district_id]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_in_any_usual_encoding_becomes_the_register(
    session: Session, world: World, run: Run, csv_file: MakeFile, encoding: str
) -> None:
    result = run(*register(world, csv_file([HEADER, LAMP, WATER], encoding=encoding)))
    assert "已导入：新增 2，更正 0，已存在 0，新建类别 0" in result.output
    assert ("GB18030" in result.output) == (encoding == "gb18030")
    lamp, water = entries(session)
    assert (lamp.topic, lamp.text, lamp.reply, lamp.station_id) == (*LAMP[:2], "已修复", None)
    assert lamp.created_at == dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC)
    assert (lamp.category_id, water.category_id) == tuple(world.a.categories[row[2]] for row in (LAMP, WATER))
    assert {row.district_id for row in (lamp, water)} == {world.a.district_id}
    assert list(labelled(session, world.b.district_id)) == []


def test_a_workbook_with_chinese_headings_below_a_title_in_another_order(
    session: Session, world: World, run: Run, xlsx_file: MakeFile
) -> None:
    station = ""
    rows: Rows = [
        ("2024年意见登记册",),
        (),
        (" 类别（必填）", "内容*", "时间", "联络站", "主题", "答复", "经办人"),
        ("道路交通", "路灯坏了", dt.datetime(2024, 3, 5, 9, 30), station, None, None, "某人"),  # noqa: DTZ001
        (None, None, None, None, None, None, None),
        ("供水排水", "停水", 45357, "", "停水", "已抢修", ""),
    ]
    result = run(*register(world, xlsx_file(rows)))
    assert result.exit_code == 0, result.output
    assert "不认识的列 经办人，没有导入" in result.output
    assert [row.created_at for row in entries(session)] == [
        dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC),
        dt.datetime(2024, 3, 5, 16, 0, tzinfo=dt.UTC),
    ]


def test_only_text_and_category_are_required(session: Session, world: World, run: Run, csv_file: MakeFile) -> None:
    result = run(*register(world, csv_file([("内容", "类别"), ("路灯坏了", "道路交通")])))
    assert result.exit_code == 0, result.output
    assert list(labelled(session, world.a.district_id)) == [("路灯坏了", world.a.categories["道路交通"])]


def test_a_second_time_nothing_is_added_and_a_corrected_line_is_corrected(
    session: Session, world: World, run: Run, csv_file: MakeFile
) -> None:
    twin = ("路灯", LAMP[1], "供水排水", "2024-03-05T09:30:00+08:00", "", "")
    first = run(*register(world, csv_file([HEADER, LAMP, WATER, LAMP, twin])))
    assert "新增 2，更正 0，已存在 2" in first.output
    assert "第 5 行与第 2 行内容相同、类别不同" in first.output
    again = run(*register(world, csv_file([HEADER, LAMP, WATER, LAMP, twin])))
    assert "新增 0，更正 0，已存在 4" in again.output
    corrected = (*LAMP[:2], "停车充电", LAMP[3], "", "")
    changed = run(*register(world, csv_file([HEADER, corrected])))
    assert "新增 0，更正 1，已存在 0" in changed.output
    lamp, _ = entries(session)
    assert (lamp.category_id, lamp.reply) == (world.a.categories["停车充电"], "已修复")


def test_every_bad_row_is_named_with_every_reason_and_nothing_is_written(
    session: Session, world: World, run: Run, csv_file: MakeFile, tmp_path: Path
) -> None:
    rows = [
        HEADER,
        LAMP,
        ("", "", "道路交通", "", "", ""),
        ("", "有内容", "", "昨天", "", ""),
        ("", "有内容", "没有这一类", "", "", ""),
        ("", "有内容", "道路交通", "2099-01-01", "", "没有这个站"),
        ("", "字" * 20_001, "道路交通", "", "", ""),
        ("", "没有加引号", "多出", "一列", "道路交通", "", "x"),
    ]
    bad = tmp_path / "bad.csv"
    result = run(*register(world, csv_file(rows), "--report", bad))
    assert result.exit_code == 1
    expected = {
        3: "没有填“内容”",
        4: "没有填“类别”；“时间”“昨天”不是日期",
        5: "没有类别“没有这一类”；加上 --create-categories",
        6: "“时间”在将来或者早于 1950 年；没有名为“没有这个站”的联络站",
        7: "“内容”有 20001 个字，最多 20000 个字",
        8: "列数与表头不一致",
    }
    for line, reason in expected.items():
        assert f"第 {line} 行：{reason}" in result.output
    assert "有 6 行不能导入，什么也没有写入" in result.output
    assert bad.read_text("utf-8-sig").count("\n") == 7
    assert entries(session) == []


def test_many_bad_rows_are_told_in_short_and_written_in_full(world: World, run: Run, csv_file: MakeFile) -> None:
    rows = [("text", "category"), *((f"第{number}条", "没有") for number in range(80))]
    result = run(*register(world, csv_file(rows)))
    assert result.output.count("没有类别“没有”") == 50
    assert "另有 30 行" in result.output


def test_missing_categories_are_made_when_asked_for(
    session: Session, world: World, run: Run, csv_file: MakeFile
) -> None:
    rows = [
        HEADER,
        ("", "甲", "新类甲", "", "", ""),
        ("", "乙", "新类乙", "", "", ""),
        ("", "丙", "新类甲", "", "", ""),
    ]
    result = run(*register(world, csv_file(rows), "--create-categories"))
    assert "新增 3，更正 0，已存在 0，新建类别 2" in result.output
    made = session.scalars(sa.select(Category).where(Category.title.startswith("新类"))).all()
    assert {(row.title, row.district_id) for row in made} == {
        ("新类甲", world.a.district_id),
        ("新类乙", world.a.district_id),
    }


def test_a_retired_category_and_a_column_of_texts_as_categories_are_refused(
    session: Session, world: World, run: Run, csv_file: MakeFile, now: dt.datetime
) -> None:
    key = f"category.use.{world.a.categories['教育']}"
    set_parameter(session, world.a.district_id, key, "off", valid_from=now, now=now)
    result = run(*register(world, csv_file([("text", "category"), ("甲", "教育")])))
    assert "第 2 行：类别“教育”现在不使用" in result.output
    many = [("text", "category"), *((f"文{number}", f"类{number}") for number in range(201))]
    assert "像是弄错了列" in run(*register(world, csv_file(many), "--create-categories")).output


def test_a_station_is_found_by_its_name_within_the_district(
    session: Session, world: World, run: Run, csv_file: MakeFile
) -> None:
    ours, theirs = (station_name(session, place.station) for place in (world.a, world.b))
    result = run(*register(world, csv_file([("text", "category", "station"), ("甲", "教育", ours)])))
    assert result.exit_code == 0, result.output
    assert entries(session)[0].station_id == world.a.station
    result = run(*register(world, csv_file([("text", "category", "station"), ("乙", "教育", theirs)])))
    assert "第 2 行：没有名为" in result.output


def station_name(session: Session, station_id: str) -> str:
    return session.scalar(sa.text("select name from stations where id = :id").bindparams(id=station_id)) or ""


def test_a_dry_run_tells_the_same_numbers_and_writes_nothing(
    session: Session, world: World, run: Run, csv_file: MakeFile
) -> None:
    file = csv_file([HEADER, LAMP, ("", "甲", "新类", "", "", "")])
    before = count_all(session)
    result = run(*register(world, file, "--create-categories", "--dry-run"))
    assert "将会导入（试运行，什么也没有写入）：新增 2，更正 0，已存在 0，新建类别 1" in result.output
    assert count_all(session) == before
    assert "新增 2" in run(*register(world, file, "--create-categories")).output


def count_all(session: Session) -> list[int]:
    return [session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in (RegisterEntry, Category)]


def test_an_import_killed_in_the_middle_leaves_nothing(
    session: Session, world: World, run: Run, csv_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    row, calls = imports._row, []

    def dies_at_the_fifth(*arguments: object) -> dict[str, object]:
        calls.append(arguments)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return row(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_row", dies_at_the_fifth)
    rows = [("text", "category"), *((f"第{number}条", "新类") for number in range(9))]
    before = count_all(session)
    result = run(*register(world, csv_file(rows), "--create-categories"))
    assert result.exit_code != 0
    session.rollback()
    assert count_all(session) == before
    monkeypatch.undo()
    assert "新增 9" in run(*register(world, csv_file(rows), "--create-categories")).output


def test_with_several_districts_one_must_be_named(world: World, run: Run, csv_file: MakeFile) -> None:
    result = run("import-register", csv_file([HEADER, LAMP]))
    assert result.exit_code == 1
    assert "请用 --district 指明一个" in result.output
    assert world.a.district_id in result.output
    assert "没有找到这个区县" in run("import-register", csv_file([HEADER, LAMP]), "--district", "999999").output


def test_without_any_district_the_next_step_is_told(run: Run, csv_file: MakeFile) -> None:
    assert "请先用 import-territory" in run("import-register", csv_file([HEADER, LAMP])).output


def test_two_thousand_rows_need_a_handful_of_statements(
    session: Session, world: World, run: Run, csv_file: MakeFile, statements: object
) -> None:
    def file(count: int) -> Path:
        rows = [("text", "category"), *((f"{count} 之 {number}", "教育") for number in range(count))]
        return csv_file(rows, name=f"{count}.csv")

    sent = []
    for count in (200, 400, 2000):
        path = file(count)
        with statements() as counted:  # type: ignore[operator]
            assert f"新增 {count}" in run(*register(world, path)).output
        sent.append(len(counted))
    assert sent[1] <= sent[0] + 2, sent
    assert sent[2] <= sent[0] + 12, sent
    assert len(entries(session)) == 2600
