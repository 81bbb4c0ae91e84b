"""Cursors: where a list goes on. Opaque and signed, so that what comes back is what went out."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any

from service.bootstrap import core
from service.errors import Invalid
from service.ids import keyed_digest

_SIGNATURE_CHARS = 16
BAD_CURSOR = "翻页标记已失效，请从第一页重新打开。"


def encode_cursor(purpose: str, position: list[Any] | None) -> str | None:
    """``position``: JSON values (sort keys of the last item shown), None at the end of the list."""
    if position is None:
        return None
    text = json.dumps(position, ensure_ascii=False, separators=(",", ":"))
    signed = f"{_signature(purpose, text)}{text}".encode()
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def decode_cursor(purpose: str, cursor: str | None) -> list[Any] | None:
    """The position behind ``cursor``.

    :raises Invalid: for a cursor that was altered or belongs to another list.
    """
    if cursor is None:
        return None
    try:
        signed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise Invalid(fields={"cursor": BAD_CURSOR}) from None
    signature, text = signed[:_SIGNATURE_CHARS], signed[_SIGNATURE_CHARS:]
    if not hmac.compare_digest(signature.encode(), _signature(purpose, text).encode()):
        raise Invalid(fields={"cursor": BAD_CURSOR})
    position: list[Any] = json.loads(text)
    return position


def _signature(purpose: str, text: str) -> str:
    return keyed_digest(core().settings.secret_key, f"cursor:{purpose}", text)[:_SIGNATURE_CHARS]
