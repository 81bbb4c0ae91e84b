"""What was given up after many attempts: seen, and tried again."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import explained
from service.bootstrap import core
from service.db import db
from service.errors import DomainError
from service.notifications import actions as notifications
from service.notifications import queries as notification_queries
from service.outbox import actions as outbox
from service.outbox.queries import parked as parked_rows
from service.stations import mini_codes
from service.uploads import processing
from service.uploads import queries as upload_queries


@click.command("parked")
@with_appcontext
def parked() -> None:
    """列出多次失败后搁置的任务，和没有送达的推送。"""
    rows = parked_rows(db.session())
    for row in rows:
        click.echo(f"{row.id}\t{row.event}\t{row.attempts} 次\t{row.last_error or ''}")
    pushes = notification_queries.parked(db.session())
    for push in pushes:
        click.echo(f"{push.id}\t推送 {push.kind}\t{push.push_state}\t{push.last_error or ''}")
    pictures = upload_queries.troubled(db.session())
    for picture in pictures:
        click.echo(f"{picture.id}\t图片\t{picture.state}\t{picture.last_error or ''}")
    minis = mini_codes.troubled(db.session())
    for mini in minis:
        click.echo(f"{mini.code}\t小程序码\t{mini.state}\t{mini.last_error or ''}")
    click.echo(
        f"共 {len(rows)} 条任务，{len(pushes)} 条未送达的推送，{len(pictures)} 张没有处理好的图片，"
        f"{len(minis)} 个没有取到的小程序码。"
    )


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


@click.command("requeue-push")
@click.argument("notification_id")
@with_appcontext
def requeue_push(notification_id: str) -> None:
    """让一条没有送达的推送重新发送。"""
    try:
        row = notifications.requeue(db.session(), notification_id, now=core().clock())
    except DomainError as error:
        raise explained(error) from None
    db.session.commit()
    click.echo(f"推送 {row.id} 已重新排队。")


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
