"""Commands that put derived data in order again, or ask WeChat once more."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from service.bootstrap import core
from service.db import db
from service.issues import search, tallies


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
