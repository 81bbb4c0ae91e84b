"""Every write is safe to repeat: the same key and body get the same answer, also when sent at the same moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from service.db import is_sqlite
from service.errors import Conflict
from service.outbox.models import AnsweredRequest

KEEP = dt.timedelta(days=3)


def begin(session: Session, *, key_digest: str, body_digest: str, now: dt.datetime) -> AnsweredRequest | None:
    """Claim a key in this transaction. None: go ahead. A row: this request was answered before, with that answer.

    A second request at the same moment waits here for the first one's commit (PostgreSQL: unique key; SQLite: one writer).

    :raises Conflict: when the key was used with another body.
    """
    insert = sqlite_insert if is_sqlite(session) else pg_insert
    values = {"key_digest": key_digest, "body_digest": body_digest, "expires_at": now + KEEP}
    statement = insert(AnsweredRequest).values(**values).on_conflict_do_nothing().returning(AnsweredRequest.key_digest)
    if session.scalar(statement) is not None:
        return None
    earlier = session.scalar(sa.select(AnsweredRequest).where(AnsweredRequest.key_digest == key_digest))
    if earlier is None or earlier.body_digest != body_digest:
        raise Conflict("这个请求编号已用于另一份内容，请刷新页面后重新提交。", code="idempotency_key_reused")
    return earlier


def store_answer(session: Session, *, key_digest: str, status: int, answer: Any) -> None:
    statement = sa.update(AnsweredRequest).where(AnsweredRequest.key_digest == key_digest)
    session.execute(statement.values(status=status, answer=answer))


def release(session: Session, *, key_digest: str) -> None:
    """Forget a key claimed in this transaction: the request was refused, and trying again may go better."""
    session.execute(sa.delete(AnsweredRequest).where(AnsweredRequest.key_digest == key_digest))
