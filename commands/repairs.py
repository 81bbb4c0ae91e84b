"""What was given up after many attempts, tried again; ``flask parked`` shows it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import one_transaction
from service.bootstrap import core
from service.issues.checks import chasing
from service.notifications import actions as notifications
from service.notifications.models import PARKED
from service.outbox import actions as outbox
from service.stations import mini_codes
from service.uploads import processing


@click.command("requeue")
@click.argument("row_id", type=int)
@with_appcontext
def requeue(row_id: int) -> None:
    """让一条搁置的任务重新执行。"""
    with one_transaction() as session:
        row = outbox.requeue(session, row_id, now=core().clock())
        session.commit()
    click.echo(f"任务 {row.id}（{row.event}）已重新排队。")


@click.command("requeue-push")
@click.argument("notification_id")
@with_appcontext
def requeue_push(notification_id: str) -> None:
    """让一条没有送达的推送重新发送。"""
    with one_transaction() as session:
        row = notifications.requeue(session, notification_id, now=core().clock())
        session.commit()
    click.echo(f"推送 {row.id} 已重新排队。")


@click.command("requeue-pushes")
@click.argument("state", type=click.Choice(PARKED))
@with_appcontext
def requeue_pushes(state: str) -> None:
    """让同一状态的未送达推送全部重新发送，例如改好模板之后的 invalid。"""
    with one_transaction() as session:
        count = notifications.requeue_all(session, state, now=core().clock())
        session.commit()
    click.echo(f"{count} 条推送（{state}）已重新排队。")


@click.command("requeue-upload")
@click.argument("upload_id")
@with_appcontext
def requeue_upload(upload_id: str) -> None:
    """让一张搁置的图片重新处理。"""
    with one_transaction() as session:
        row = processing.requeue(session, upload_id, now=core().clock())
        session.commit()
    click.echo(f"图片 {row.id} 已重新排队。")


@click.command("requeue-mini-code")
@click.argument("code")
@with_appcontext
def requeue_mini_code(code: str) -> None:
    """让一个没有取到的小程序码重新获取。"""
    with one_transaction() as session:
        row = mini_codes.requeue(session, code, now=core().clock())
        session.commit()
    click.echo(f"小程序码 {row.code} 已重新排队。")


@click.command("requeue-check")
@click.argument("check_id")
@with_appcontext
def requeue_check(check_id: str) -> None:
    """让微信再检查一次没有结果的内容；人工已经审核的不再检查。"""
    with one_transaction() as session:
        row = chasing.requeue(session, check_id, now=core().clock())
        session.commit()
    click.echo(f"内容检查 {row.id} 已重新排队。")
