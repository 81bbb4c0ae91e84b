"""``create-staff``: who works here, until they bind their own account."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from commands import naming
from commands.identities import ROLES
from commands.reporting import one_transaction, the_district
from service.accounts.binding import invite
from service.accounts.roles import ROLE_TITLES, Grant, Role
from service.bootstrap import core


@click.command("create-staff")
@click.option("--role", type=ROLES, required=True, help="角色")
@click.option("--name", required=True, help="姓名")
@click.option("--phone", required=True, help="登记的手机号")
@click.option("--district", help="区县代码（6 位）；只有一个区县时不用写")
@click.option("--township", help="镇街的名称或代码，镇街人大用")
@click.option("--station", help="联络站的名称（或者 镇街/名称）或 id，站长和站务用")
@click.option("--unit", help="承办单位的名称或 id")
@click.option("--deputy", help="代表的编号、姓名或 id")
@with_appcontext
def create_staff(
    role: str,
    name: str,
    phone: str,
    district: str | None,
    township: str | None,
    station: str | None,
    unit: str | None,
    deputy: str | None,
) -> None:
    """登记一名工作人员或代表，显示一次邀请码；本人凭邀请码和登记的手机号绑定。"""
    with one_transaction() as session:
        district_id = the_district(session, district)
        named = (
            naming.township_code(session, district_id, township),
            naming.station_id(session, district_id, station),
            naming.unit_id(session, district_id, unit),
            naming.deputy_id(session, district_id, deputy),
        )
        grant = Grant(Role(role), district_id, *named)
        code = invite(session, grant, person_name=name, phone=phone, now=core().clock())
        session.commit()
    click.echo(f"{ROLE_TITLES[grant.role]}的邀请码（只显示这一次，14 天内有效）：{code}")
