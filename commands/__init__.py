"""The operators' commands: ``flask --app app <command>``. Other parts of the service add theirs to :data:`COMMANDS`."""

from __future__ import annotations

from typing import IO

import click
from flask import Flask
from flask.cli import with_appcontext

from commands.training import train_categories
from service.accounts.binding import invite
from service.accounts.roles import ROLE_TITLES, Grant, Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import DomainError, Invalid
from service.issues.audit import read_fields, unwitnessed
from service.ledger.verify import verify
from service.notifications import actions as notifications
from service.notifications import queries as notification_queries
from service.outbox import actions as outbox
from service.outbox.queries import parked as parked_rows
from service.parameters.actions import install_defaults
from service.territory.actions import DistrictData
from service.territory.imports import import_divisions

ROLES = click.Choice([role.value for role in Role if role is not Role.RESIDENT])


def explained(error: DomainError) -> click.ClickException:
    """A domain error as one line on the terminal, with the fields it is about."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return click.ClickException("；".join([error.detail, *(f"{name}：{text}" for name, text in fields.items())]))


@click.command("create-staff")
@click.option("--role", type=ROLES, required=True, help="角色")
@click.option("--name", required=True, help="姓名")
@click.option("--phone", required=True, help="登记的手机号")
@click.option("--district", required=True, help="区县代码（6 位）")
@click.option("--township", help="镇街代码（12 位），镇街人大用")
@click.option("--station", help="联络站 id，站长和站务用")
@click.option("--unit", help="承办单位 id")
@click.option("--deputy", help="代表 id")
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
    grant = Grant(Role(role), district, township, station, unit, deputy)
    try:
        code = invite(db.session(), grant, person_name=name, phone=phone, now=core().clock())
    except DomainError as error:
        raise explained(error) from None
    db.session.commit()
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
    click.echo(f"共 {len(rows)} 条任务，{len(pushes)} 条未送达的推送。")


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


@click.command("import-territory")
@click.option("--district", required=True, help="区县代码（6 位）")
@click.option("--name", required=True, help="区县名称")
@click.option("--short", required=True, help="编号用的简称，如 YJ")
@click.option("--townships", type=click.File(encoding="utf-8-sig"), required=True, help="镇街 CSV")
@click.option("--villages", type=click.File(encoding="utf-8-sig"), required=True, help="村社 CSV")
@click.option("--dry-run", is_flag=True, help="只说会做什么，不写入")
@with_appcontext
def import_territory(
    district: str, name: str, short: str, townships: IO[str], villages: IO[str], dry_run: bool
) -> None:
    """导入一个区县的镇街和村社：全部写入，或者一条也不写；可以重复执行。"""
    session, today = db.session(), local_date(core().clock())
    data = DistrictData(district, name, short, district[:4], district[:2])
    report = import_divisions(session, data, townships.read(), villages.read(), today=today, dry_run=dry_run)
    for problem in report.problems:
        click.echo(f"✘ {problem}")
    if report.problems:
        raise click.ClickException(f"有 {len(report.problems)} 行不能导入，什么也没有写入。")
    if report.applied:
        install_defaults(session, district)
        session.commit()
    verb = "已导入" if report.applied else "将会导入"
    click.echo(f"{verb}：新增 {report.added}，改名 {report.renamed}，不变 {report.unchanged}。")


COMMANDS: list[click.Command] = [
    create_staff,
    parked,
    requeue,
    requeue_push,
    verify_ledger,
    import_territory,
    train_categories,
]


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
