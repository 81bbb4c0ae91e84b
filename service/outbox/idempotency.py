"""Every write is safe to repeat: the same key and body get the same answer, also when sent at the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from service.errors import Conflict, DomainError
from service.outbox.models import AnsweredRequest
from service.rows import insert_together

KEEP = dt.timedelta(days=3)
ATTEMPTS = 3
Made = TypeVar("Made")


def remember(
    session: Session, *, key_digest: str, body_digest: str, status: int, answer: Any, now: dt.datetime
) -> None:
    """Keep the answer in the transaction of what it answers.

    A second request at the same moment waits here for the first one's commit (PostgreSQL: unique key; SQLite: one
    writer), and then finds its key taken.

    :raises IntegrityError: for a key that was answered before; nothing of this transaction may be kept.
    """
    insert_together(
        session,
        AnsweredRequest(
            key_digest=key_digest, body_digest=body_digest, status=status, answer=answer, expires_at=now + KEEP
        ),
    )


def answered(session: Session, *, key_digest: str, body_digest: str) -> AnsweredRequest | None:
    """What the request with this key was answered, or None.

    :raises Conflict: when the key was used with another body.
    """
    earlier = session.scalar(sa.select(AnsweredRequest).where(AnsweredRequest.key_digest == key_digest))
    if earlier is not None and earlier.body_digest != body_digest:
        raise Conflict("这个请求编号已用于另一份内容，请刷新页面后重新提交。", code="idempotency_key_reused")
    return earlier


def repeatable(
    session: Session,
    *,
    key_digest: str,
    body_digest: str,
    attempt: Callable[[], Made],
    replay: Callable[[int | None, Any], Made],
) -> Made:
    """Do it, unless it was done: a request is seen to be a repetition when it fails, or when its key is taken.

    So an ordinary request pays one insert for being repeatable. A deadlock or a lost race is tried again: nothing of the
    failed attempt is left. ``attempt`` remembers its answer and commits; ``replay`` is given status and answer of the
    first time.
    """
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except Exception as failure:
            if not (isinstance(failure, DomainError) and failure.keep_changes):
                session.rollback()
                earlier = answered(session, key_digest=key_digest, body_digest=body_digest)
                if earlier is not None:
                    status, answer = earlier.status, earlier.answer
                    session.rollback()
                    return replay(status, answer)
            if number == ATTEMPTS or not isinstance(failure, OperationalError | IntegrityError):
                raise
    raise AssertionError("unreachable")
