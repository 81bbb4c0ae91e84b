"""Take a district out, in the shape it is brought in. Files are readable by their owner alone."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from flask.cli import with_appcontext

from commands.imports import NEW_FILE
from commands.reporting import one_transaction, the_district
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import Invalid
from service.register.exports import register_rows
from service.register.shape import REGISTER
from service.roster.exports import note_phone_export, sheets
from service.roster.shapes import SHEETS
from service.sheets.writing import Sheet, sheet_of, write
from service.territory.exports import township_rows, village_rows
from service.territory.imports import TOWNSHIP_SHAPE, VILLAGE_SHAPE

DISTRICT = click.option("--district", help="区县代码（6 位）；只有一个区县时不用写")


@click.command("export-territory")
@click.argument("file", type=NEW_FILE, required=False)
@DISTRICT
@click.option("--townships", type=NEW_FILE, help="镇街写入这个文件（CSV 或 XLSX）")
@click.option("--villages", type=NEW_FILE, help="村社写入这个文件（CSV 或 XLSX）")
@with_appcontext
def export_territory(file: Path | None, district: str | None, townships: Path | None, villages: Path | None) -> None:
    """导出镇街和村社：一个 XLSX 工作簿，或者用 --townships、--villages 各写一个文件。"""
    with one_transaction() as session:
        district_id, on = the_district(session, district), local_date(core().clock())
        found = {
            "townships": sheet_of(TOWNSHIP_SHAPE, township_rows(session, district_id, on=on)),
            "villages": sheet_of(VILLAGE_SHAPE, village_rows(session, district_id, on=on)),
        }
        _write(found, file, {"townships": townships, "villages": villages})


@click.command("export-register")
@click.argument("file", type=NEW_FILE)
@DISTRICT
@with_appcontext
def export_register(file: Path, district: str | None) -> None:
    """导出历史登记册（CSV 或 XLSX，按文件名结尾）。里面有群众的原话，请妥善保管。"""
    with one_transaction() as session:
        rows = register_rows(session, the_district(session, district))
        _write({REGISTER.name: sheet_of(REGISTER, rows)}, file, {})


@click.command("export-roster")
@click.argument("file", type=NEW_FILE, required=False)
@DISTRICT
@click.option("--units", type=NEW_FILE, help="承办单位写入这个文件")
@click.option("--grids", type=NEW_FILE, help="网格写入这个文件")
@click.option("--stations", type=NEW_FILE, help="联络站写入这个文件")
@click.option("--deputies", type=NEW_FILE, help="代表写入这个文件")
@click.option("--grid-deputies", type=NEW_FILE, help="网格代表写入这个文件")
@click.option("--groups", type=NEW_FILE, help="代表小组写入这个文件")
@click.option("--leaves", type=NEW_FILE, help="请假写入这个文件")
@click.option("--duties", type=NEW_FILE, help="值班写入这个文件")
@click.option("--receptions", type=NEW_FILE, help="接待日写入这个文件")
@click.option("--with-phones", is_flag=True, help="连同代表的手机号；必须用 --reason 写明用途")
@click.option("--reason", default="", help="为什么要导出手机号；会记录在案")
@with_appcontext
def export_roster(
    file: Path | None, district: str | None, with_phones: bool, reason: str, **files: Path | None
) -> None:
    """导出名册：一个 XLSX 工作簿，或者每张表一个文件。不带 --with-phones 就没有代表的手机号。"""
    with one_transaction() as session:
        district_id, now = the_district(session, district), core().clock()
        if with_phones:
            noted = note_phone_export(session, district_id, reason=reason, operator=getpass.getuser(), now=now)
            click.echo(f"包含 {noted.people} 位代表的手机号，用途已记录。用完请删除文件。")
        found = sheets(session, district_id, on=local_date(now), with_phones=with_phones)
        _write(found, file, {shape.name: files[shape.name] for shape in SHEETS})
        db.session.commit()


def _write(found: dict[str, Sheet], file: Path | None, files: dict[str, Path | None]) -> None:
    """All sheets into ``file``, or each into the file named for it.

    :raises Invalid: when no file is named, or both ways are used.
    """
    named = {name: path for name, path in files.items() if path is not None}
    if (file is None) == (not named):
        raise Invalid("请写一个 .xlsx 文件名，或者用选项给每张表各写一个文件名。")
    wanted = [(file, list(found.values()))] if file else [(path, [found[name]]) for name, path in named.items()]
    for path, pages in wanted:
        click.echo(f"已写入 {path.name}：{write(path, pages)} 行，仅本用户可读。")
