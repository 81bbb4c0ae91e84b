"""`./dev demo [--issues N]`: the demo district in a database, filled up to N issues for measuring."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from pathlib import Path

import click
import flask_migrate
from sqlalchemy.orm import Session

from config.settings import Settings
from devkit.demo.accounts import plan_sign_ins
from devkit.demo.copies.filling import Filling, count_issues
from devkit.demo.loading import load, notes, write_notes
from devkit.demo.plan import plan_districts
from devkit.demo.rows import SEED
from devkit.instance import DEFAULT_DATA_DIR, Instance
from devkit.terminal import CommandFailed, say
from service.bootstrap import core, create_core
from service.db import db


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev demo`."""
    parser = argparse.ArgumentParser(
        prog="./dev demo", description="把演示区载入数据库;加 --issues 时补足到 N 件事项,供测量用。实例要先停下。"
    )
    parser.add_argument("--issues", type=int, metavar="N", help="补足到 N 件事项(已有 N 件或更多时不再添加)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA_DIR, metavar="DIR", help="数据目录(默认 .data)")
    parser.add_argument("--database-url", metavar="URL", help="改用真实的 PostgreSQL(或环境变量 DATABASE_URL)")
    parser.add_argument("--seed", default=SEED, help="随机数种子:种子和日期相同,内容就相同")
    options = parser.parse_args(arguments)
    if options.issues is not None and options.issues < 1:
        parser.error(f"--issues 应是大于 0 的整数:{options.issues}")
    return options


def main(arguments: list[str]) -> int:
    """Load and fill; 0 when done.

    :raises CommandFailed: when the instance runs, or the database holds as many issues already.
    """
    options = parse(arguments)
    instance = Instance(options.data)
    environment = instance.environment()
    if options.database_url:
        environment["DATABASE_URL"] = options.database_url
    os.environ.update(environment)
    with instance.run_lock(), contextlib.ExitStack() as stack:
        app = create_core(Settings.from_env())
        stack.enter_context(app.app_context())
        flask_migrate.upgrade()
        session = db.session()
        _load(session, instance, issues=options.issues is None)
        if options.issues is not None:
            _fill(session, options.issues, options.seed)
        db.session.remove()
    return 0


def _load(session: Session, instance: Instance, *, issues: bool) -> None:
    written = load(session, now=core().clock(), issues=issues, vault=core().vault)
    session.commit()
    path = write_notes(instance.directory, notes(core().settings.public_base_url))
    say(f"演示区就绪:新增 {written} 行,登录内容见 {path}")


def _fill(session: Session, total: int, seed: str) -> None:
    plans = plan_districts()
    there = count_issues(session, plans[0].data.id)
    if there >= total:
        raise CommandFailed(f"数据库里已有 {there} 件事项,不少于 {total} 件,没有添加。")
    say(f"已有 {there} 件,正在准备样本…")
    began = time.monotonic()
    filling = Filling(session, plans[0], plan_sign_ins(plans), total=total, now=core().clock(), seed=seed)
    with click.progressbar(length=total - there, label="写入事项") as bar:
        added = filling.fill(lambda done: bar.update(done - bar.pos))
    say(f"新增 {added} 件,用时 {time.monotonic() - began:.0f} 秒;现有 {count_issues(session, plans[0].data.id)} 件。")
