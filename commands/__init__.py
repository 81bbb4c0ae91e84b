"""The operators' commands: ``flask --app app <command>``. Other parts of the service add theirs to :data:`COMMANDS`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext

from commands import naming
from commands.exports import export_register, export_roster, export_territory
from commands.imports import import_register_command, import_roster_command, import_territory
from commands.posters import posters
from commands.reporting import explained, one_transaction
from commands.training import train_categories
from commands.upkeep import reindex_search, requeue_check
from service.accounts.binding import invite
from service.accounts.roles import ROLE_TITLES, Grant, Role
from service.bootstrap import core
from service.db import db
from service.errors import DomainError
from service.issues.audit import read_fields, unwitnessed
from service.issues.checks import chasing
from service.issues.checks.states import CHECK_TITLES, CheckState
from service.ledger.verify import verify
from service.notifications import actions as notifications
from service.notifications import queries as notification_queries
from service.outbox import actions as outbox
from service.outbox.queries import parked as parked_rows
from service.uploads import processing
from service.uploads import queries as upload_queries

ROLES = click.Choice([role.value for role in Role if role is not Role.RESIDENT])


@click.command("create-staff")
@click.option("--role", type=ROLES, required=True, help="角色")
@click.option("--name", required=True, help="姓名")
@click.option("--phone", required=True, help="登记的手机号")
@click.option("--district", required=True, help="区县代码（6 位）")
@click.option("--township", help="镇街代码（12 位），镇街人大用")
@click.option("--station", help="联络站的名称（或者 镇街/名称）或 id，站长和站务用")
@click.option("--unit", help="承办单位的名称或 id")
@click.option("--deputy", help="代表的编号、姓名或 id")
@with_appcontext
def create_staff(
    role: str,
    name: str,
    phone: str,
    district: str,
    township: str | None,
    station: str | None,
    unit: str | None,
    deputy: str | None,
) -> None:
    """登记一名工作人员或代表，显示一次邀请码；本人凭邀请码和登记的手机号绑定。"""
    with one_transaction() as session:
        named = (
            naming.station_id(session, district, station),
            naming.unit_id(session, district, unit),
            naming.deputy_id(session, district, deputy),
        )
        grant = Grant(Role(role), district, township, *named)
        code = invite(session, grant, person_name=name, phone=phone, now=core().clock())
        session.commit()
    click.echo(f"{ROLE_TITLES[grant.role]}的邀请码（只显示这一次，14 天内有效）：{code}")


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
    checks = chasing.troubled(db.session())
    for check, number in checks:
        click.echo(f"{check.id}\t内容检查 {number}\t{CHECK_TITLES[CheckState(check.state)]}\t{check.last_error or ''}")
    counts = f"{len(rows)} 条任务，{len(pushes)} 条未送达的推送，{len(pictures)} 张没有处理好的图片"
    click.echo(f"共 {counts}，{len(checks)} 项没有结果的内容检查。")


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


@click.command("verify-ledger")
@click.option("--head", help="以前保存的链头：检查它仍在链上")
@with_appcontext
def verify_ledger(head: str | None) -> None:
    """检查存证链：找出被修改、删除、插入或调换的记录。最新几条整段被删，只有凭保存的链头才能发现。"""
    session = db.session()
    report = verify(session, lambda wanted: read_fields(session, wanted), saved_head=head)
    report.faults += [
        f"issue {number}: no ledger entry speaks of it, it was slipped in" for number in unwitnessed(session)
    ]
    for fault in report.faults:
        click.echo(f"✘ {fault}")
    for district, (links, newest) in sorted(report.heads.items()):
        click.echo(f"{district}\t{links} 环\t链头 {newest}")
    click.echo(f"共 {report.entries} 条记录，{report.unlinked} 条等待入链，{len(report.faults)} 处异常。")
    if report.faults:
        raise SystemExit(1)


COMMANDS: list[click.Command] = [
    create_staff,
    parked,
    requeue,
    requeue_push,
    requeue_upload,
    requeue_check,
    verify_ledger,
    import_territory,
    posters,
    reindex_search,
    import_roster_command,
    import_register_command,
    train_categories,
    export_territory,
    export_roster,
    export_register,
]


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
