"""Bring a district in: territory, roster, historical register. Whole or not at all; repeating adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from commands.reporting import conclude, explained, progress_bar, the_district
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import DomainError
from service.parameters.actions import install_defaults
from service.register.imports import import_register
from service.register.shape import REGISTER
from service.sheets.reading import open_table
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
    session, today = db.session(), local_date(core().clock())
    data = DistrictData(district, name, short, district[:4], district[:2])
    try:
        tables = open_table(townships, TOWNSHIP_SHAPE.title), open_table(villages, VILLAGE_SHAPE.title)
        report = import_division_tables(session, data, *tables, today=today, dry_run=dry_run)
        if report.applied:
            install_defaults(session, district)
    except DomainError as error:
        raise explained(error) from None
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
    session = db.session()
    try:
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
    except DomainError as error:
        raise explained(error) from None
    conclude(session, report, dry_run=dry_run, problems_file=problems_file)
