"""``reencrypt``: whatever still lies under an older field key is written anew under the newest, so that the old can go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from commands.reporting import progress_bar
from service.bootstrap import core
from service.crypto import EncryptedBytes, EncryptedJson, EncryptedText, ring
from service.db import Base, db, rows_changed
from service.uploads.storage import Missing
from service.uploads.vault import Kind, Vault

BATCH = 200
_KINDS = frozenset(kind.value for kind in Kind)


class Sealed(NamedTuple):
    """An encrypted column as it lies there: its table, its own name, the plain text of it, what it is authenticated for."""

    table: sa.Table
    column: sa.Column[Any]
    purpose: str

    @property
    def is_file(self) -> bool:
        return isinstance(self.column.type, EncryptedBytes)

    @property
    def raw(self) -> sa.types.TypeEngine[Any]:
        return sa.LargeBinary() if self.is_file else sa.Text()

    @property
    def stored(self) -> sa.ColumnElement[Any]:
        return sa.type_coerce(self.column, self.raw)

    @property
    def old(self) -> sa.ColumnElement[bool]:
        """Compared letter by letter: SQLite's LIKE would take the keys A and a for one."""
        mark = ring().marks[self.is_file]
        begins = sa.func.substr(self.stored, 1, len(mark), type_=self.raw)
        return sa.and_(self.column.is_not(None), begins != sa.literal(mark, self.raw))

    def renewed(self, value: Any) -> Any:
        """:raises ValueError: when its key is gone, or it was altered."""
        if self.is_file:
            return ring().encrypt_bytes(ring().decrypt_bytes(value, self.purpose), self.purpose)
        return ring().encrypt(ring().decrypt(value, self.purpose), self.purpose)


@click.command("reencrypt")
@with_appcontext
def reencrypt() -> None:
    """把仍用旧字段密钥加密的内容改用最新的密钥；服务运行时也可以执行，中断后重新执行即可接着做。"""
    session, faults = db.session(), 0
    for sealed in columns():
        faults += _column(session, sealed)
    files, broken = _files(core().vault)
    click.echo(f"照片文件：改写 {files} 个。")
    if faults or broken:
        raise click.ClickException(
            f"{faults + broken} 处读不出来（密钥已不在，或者内容被改动过），没有改动。请保留旧密钥。"
        )
    click.echo(f"全部内容都已使用密钥 {ring().newest}，更早的密钥可以从 FIELD_KEYS 中去掉。")


def columns() -> Iterator[Sealed]:
    """Every encrypted column of every table, however it came there."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText | EncryptedJson | EncryptedBytes):
                yield Sealed(table, column, column.type.purpose)


def _column(session: Session, sealed: Sealed) -> int:
    """Batch by batch, each committed; returns how many values cannot be read. Nothing is written over a newer value."""
    waiting = session.scalar(sa.select(sa.func.count()).select_from(sealed.table).where(sealed.old)) or 0
    session.rollback()
    if not waiting:
        return 0
    last: tuple[Any, ...] | None = None
    done = faults = 0
    with progress_bar(waiting, sealed.purpose) as tick:
        while rows := _batch(session, sealed, last):
            last = rows[-1][:-1]
            fresh = [one for one in (_renewed(sealed, row) for row in rows) if one is not None]
            done += sum(_write(session, sealed, *one) for one in fresh)
            faults += len(rows) - len(fresh)
            session.commit()
            tick(len(rows))
    click.echo(
        f"{sealed.table.name}.{sealed.column.name}：改写 {done} 条" + (f"，读不出来 {faults} 条" if faults else "")
    )
    return faults


def _batch(session: Session, sealed: Sealed, last: tuple[Any, ...] | None) -> list[tuple[Any, ...]]:
    keys = list(sealed.table.primary_key.columns)
    wanted = sa.select(*keys, sealed.stored).where(sealed.old).order_by(*keys).limit(1 if sealed.is_file else BATCH)
    if last is not None:
        wanted = wanted.where(sa.tuple_(*keys) > sa.tuple_(*last))
    return [tuple(row) for row in session.execute(wanted)]


def _renewed(sealed: Sealed, row: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any] | None:
    try:
        return row, sealed.renewed(row[-1])
    except ValueError:
        return None


def _write(session: Session, sealed: Sealed, row: tuple[Any, ...], value: Any) -> int:
    """Only where the value is still the one that was read."""
    same = [column == key for column, key in zip(sealed.table.primary_key.columns, row[:-1], strict=True)]
    changed = sa.update(sealed.table).where(*same, sealed.stored == row[-1])
    return rows_changed(session.execute(changed.values({sealed.column: sa.literal(value, sealed.raw)})))


def _files(vault: Vault) -> tuple[int, int]:
    """How many were written anew, how many cannot be read."""
    done = broken = 0
    for name, _written in vault.names():
        if name.partition("/")[0] not in _KINDS:
            continue
        try:
            done += vault.renew(name)
        except Missing:
            continue
        except ValueError:
            broken += 1
    return done, broken
