"""What is taken out and brought in again changes nothing; what a spreadsheet would run stays text; phones need a reason."""

from __future__ import annotations

import csv
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.db import db
from service.deputies.models import Deputy
from service.register.imports import ADDED, KNOWN, import_register
from service.register.models import RegisterEntry
from service.roster.models import PhoneExport
from service.sheets.cells import escaped
from service.sheets.reading import open_table
from service.stations.models import Station
from service.territory.models import Division
from tests.conftest import FakeClock, wipe
from tests.imports.files import MakeFile, Run
from tests.imports.roster_files import everything
from tests.world import World

HOSTILE = ['=HYPERLINK("http://x","y")', "+86 138", "-5 度", "@SUM(A1)", "'=x", '逗号,引号"和\n换行', "＝1＋1", "'引'"]


def contents(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    return [[str(cell or "") for cell in row] for page in openpyxl.load_workbook(path) for row in page.values]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_register_comes_back_as_it_went(
    session: Session, world: World, run: Run, csv_file: MakeFile, tmp_path: Path, ending: str
) -> None:
    district = ("--district", world.a.district_id)
    station = session.get(Station, world.a.station)
    assert station is not None
    cells = map(escaped, HOSTILE)
    rows = [(cell, cell, "教育", "2024-03-05 09:30:01", cell, station.name) for cell in cells]
    source = csv_file([("topic", "text", "category", "created_at", "reply", "station"), *rows])
    assert f"新增 {len(rows)}" in run("import-register", source, *district).output
    out = tmp_path / f"out.{ending}"
    assert f"{len(rows)} 行" in run("export-register", out, *district).output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    for _, cells in open_table(out, "登记册").rows[1:]:
        assert not any(str(cell).startswith(("=", "+", "-", "@", "＝")) for cell in cells[:2])
    again = run("import-register", out, *district)
    assert f"新增 0，更正 0，已存在 {len(rows)}" in again.output
    stored = session.execute(sa.select(RegisterEntry.text, RegisterEntry.reply, RegisterEntry.topic)).all()
    assert sorted(map(tuple, stored)) == sorted((said, said, said) for said in HOSTILE)


def test_the_register_of_the_other_district_is_not_exported(
    session: Session, world: World, run: Run, csv_file: MakeFile, tmp_path: Path
) -> None:
    source = csv_file([("text", "category"), ("别区的话", "教育")])
    run("import-register", source, "--district", world.b.district_id)
    out = tmp_path / "out.csv"
    run("export-register", out, "--district", world.a.district_id)
    assert contents(out) == [["主题", "内容", "类别", "时间", "答复", "联络站"]]


def test_the_roster_comes_back_as_it_went(session: Session, world: World, run: Run, tmp_path: Path) -> None:
    before, out = everything(session), tmp_path / "roster.xlsx"
    district = ("--district", world.a.district_id)
    assert run("export-roster", out, *district).exit_code == 0
    said = run("import-roster", out, *district).output
    assert "新增" not in said
    assert "更新" not in said
    assert "代表不变 10" in said
    assert everything(session) == before


def test_a_district_can_be_set_up_from_its_own_exports(
    session: Session, world: World, run: Run, tmp_path: Path
) -> None:
    district = ("--district", world.a.district_id)
    territory, roster = tmp_path / "territory.xlsx", tmp_path / "roster.xlsx"
    run("export-territory", territory, *district)
    run("export-roster", roster, *district, "--with-phones", "--reason", "换服务器时搬迁")
    session.commit()
    wipe(db.engine)
    name = ("--name", "新区", "--short", "XQ", "--townships", territory, "--villages", territory)
    assert "已导入：新增 4" in run("import-territory", *district, *name).output
    result = run("import-roster", roster)  # the only district need not be named
    assert result.exit_code == 0, result.output
    again = tmp_path / "again.xlsx"
    run("export-roster", again, "--with-phones", "--reason", "核对搬迁结果")
    assert contents(again) == contents(roster)
    assert "更新" not in run("import-roster", roster).output


def test_each_sheet_may_be_exported_as_csv(world: World, run: Run, tmp_path: Path) -> None:
    district, out = ("--district", world.a.district_id), tmp_path / "stations.csv"
    assert "已写入 stations.csv：3 行" in run("export-roster", "--stations", out, *district).output
    assert contents(out)[0][:3] == ["镇街", "名称", "类型"]
    assert "更新" not in run("import-roster", "--stations", out, *district).output
    refused = run("export-roster", tmp_path / "all.csv", *district)
    assert "一个 CSV 文件只能放一张表" in refused.output
    assert not (tmp_path / "all.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["stations.csv"]


def test_phones_leave_only_with_a_reason_which_is_kept(
    session: Session, world: World, run: Run, tmp_path: Path
) -> None:
    district, out = ("--district", world.a.district_id), tmp_path / "deputies.csv"
    run("export-roster", "--deputies", out, *district)
    assert "手机号" not in contents(out)[0]
    assert "13900000000" not in out.read_text("utf-8-sig")
    refused = run("export-roster", "--deputies", tmp_path / "no.csv", *district, "--with-phones")
    assert "请用 --reason 写明用途" in refused.output
    assert not (tmp_path / "no.csv").exists()
    said = run("export-roster", "--deputies", out, *district, "--with-phones", "--reason", "邮寄当选证书")
    assert "包含 9 位代表的手机号，用途已记录" in said.output
    assert "13900000000" in out.read_text("utf-8-sig")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    kept = session.scalars(sa.select(PhoneExport)).one()
    assert (kept.reason, kept.people, kept.district_id) == ("邮寄当选证书", 9, world.a.district_id)


def test_a_phone_brought_in_is_never_told(session: Session, world: World, run: Run, csv_file: MakeFile) -> None:
    rows = [("姓名", "级别", "手机号"), ("阮甲", "市", "13812345678"), ("阮乙", "无", "13887654321")]
    said = run("import-roster", "--deputies", csv_file(rows), "--district", world.a.district_id).output
    assert "“级别”“无”不认识" in said
    assert "138" not in said
    assert session.scalars(sa.select(Deputy).where(Deputy.name == "阮甲")).all() == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_territory_comes_back_as_it_went(
    session: Session, world: World, run: Run, tmp_path: Path, ending: str
) -> None:
    district = ("--district", world.a.district_id)
    townships, villages = (tmp_path / f"{name}.{ending}" for name in ("townships", "villages"))
    run("export-territory", "--townships", townships, "--villages", villages, *district)
    before = session.execute(sa.select(*Division.__table__.columns).order_by(Division.code)).all()
    options = ("--name", "任意", "--short", "ZZ", "--townships", townships, "--villages", villages)
    assert "新增 0，更正 0，不变 4" in run("import-territory", *district, *options).output
    assert session.execute(sa.select(*Division.__table__.columns).order_by(Division.code)).all() == before


def test_a_territory_with_chinese_headings_and_bad_rows(session: Session, run: Run, xlsx_file: MakeFile) -> None:
    book = xlsx_file(
        {
            "镇街": [("代码", "名称", "类型"), (512002100, "雁江镇", "镇"), (512002101000, "东峰镇", "镇")],
            "村社": [
                ("代码", "名称", "类型", "所属镇街"),
                (512002100201, "小堰村", "村", 512002100),
                (512002100, "短码村", "村", 512002100),
                (512002101201, "大山寨", "寨", 512002101),
            ],
        }
    )
    options = ("--district", "512002", "--name", "雁江区", "--short", "YJ", "--townships", book, "--villages", book)
    result = run("import-territory", *options)
    assert "file.xlsx 第 3 行：“代码”“512002100”不是 12 位数字" in result.output
    assert "file.xlsx 第 4 行：“类型”“寨”不认识，应为 社区（community）、村（village） 之一" in result.output
    assert session.scalar(sa.select(sa.func.count()).select_from(Division)) == 0


def test_two_operators_with_the_same_file_add_it_once(
    session: Session, app: Flask, world: World, clock: FakeClock, csv_file: MakeFile
) -> None:
    table = open_table(csv_file([("text", "category"), *((f"第{n}条", "新类") for n in range(300))]), "登记册")
    district_id, barrier = world.a.district_id, threading.Barrier(2)
    session.commit()

    def operator(_number: int) -> tuple[int, int]:
        with app.app_context():
            barrier.wait()
            report = import_register(db.session(), district_id, table, now=clock(), create_categories=True)
            db.session.commit()
            return report.counts[ADDED], report.counts[KNOWN]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(operator, range(2))) == [(0, 300), (300, 0)]
    assert session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry)) == 300


def test_an_export_of_more_rows_needs_no_more_statements(
    session: Session,
    world: World,
    run: Run,
    csv_file: MakeFile,
    tmp_path: Path,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    district, sent = ("--district", world.a.district_id), []
    for count in (10, 800):
        source = csv_file([("text", "category"), *((f"{count} {n}", "教育") for n in range(count))])
        run("import-register", source, *district)
        with statements() as counted:
            run("export-register", tmp_path / "out.csv", *district)
        sent.append(len(counted))
    assert sent[0] == sent[1]
