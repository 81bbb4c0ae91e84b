"""Bring a district in: territory, roster, historical register. Whole or not at all; repeating adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from commands.reporting import conclude, one_transaction, progress_bar, the_district
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.errors import Invalid
from service.parameters.actions import install_defaults
from service.register.imports import import_register
from service.register.shape import REGISTER
from service.roster.imports import by_sheet, import_roster
from service.roster.shapes import PAGES, SHEETS
from service.sheets.reading import open_table, open_tables
from service.sheets.table import Table
from service.sheets.writing import example_of, write
from service.territory.actions import DistrictData
from service.territory.imports import TOWNSHIP_SHAPE, VILLAGE_SHAPE, import_division_tables

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


def import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every import takes."""
    for option in (
        click.option("--dry-run", is_flag=True, help="只说会做什么，不写入"),
        click.option("--report", "problems_file", type=NEW_FILE, help="把不能导入的行全部写入这个 CSV 文件"),
    ):
        command = option(command)
    return command


@click.command("import-territory")
@click.option("--district", required=True, help="区县代码（6 位）")
@click.option("--name", required=True, help="区县名称")
@click.option("--short", required=True, help="编号用的简称，如 YJ")
@click.option("--townships", type=FILE, required=True, help="镇街（CSV 或 XLSX）")
@click.option("--villages", type=FILE, required=True, help="村社（CSV 或 XLSX，可以是同一个工作簿）")
@import_options
@with_appcontext
def import_territory(
    district: str, name: str, short: str, townships: Path, villages: Path, dry_run: bool, problems_file: Path | None
) -> None:
    """导入一个区县的镇街和村社：全部写入，或者一条也不写；可以重复执行。"""
    data = DistrictData(district, name, short, district[:4], district[:2])
    with one_transaction() as session:
        tables = open_table(townships, TOWNSHIP_SHAPE.title), open_table(villages, VILLAGE_SHAPE.title)
        today = local_date(core().clock())
        report = import_division_tables(session, data, *tables, today=today, dry_run=dry_run)
        if report.applied:
            install_defaults(session, district)
        conclude(session, report, dry_run=dry_run, problems_file=problems_file)


@click.command("import-register")
@click.argument("file", type=FILE)
@click.option("--district", help="区县代码（6 位）；只有一个区县时不用写")
@click.option("--create-categories", is_flag=True, help="没有的类别就新建")
@import_options
@with_appcontext
def import_register_command(
    file: Path, district: str | None, create_categories: bool, dry_run: bool, problems_file: Path | None
) -> None:
    """导入历史登记册（CSV 或 XLSX）：列为 主题、内容、类别、时间、答复、联络站，其中内容和类别必填。"""
    with one_transaction() as session:
        table = open_table(file, REGISTER.title)
        district_id = the_district(session, district)
        with progress_bar(2 * len(table.rows), "导入登记册") as progress:
            report = import_register(
                session,
                district_id,
                table,
                now=core().clock(),
                create_categories=create_categories,
                dry_run=dry_run,
                progress=progress,
            )
        conclude(session, report, dry_run=dry_run, problems_file=problems_file)


@click.command("import-roster")
@click.argument("file", type=FILE, required=False)
@click.option("--district", help="区县代码（6 位）；只有一个区县时不用写")
@click.option("--units", type=FILE, help="承办单位（CSV 或 XLSX）")
@click.option("--grids", type=FILE, help="网格（CSV 或 XLSX）")
@click.option("--stations", type=FILE, help="联络站（CSV 或 XLSX）")
@click.option("--deputies", type=FILE, help="代表（CSV 或 XLSX）")
@click.option("--grid-deputies", type=FILE, help="网格代表（CSV 或 XLSX）")
@click.option("--groups", type=FILE, help="代表小组（CSV 或 XLSX）")
@click.option("--leaves", type=FILE, help="请假（CSV 或 XLSX）")
@click.option("--duties", type=FILE, help="值班（CSV 或 XLSX）")
@click.option("--receptions", type=FILE, help="接待日（CSV 或 XLSX）")
@click.option("--template", type=NEW_FILE, help="不导入，写一个带表头和示例的空工作簿（.xlsx）")
@import_options
@with_appcontext
def import_roster_command(
    file: Path | None,
    district: str | None,
    template: Path | None,
    dry_run: bool,
    problems_file: Path | None,
    **files: Path | None,
) -> None:
    """导入名册：一个 XLSX 工作簿（联络站、网格、代表、网格代表、承办单位、代表小组、请假、值班、接待日），或者每张表一个文件。"""
    with one_transaction() as session:
        if template is not None:
            write(template, [example_of(shape) for shape in PAGES])
            click.echo(f"已写入 {template.name}；备注为“示例”的行导入时跳过。")
            return
        tables = _roster_tables(file, files)
        district_id = the_district(session, district)
        with progress_bar(sum(len(table.rows) for table in tables.values()), "导入名册") as progress:
            report = import_roster(session, district_id, tables, now=core().clock(), dry_run=dry_run, progress=progress)
        conclude(session, report, dry_run=dry_run, problems_file=problems_file)


def _roster_tables(file: Path | None, files: dict[str, Path | None]) -> dict[str, Table]:
    """Canonical sheet name → table.

    :raises Invalid: when no file is named, or both ways are used, or the workbook has none of the sheets.
    """
    named = {shape: path for shape in SHEETS if (path := files[shape.name]) is not None}
    if (file is None) == (not named):
        raise Invalid("请写一个 .xlsx 文件名，或者用选项给出每张表的文件。")
    if file is None:
        return {shape.name: open_table(path, shape.title) for shape, path in named.items()}
    known, unknown = by_sheet(open_tables(file, sheets=True))
    if not known:
        titles = "、".join(shape.title for shape in SHEETS)
        raise Invalid(f"{file.name} 里没有名为 {titles} 的工作表；CSV 请用 --stations 等选项逐个给出。")
    if unknown:
        click.echo(f"· {file.name}：没有读取工作表 {'、'.join(unknown)}")
    return known
