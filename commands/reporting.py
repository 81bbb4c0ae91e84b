"""How the operators' commands speak: reports, bad rows, errors in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.bootstrap import core
from service.db import db
from service.errors import DomainError, Invalid
from service.sheets.report import Progress, Report
from service.sheets.writing import Sheet, write
from service.territory import queries as territory

MOST_SHOWN = 50


def explained(error: DomainError) -> click.ClickException:
    """A domain error as one line on the terminal, with the fields it is about."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return click.ClickException("；".join([error.detail, *(f"{name}：{text}" for name, text in fields.items())]))


@contextmanager
def one_transaction() -> Iterator[Session]:
    """The session; whatever goes wrong leaves nothing written and is told in one line, without the data in question."""
    session = db.session()
    try:
        yield session
    except DomainError as error:
        session.rollback()
        raise explained(error) from None
    except DBAPIError as error:
        session.rollback()
        fault = type(error.orig).__name__
        raise click.ClickException(
            f"数据库没有接受（{fault}），什么也没有写入；可能有人同时在改，请稍后再试。"
        ) from None


def the_district(session: Session, district: str | None) -> str:
    """The district meant: the one named, else the deployment's main one (``MAIN_DISTRICT``), else the only one there is.

    :raises Invalid: when none is served here, or several are and none was named.
    """
    found = territory.districts(session)
    if district is not None:
        return territory.district(session, district).id
    main = core().settings.main_district
    if any(row.id == main for row in found):
        return main
    if len(found) == 1:
        return found[0].id
    if not found:
        raise Invalid("这里还没有区县，请先用 import-territory 导入镇街和村社。")
    names = "、".join(f"{row.id} {row.name}" for row in found)
    raise Invalid(f"这里有几个区县，请用 --district 指明一个：{names}。")


@contextmanager
def progress_bar(length: int, title: str) -> Iterator[Progress]:
    """A bar on a terminal, full in the end, however little there was to write; where nobody watches, nothing."""
    stream = sys.stderr
    bar: Any = click.progressbar(length=length, label=title, file=stream, hidden=not stream.isatty())
    with bar:
        yield bar.update
        bar.update(max(0, length - bar.pos))


def conclude(session: Session, report: Report, *, dry_run: bool, problems_file: Path | None) -> None:
    """Say what came out, and commit what was applied.

    :raises ClickException: when there were bad rows: nothing has been written then.
    """
    for notice in _shortened(report.notices):
        click.echo(f"· {notice}")
    if problems_file is not None:
        _write_problems(problems_file, report)
    if report.problems:
        session.rollback()
        for problem in _shortened([str(problem) for problem in report.problems]):
            click.echo(f"✘ {problem}", err=True)
        raise click.ClickException(f"有 {len(report.problems)} 行不能导入，什么也没有写入。请改正后重新导入整个文件。")
    if report.applied:
        session.commit()
    else:
        session.rollback()
    counts = "，".join(f"{title} {number}" for title, number in report.counts.items()) or "没有变化"
    click.echo(f"{'将会导入（试运行，什么也没有写入）' if dry_run else '已导入'}：{counts}。")


def _shortened(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        yield f"另有 {len(lines) - MOST_SHOWN} 行（用 --report 文件.csv 保存全部）"


def _write_problems(path: Path, report: Report) -> None:
    rows = ([problem.file, str(problem.line), problem.reason] for problem in report.problems)
    if path.suffix.casefold() != ".csv":
        raise click.ClickException("--report 的文件名应以 .csv 结尾。")
    write(path, [Sheet("不能导入的行", ("文件", "行", "原因"), rows)])
    click.echo(f"{len(report.problems)} 个不能导入的行已写入 {path.name}。")
