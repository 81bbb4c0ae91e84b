"""Commands that put derived data in order again, or ask WeChat once more."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import explained
from service.bootstrap import core
from service.db import db
from service.errors import DomainError
from service.issues import search, tallies
from service.issues.checks import chasing


@click.command("reindex-search")
@with_appcontext
def reindex_search() -> None:
    """重建搜索索引，并重新统计数量；可以随时执行，也可以重复执行。"""
    session, last, done = db.session(), "", 0
    while (last := search.reindex(session, after=last) or "") != "":
        session.commit()
        done += 1
        click.echo(f"已处理约 {done * search.BATCH} 件", err=True)
    tallies.refresh(session, now=core().clock())
    session.commit()
    click.echo("搜索索引已重建，数量已重新统计。")


@click.command("requeue-check")
@click.argument("check_id")
@with_appcontext
def requeue_check(check_id: str) -> None:
    """让微信再检查一次没有结果的内容；人工已经审核的不再检查。"""
    try:
        row = chasing.requeue(db.session(), check_id, now=core().clock())
    except DomainError as error:
        raise explained(error) from None
    db.session.commit()
    click.echo(f"内容检查 {row.id} 已重新排队。")
