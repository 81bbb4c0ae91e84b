"""The console's cookies: never read by a script, never sent from another site, over with the browser."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any

from flask import Response, request

from service.bootstrap import core
from service.ids import keyed_digest

PATH = "/console"
SESSION = "console_session"
"""The desk session's token."""
VISIT = "console_visit"
"""A random name for a browser that has not signed in yet, so that its forms can be told from others'."""
TICKET = "console_ticket"
"""Id and secret of the ticket whose QR this browser shows."""
NOTICE = "console_notice"
"""One sentence for the next page; nothing personal is ever said in one."""
LOOK = "console_look"
"""Light or dark, normal or large."""


def put(answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PATH,
        secure=core().settings.public_base_url.startswith("https://"),
        httponly=True,
        samesite="Strict",
    )


def drop(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path=PATH, httponly=True, samesite="Strict")


def sealed(purpose: str, value: Any) -> str:
    """``value`` (JSON), so that nobody but this server can have written it; anybody may read it."""
    text = base64.urlsafe_b64encode(json.dumps(value, ensure_ascii=False).encode()).decode().rstrip("=")
    return f"{text}.{_signature(purpose, text)}"


def opened(purpose: str, name: str) -> Any:
    """What :func:`sealed` put into the cookie ``name``; None when it did not."""
    text, _, signature = request.cookies.get(name, "").rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(purpose, text).encode()):
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return None


def _signature(purpose: str, text: str) -> str:
    return keyed_digest(core().settings.secret_key, f"console.{purpose}", text)
