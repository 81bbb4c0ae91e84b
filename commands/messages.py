"""The templates of a district's messages: shown with examples, checked, changed."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import one_transaction, the_district
from service.bootstrap import core
from service.db import db
from service.notifications import mapping
from service.notifications.templates import VALUES


@click.command("templates")
@click.option("--district", help="区县代码（6 位）；只有一个区县时可以不写")
@click.option("--check", is_flag=True, help="有缺少或不能用的模板时，以失败结束")
@with_appcontext
def templates(district: str | None, check: bool) -> None:
    """列出一个区县的消息模板：用途、渠道、模板编号、字段，和一条示例。"""
    settings = core().settings
    with one_transaction() as session:
        found = list(
            mapping.lines(
                session,
                the_district(session, district),
                now=core().clock(),
                placeholders=not settings.is_production,
            )
        )
    faults = 0
    for line in found:
        unused = _unused(line.key)
        faulty = line.fault is not None and not unused
        faults += faulty
        kind = "长期" if line.template and line.template.long_term else "一次性"
        click.echo(
            f"{'✘' if faulty else '·'} {line.key.removeprefix('push.templates.')}\t{line.title}\t{kind}\t{line.template_id}"
        )
        for field, value in line.example.items():
            source = dict(line.template.fields)[field] if line.template else ""
            click.echo(f"    {field} = {source}\t{value}")
        if line.fault:
            click.echo(f"    {line.fault}{'（没有启用）' if unused else ''}")
    click.echo("可用的内容：" + "；".join(f"{name} {words}" for name, (words, _) in VALUES.items()))
    click.echo(f"共 {len(found)} 个模板，{faults} 个不能用。")
    if check and faults:
        raise SystemExit(1)


def _unused(key: str) -> bool:
    """A template of an account or a provider that this deployment does not have."""
    settings = core().settings
    if key.endswith(".official"):
        return not settings.wechat_official_appid
    return key == mapping.SMS_KEY and not settings.sms_provider


@click.command("set-template")
@click.argument("name")
@click.option("--district", help="区县代码（6 位）；只有一个区县时可以不写")
@click.option("--id", "template_id", help="微信公众平台或短信服务商给的模板编号")
@click.option("--kind", type=click.Choice(["once", "long_term"]), help="一次性或长期订阅")
@click.option("--field", "fields", multiple=True, help="字段=内容，例如 thing1=title；写一个就要写全")
@with_appcontext
def set_template(
    name: str, district: str | None, template_id: str | None, kind: str | None, fields: tuple[str, ...]
) -> None:
    """换一个消息模板，从现在起生效。名称如 feedback.subscription、task.official 或 sms。"""
    with one_transaction() as session:
        district_id = the_district(session, district)
        mapping.set_template(
            session, district_id, name, template_id=template_id, kind=kind, fields=fields, now=core().clock()
        )
        db.session.commit()
    click.echo(f"{district_id} 的模板 {name} 已更换，请用 templates 查看示例。")
