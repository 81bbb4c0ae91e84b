"""What did not get through, for an operator to see and to send again."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.db import db
from service.issues.checks import chasing
from service.issues.checks.states import CHECK_TITLES, CheckState
from service.notifications import pauses
from service.notifications import queries as notification_queries
from service.outbox.queries import parked as parked_rows
from service.stations import mini_codes
from service.uploads import queries as upload_queries
from service.wechat_errors import explained

NEXT_STEP = {
    "invalid": "改好模板（flask templates）后 requeue-push",
    "unknown": "可能已经送达，重发会收到两次",
    "refused": "对方没有同意，或没有可用的渠道；站内消息里有",
    "failed": "多次没有发出，可以 requeue-push",
}


@click.command("parked")
@with_appcontext
def parked() -> None:
    """列出多次失败后搁置的任务、没有送达的推送、停用中的渠道和没有处理好的图片。"""
    session, now = db.session(), core().clock()
    rows = parked_rows(session)
    for row in rows:
        click.echo(f"{row.id}\t{row.event}\t{row.attempts} 次\t{row.last_error or ''}")
    for push in notification_queries.parked(session):
        click.echo(f"{push.id}\t推送 {push.kind}\t{push.push_state}\t{explained(push.last_error or '')}")
    for state, count in sorted(notification_queries.parked_counts(session).items()):
        click.echo(f"推送 {state}：{count} 条。{NEXT_STEP[state]}")
    for pause in pauses.kept(session):
        until = pause.until.astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S")
        click.echo(f"渠道 {pause.channel} 暂停到 {until}，连续 {pause.failures} 次：{explained(pause.reason)}")
    held = notification_queries.held(session, now=now)
    pictures = upload_queries.troubled(session)
    for picture in pictures:
        click.echo(f"{picture.id}\t图片\t{picture.state}\t{picture.last_error or ''}")
    minis = mini_codes.troubled(session)
    for mini in minis:
        click.echo(f"{mini.code}\t小程序码\t{mini.state}\t{mini.last_error or ''}")
    checks = chasing.troubled(session)
    for check, number in checks:
        state, why = CHECK_TITLES[CheckState(check.state)], explained(check.last_error or "")
        click.echo(f"{check.id}\t内容检查 {number}\t{state}\t{why}")
    pushes = sum(notification_queries.parked_counts(session).values())
    click.echo(
        f"共 {len(rows)} 条任务，{pushes} 条未送达的推送，{held} 条推送在等待，{len(pictures)} 张没有处理好的图片，"
        f"{len(minis)} 个没有取到的小程序码，{len(checks)} 项没有结果的内容检查。"
    )
