"""``verify-ledger``: was history edited?"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from service.bootstrap import core
from service.db import db
from service.issues.audit import read_fields, unwitnessed
from service.ledger.models import LedgerCheck
from service.ledger.verify import verify


@click.command("verify-ledger")
@click.option("--head", help="以前保存的链头：检查它仍在链上")
@with_appcontext
def verify_ledger(head: str | None) -> None:
    """检查存证链：找出被修改、删除、插入或调换的记录。最新几条整段被删，只有凭保存的链头才能发现。结果记下来，审计页面看得到。"""
    session = db.session()
    report = verify(session, lambda wanted: read_fields(session, wanted), saved_head=head)
    report.faults += [
        f"issue {number}: no ledger entry speaks of it, it was slipped in" for number in unwitnessed(session)
    ]
    session.add(
        LedgerCheck(at=core().clock(), entries=report.entries, unlinked=report.unlinked, faults=len(report.faults))
    )
    session.commit()
    for fault in report.faults:
        click.echo(f"✘ {fault}")
    for district, (links, newest) in sorted(report.heads.items()):
        click.echo(f"{district}\t{links} 环\t链头 {newest}")
    click.echo(f"共 {report.entries} 条记录，{report.unlinked} 条等待入链，{len(report.faults)} 处异常。")
    if report.faults:
        raise SystemExit(1)
