"""What was given up after many attempts: seen, and tried again."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import explained
from service.bootstrap import core
from service.db import db
from service.errors import DomainError
from service.outbox import actions as outbox
from service.uploads import processing


@click.command("requeue")
@click.argument("row_id", type=int)
@with_appcontext
def requeue(row_id: int) -> None:
    """让一条搁置的任务重新执行。"""
    try:
        row = outbox.requeue(db.session(), row_id, now=core().clock())
    except DomainError as error:
        raise explained(error) from None
    db.session.commit()
    click.echo(f"任务 {row.id}（{row.event}）已重新排队。")


@click.command("requeue-upload")
@click.argument("upload_id")
@with_appcontext
def requeue_upload(upload_id: str) -> None:
    """让一张搁置的图片重新处理。"""
    try:
        row = processing.requeue(db.session(), upload_id, now=core().clock())
    except DomainError as error:
        raise explained(error) from None
    db.session.commit()
    click.echo(f"图片 {row.id} 已重新排队。")
