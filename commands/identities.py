"""Operators' commands about work identities: take them away the same day, hand out set-up codes for the desk."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands.reporting import one_transaction
from service.accounts import enrolment, leaving
from service.accounts.enrolment import NO_STAFF
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.errors import NotFound
from service.stations import identity_notices

ROLES = click.Choice([role.value for role in Role if role is not Role.RESIDENT])


@click.command("revoke-staff")
@click.option("--phone", required=True, help="登记的手机号")
@click.option("--role", type=ROLES, help="只解除这个角色；不写则全部解除")
@click.option("--reason", default="离岗", show_default=True, help="原因，记入存证")
@with_appcontext
def revoke_staff(phone: str, role: str | None, reason: str) -> None:
    """解除一名工作人员或代表的工作身份（本人所有微信上的），当日生效；不再有任何身份时，所有设备退出登录。"""
    with one_transaction() as session:
        now = core().clock()
        rows = [row for row in leaving.grants_by_phone(session, phone) if role in (None, row.role)]
        if not rows:
            raise NotFound(NO_STAFF)
        for row in rows:
            leaving.end_grant(session, row.id, actor_id=None, reason=reason, now=now)
            identity_notices.grant_ended(session, row, by_self=False, now=now)
        session.commit()
    for row in rows:
        click.echo(f"已解除：{ROLE_TITLES[Role(row.role)]}\t{row.station_id or row.unit_id or row.deputy_id or ''}")


@click.command("desk-code")
@click.option("--phone", required=True, help="已绑定工作身份的手机号")
@click.option("--reset", is_flag=True, help="丢了手机或者忘了密码：原来的密码、动态码和恢复码立即作废")
@with_appcontext
def desk_code(phone: str, reset: bool) -> None:
    """发一个工作台密码登录的设置码，只显示一次，3 天内有效。"""
    with one_transaction() as session:
        account_id = enrolment.account_by_phone(session, phone)
        code = enrolment.issue_setup(session, account_id, reset=reset, now=core().clock())
        session.commit()
    click.echo(f"设置码（只显示这一次，3 天内有效）：{code}")
