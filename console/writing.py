"""A form and what came of it are one transaction: sent twice (double click, back and again), it is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from console import cookies, guard
from console.access import Declaration, current_actor
from service.bootstrap import core
from service.db import db
from service.errors import DomainError, Invalid
from service.ids import keyed_digest
from service.outbox import idempotency

KEY = "_key"
NAME = "_name"
NO_KEY = "页面不完整，请刷新后再提交一次；没有任何内容被保存。"
NOTICE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Done:
    """Where the visitor goes, and the sentence to be read there. Nothing personal: it travels in a cookie."""

    to: str
    notice: str | None = None

    def response(self) -> Response:
        answer = Response(status=303, headers={"Location": self.to})
        if self.notice:
            cookies.put(answer, cookies.NOTICE, cookies.sealed("notice", self.notice), seconds=NOTICE_SECONDS)
        return answer


def write(declaration: Declaration, handler: Callable[[], Any]) -> Response:
    """Run what a form asks for, commit, ring for the workers."""
    try:
        response = _repeatable(handler) if declaration.once else _plain(handler)
    except DomainError as refusal:
        if refusal.keep_changes:
            db.session.commit()
        raise
    if declaration.rings is not None:
        core().wake(declaration.rings)
    return response


def _plain(handler: Callable[[], Any]) -> Response:
    made = handler()
    db.session.commit()
    if isinstance(made, Done):
        return made.response()
    return made if isinstance(made, Response) else Response(made, mimetype="text/html")


def _repeatable(handler: Callable[[], Done]) -> Response:
    key_digest, body_digest = _key(), _body()

    def attempt() -> Response:
        done = handler()
        answer = {"to": done.to, "notice": done.notice}
        session = db.session()
        idempotency.remember(
            session, key_digest=key_digest, body_digest=body_digest, status=303, answer=answer, now=core().clock()
        )
        session.commit()
        return done.response()

    return idempotency.repeatable(
        db.session(),
        key_digest=key_digest,
        body_digest=body_digest,
        attempt=attempt,
        replay=lambda _status, answer: Done(**answer).response(),
    )


def _key() -> str:
    """:raises Invalid: for a form without its key."""
    key = request.form.get(KEY, "")
    if not 16 <= len(key) <= 100 or not key.isascii():
        raise Invalid(NO_KEY)
    caller = current_actor().account_id or ""
    return keyed_digest(core().settings.secret_key, "console.idempotency", f"{request.path}\n{caller}\n{key}")


def _body() -> str:
    """Fields and files, whatever the boundary between them."""
    digest = hashlib.sha256()
    for name, value in sorted(request.form.items(multi=True)):
        if name not in (guard.FIELD, KEY):
            digest.update(hashlib.sha256(f"{name}\0{value}".encode()).digest())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        digest.update(hashlib.sha256(f"{name}\0{file.filename}".encode()).digest())
        digest.update(hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return keyed_digest(core().settings.secret_key, "body", digest.hexdigest())
