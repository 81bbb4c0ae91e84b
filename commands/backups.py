"""``backup`` and ``restore`` of a small machine (SQLite and a folder of files); ``after-restore`` for every other one.

A backup is one tar: the database as it was at one moment, then the files of pictures, then what both are. Keys are not in
it. A restored service must not give out a number twice, nor tell anybody twice: see :mod:`service.issues.restoring`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade
from redis.exceptions import RedisError
from rq.worker import SimpleWorker

from commands.reporting import one_transaction
from service.bootstrap import core
from service.crypto import ring
from service.db import db
from service.issues import restoring
from service.wake import connect

DATABASE, FILES, MANIFEST, PURPOSE = "database.sqlite3", "files", "manifest.json", "backup"
CHUNK = 1024 * 1024


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def backup(folder: Path) -> None:
    """把数据库和照片存成一个文件；服务运行时也可以执行。只用于 SQLite，密钥不在其中，请另外保存。"""
    database, files = _places()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = core().clock().astimezone(dt.UTC)
    target = folder / f"mashangdaibiao-{moment:%Y%m%dT%H%M%SZ}.tar"
    unfinished, copy = target.with_suffix(".part"), target.with_suffix(".sqlite3")
    try:
        _copy_database(database, copy)
        with _private(unfinished) as raw, tarfile.open(fileobj=raw, mode="w") as tar:
            tar.add(copy, DATABASE)
            names = _add_files(tar, files)
            _add(tar, MANIFEST, json.dumps(_manifest(copy, names, moment), ensure_ascii=False).encode())
        unfinished.replace(target)
    finally:
        for path in (unfinished, copy):
            path.unlink(missing_ok=True)
    click.echo(f"已备份到 {target}（{len(names)} 个照片文件，{target.stat().st_size // 1024} KB）。")
    click.echo("其中的群众意见没有加密：请加密后存到另一台机器；SECRET_KEY 和 FIELD_KEYS 另外保存。")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="现有的数据已经不要了：移到一边，换成备份")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """停止服务后，用备份换掉数据库和照片；原来的移到一边，不删除。只用于 SQLite。"""
    database, files = _places()
    _nobody_works()
    if database.exists() and not yes:
        raise click.ClickException("这里已经有数据库。确定要换成备份，请加 --yes；原来的会移到一边。")
    fresh = database.with_suffix(".restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    try:
        manifest = _unpack(file, fresh)
        db.engine.dispose()
        _swap(fresh / DATABASE, database)
        if files is not None:
            _swap(fresh / FILES, files)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    click.echo(f"已换成 {manifest['at']} 的备份。")
    upgrade()
    _settle(restoring.NUMBERS_LEFT_OUT)


@click.command("after-restore")
@click.option("--leave-out", default=restoring.NUMBERS_LEFT_OUT, show_default=True, help="跳过多少个编号")
@with_appcontext
def after_restore(leave_out: int) -> None:
    """用别的办法（pg_restore）恢复之后、启动之前执行一次：编号不重复，消息不重发。"""
    _settle(leave_out)


def _settle(leave_out: int) -> None:
    with one_transaction() as session:
        found = restoring.settle(session, leave_out=leave_out, now=core().clock())
        session.commit()
    click.echo(f"编号向后跳过 {leave_out} 个以上；{found.pushes} 条未送完的推送改为“不确定”，不会自动重发。")
    click.echo(
        f"工作人员要重新登录（{found.devices} 个设备已退出）。备份以后解除的工作身份、注销的账号又都在了："
        "请按记录在“工作账号”里重新解除，注销的请本人再操作一次。"
    )
    click.echo("请用保存的链头检查：flask --app app verify-ledger --head …；之后可以启动。")


def _places() -> tuple[Path, Path | None]:
    """The file of the database and the folder of pictures.

    :raises ClickException: where the database is none, or the pictures lie in a bucket.
    """
    settings = core().settings
    path = db.engine.url.database
    if not settings.database_url.startswith("sqlite") or not path:
        raise click.ClickException("backup 和 restore 只用于 SQLite；PostgreSQL 请用 pg_dump，见 docs/operators.md。")
    if settings.upload_url.startswith("s3://"):
        raise click.ClickException("照片在对象存储里，请用它自己的办法备份，见 docs/operators.md。")
    return Path(path).resolve(), Path(settings.upload_url).resolve() if settings.upload_url else None


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own copy of one moment, while others write."""
    with (
        _private(target),
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@contextlib.contextmanager
def _private(path: Path) -> Any:
    """A new file that only the service's user reads."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        yield file


def _add_files(tar: tarfile.TarFile, root: Path | None) -> dict[str, str]:
    """Name → digest. One deleted meanwhile is left out: its row says so, or it belonged to nobody."""
    found: dict[str, str] = {}
    for path in sorted(root.glob("*/*/*")) if root is not None else ():
        with contextlib.suppress(FileNotFoundError):
            data, name = path.read_bytes(), f"{FILES}/{path.relative_to(root or path).as_posix()}"
            _add(tar, name, data)
            found[name] = hashlib.sha256(data).hexdigest()
    return found


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _manifest(copy: Path, files: dict[str, str], moment: dt.datetime) -> dict[str, Any]:
    """``sealed`` and ``index`` open with the right keys alone, and say nothing of them."""
    return {
        "at": moment.isoformat(timespec="seconds"),
        "database": _digest(copy),
        "files": files,
        "sealed": ring().encrypt(PURPOSE, PURPOSE),
        "index": ring().blind_index(PURPOSE, PURPOSE),
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nobody_works() -> None:
    """:raises ClickException: while workers are seen: a running service would go on writing to what is moved aside."""
    with contextlib.suppress(RedisError, OSError):
        if SimpleWorker.count(connection=connect(core().settings.redis_url)):
            raise click.ClickException("服务还在运行。请先停止，再恢复。")


def _unpack(file: Path, into: Path) -> dict[str, Any]:
    """Everything in it, whole and readable with our keys, before anything is moved.

    :raises ClickException: naming what is wrong.
    """
    try:
        with tarfile.open(file) as tar:
            tar.extractall(into, filter="data")
        manifest: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
        whole = _digest(into / DATABASE) == manifest["database"] and all(
            _digest(into / name) == digest for name, digest in manifest["files"].items()
        )
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        raise click.ClickException(f"读不出这个备份（{type(error).__name__}），什么也没有改动。") from None
    if not whole:
        raise click.ClickException("备份里的文件和它的清单对不上，什么也没有改动。")
    try:
        ring().decrypt(manifest["sealed"], PURPOSE)
    except ValueError:
        raise click.ClickException("FIELD_KEYS 里没有这个备份用的密钥，什么也没有改动。") from None
    if manifest["index"] != ring().blind_index(PURPOSE, PURPOSE):
        raise click.ClickException("SECRET_KEY 和备份时的不同，恢复后会找不到群众的事项，什么也没有改动。")
    (into / FILES).mkdir(exist_ok=True)
    return manifest


def _swap(fresh: Path, place: Path) -> None:
    """Put ``fresh`` there; what was there is kept beside it."""
    stamp = f".before-{core().clock():%Y%m%dT%H%M%S}"
    for old in (place, *(Path(f"{place}{end}") for end in ("-wal", "-shm"))):
        if old.exists():
            old.replace(f"{old}{stamp}")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(fresh, place)
