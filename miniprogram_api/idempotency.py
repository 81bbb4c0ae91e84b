"""A write and the answer it got are one transaction: a repeated request gets that answer and does nothing again.

Answers are stored encrypted, under keyed digests. Secrets that can be derived from the request (a receipt code) are
left out of what is stored and computed again for a replay.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from miniprogram_api.access import Declaration, Idempotency, RequestIdentity, current_actor
from miniprogram_api.answers import Answer, as_answer, stored_to_response, to_response
from service.bootstrap import core
from service.db import db
from service.errors import DomainError, Invalid
from service.ids import clean_code, keyed_digest
from service.outbox import idempotency

HEADER = "Idempotency-Key"
KEY_PATTERN = "^[\\x21-\\x7e]{1,100}$"
MAX_KEY = 100

Handler = Callable[[], Any]


def request_identity() -> RequestIdentity:
    """What identifies this request to its handler, e.g. for a receipt code; random when no key was sent."""
    identity: RequestIdentity = g.identity
    return identity


def write(declaration: Declaration, handler: Handler) -> Response:
    """Run a changing handler, commit, ring for the workers."""
    key = _key(declaration)
    try:
        if key is None:
            g.identity = RequestIdentity(secrets.token_hex(32), secrets.token_hex(32))
            answer = as_answer(handler(), declaration)
            db.session.commit()
            response = to_response(answer)
        else:
            g.identity = _identity(key)
            response = _repeatable(declaration, handler, g.identity)
    except DomainError as refusal:
        if refusal.keep_changes:
            db.session.commit()
        raise
    if declaration.wakes:
        core().wake(declaration.rings)
    return response


def _key(declaration: Declaration) -> str | None:
    """The caller's key.

    :raises Invalid: when it is required and missing, or not 1–100 visible ASCII characters.
    """
    if declaration.idempotency is Idempotency.NONE:
        return None
    key = request.headers.get(HEADER)
    if key is None and declaration.idempotency is Idempotency.OPTIONAL:
        return None
    if key is None:
        raise Invalid("缺少请求编号（Idempotency-Key），无法防止重复提交。", fields={HEADER: "这一项必须填写。"})
    if not 1 <= len(key) <= MAX_KEY or not all("!" <= char <= "~" for char in key):
        raise Invalid(fields={HEADER: "请求编号应为 1–100 个可见的英文字符。"})
    return key


def _identity(key: str) -> RequestIdentity:
    secret, actor = core().settings.secret_key, current_actor()
    caller = actor.account_id or actor.receipt_digest or ""
    key_digest = keyed_digest(secret, "idempotency", f"{request.method} {_place()}\n{caller}\n{key}")
    return RequestIdentity(key_digest, keyed_digest(secret, "body", _body_fingerprint()))


def _place() -> str:
    """The path; a receipt code in it as it was printed, however this repetition typed it."""
    typed = (request.view_args or {}).get("receipt_code")
    return request.path if typed is None else request.path.replace(typed, clean_code(typed))


def _body_fingerprint() -> str:
    """A repeated upload has another multipart boundary: there fields and files are compared, not the raw bytes."""
    digest = hashlib.sha256()
    if request.mimetype != "multipart/form-data":
        digest.update(request.get_data(cache=True))
        return digest.hexdigest()
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(hashlib.sha256(f"{name}\0{value}".encode()).digest())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        digest.update(hashlib.sha256(f"{name}\0{file.filename}".encode()).digest())
        digest.update(hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return digest.hexdigest()


def _repeatable(declaration: Declaration, handler: Handler, identity: RequestIdentity) -> Response:
    def replay(status: int | None, payload: Any) -> Response:
        return stored_to_response(status or declaration.statuses[0], _with_derived(payload, declaration, identity))

    return idempotency.repeatable(
        db.session(),
        key_digest=identity.key,
        body_digest=identity.body_digest,
        attempt=lambda: _once(declaration, handler, identity),
        replay=replay,
    )


def _once(declaration: Declaration, handler: Handler, identity: RequestIdentity) -> Response:
    session, now = db.session(), core().clock()
    answer: Answer = as_answer(handler(), declaration)
    status = answer.status or declaration.statuses[0]
    payload: Any = answer.body.model_dump(mode="json") if answer.body else None
    secret = declaration.derived(identity) if declaration.derived and payload is not None else {}
    stored = {name: value for name, value in payload.items() if name not in secret} if secret else payload
    idempotency.remember(
        session, key_digest=identity.key, body_digest=identity.body_digest, status=status, answer=stored, now=now
    )
    session.commit()
    return stored_to_response(status, {**payload, **secret} if secret else payload)


def _with_derived(payload: Any, declaration: Declaration, identity: RequestIdentity) -> Any:
    if payload is None or declaration.derived is None:
        return payload
    return {**payload, **declaration.derived(identity)}
