"""``train-categories``: learn the categories from the district's own register, list versions, go back to one."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from commands.reporting import one_transaction, the_district
from service.bootstrap import core
from service.classification import actions, queries, trainer
from service.classification.models import CategoryModel, ModelState
from service.classification.trainer import Candidate
from service.db import db
from service.issues import learning
from service.issues.learning import Prepared

STATES = {ModelState.ACTIVE: "使用中", ModelState.KEPT: "已停用，可恢复", ModelState.REFUSED: "未采用"}


@click.command("train-categories")
@click.option("--district", help="区县代码（6 位）；只有一个区县时不用写")
@click.option(
    "--json", "as_json", is_flag=True, help="只输出一行 JSON：rows, classes, accuracy, macro_f1, model_version …"
)
@click.option("--dry-run", is_flag=True, help="只训练和检验，什么也不保存")
@click.option(
    "--activate", type=click.Choice(["auto", "always"]), default="auto", help="auto：更好才启用；always：一定启用"
)
@click.option("--list", "listing", is_flag=True, help="列出所有版本")
@click.option("--rollback", type=int, metavar="VERSION", help="恢复使用某一版")
@with_appcontext
def train_categories(
    district: str | None, as_json: bool, dry_run: bool, activate: str, listing: bool, rollback: int | None
) -> None:
    """用本区的历史登记和工作人员确认过的类别训练类别模型，用没有学过的登记检验；更好才启用。"""
    session = db.session()
    with one_transaction():
        district_id = the_district(session, district)
        if listing:
            return _list(session, district_id)
        if rollback is not None:
            row = actions.roll_back(session, district_id, rollback, now=core().clock())
            session.commit()
            return click.echo(f"已恢复使用第 {row.version} 版，各进程半分钟内换用。")
        return _train(session, district_id, dry_run=dry_run, always=activate == "always", as_json=as_json)


def _train(session: Session, district_id: str, *, dry_run: bool, always: bool, as_json: bool) -> None:
    prepared = learning.prepare(session, district_id, now=core().clock())
    session.commit()  # training takes a while; nobody else waits for this transaction
    if prepared.unchanged is not None and not (always or dry_run):
        reason = "登记没有变化，与使用中的版本相同。"
        return _report(prepared, prepared.unchanged, prepared.unchanged.version, True, reason, as_json)
    if not as_json:
        click.echo(f"正在用 {len(prepared.lesson.rows)} 条登记训练……")
    try:
        candidate = trainer.train(prepared.lesson)
    except RuntimeError as error:
        raise click.ClickException(f"训练没有完成，使用中的版本不变：{error}") from None
    if dry_run:
        return _report(prepared, candidate, None, False, "试运行，什么也没有保存。", as_json)
    row = learning.keep(session, prepared, candidate, always=always, now=core().clock())
    session.commit()
    return _report(prepared, candidate, row.version, row.state == ModelState.ACTIVE, row.reason, as_json)


def _report(
    prepared: Prepared,
    measured: Candidate | CategoryModel,
    version: int | None,
    active: bool,
    reason: str,
    as_json: bool,
) -> None:
    titles = prepared.titles
    per_class = _per_class(measured, titles)
    facts: dict[str, Any] = {
        "rows": measured.rows,
        "classes": len({label for _, label in prepared.lesson.rows}),
        "accuracy": measured.accuracy,
        "macro_f1": measured.macro_f1,
        "model_version": version,
        "active": active,
        "reason": reason,
        "per_class": per_class,
        "left_out": {titles.get(key, key): count for key, count in prepared.lesson.left_out.items()},
    }
    if as_json:
        return click.echo(json.dumps(facts, ensure_ascii=False))
    click.echo(f"{facts['rows']} 条、{facts['classes']} 类；用没有学过的登记检验：")
    click.echo(f"正确率 {measured.accuracy:.4f}，宏平均 F1 {measured.macro_f1:.4f}")
    for title, one in per_class.items():
        click.echo(f"  {title}\tF1 {one['f1']:.4f}\t{one['rows']:.0f} 条")
    for title, count in facts["left_out"].items():
        click.echo(f"  {title}\t只有 {count} 条不同的内容，太少，没有学习；仍按关键词建议")
    return click.echo(f"第 {version} 版{'已启用' if active else '未启用'}。{reason}" if version else reason)


def _per_class(measured: Candidate | CategoryModel, titles: dict[str, str]) -> dict[str, dict[str, float]]:
    if isinstance(measured, CategoryModel):
        return measured.metrics["per_class"]
    return {titles.get(key, key): one for key, one in dataclasses.asdict(measured)["per_class"].items()}


def _list(session: Session, district_id: str) -> None:
    rows = queries.versions(session, district_id)
    for row in rows:
        click.echo(
            f"第 {row.version} 版\t{STATES[ModelState(row.state)]}\t{row.trained_at:%Y-%m-%d}\t{row.rows} 条\t"
            f"宏平均 F1 {row.macro_f1:.4f}\t{row.reason}"
        )
    click.echo(f"共 {len(rows)} 版。")
