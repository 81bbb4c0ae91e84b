"""A form is taken only from a page this server gave this visitor: a token bound to the session, and the browser's word for where
the form stood."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import g, request

from console import cookies
from service.bootstrap import core
from service.errors import Forbidden
from service.ids import keyed_digest, new_token, token_digest

FIELD = "_form"
ELSEWHERE = "这张表单不是从本页面提交的，或者页面放得太久了。请刷新页面后再试；没有任何内容被保存。"


def form_token() -> str:
    """For every form of this visitor: an HMAC over the session, or over the visit of who has none."""
    return keyed_digest(core().settings.secret_key, "console.form", _visitor(make=True))


def check_form() -> None:
    """:raises Forbidden: for a form without the token, or one that stood on another site's page."""
    visitor = _visitor(make=False)
    wanted = keyed_digest(core().settings.secret_key, "console.form", visitor)
    given = request.form.get(FIELD) or request.headers.get("X-Form-Token", "")
    if not visitor or not hmac.compare_digest(wanted.encode(), given.encode()) or not _from_here():
        raise Forbidden(ELSEWHERE, code="not_our_form")


def _visitor(*, make: bool) -> str:
    token = request.cookies.get(cookies.SESSION)
    if token and g.get("actor") is not None and g.actor.session_digest is not None:
        return token_digest(token)
    visit = request.cookies.get(cookies.VISIT, "") or g.get("new_visit", "")
    if not visit and make:
        visit = g.new_visit = new_token()
    return visit


def _from_here() -> bool:
    """By ``Origin``, which every browser sends with a form; without it by ``Sec-Fetch-Site``; both absent: no browser."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    ours = urlsplit(core().settings.public_base_url)
    return origin in (f"{ours.scheme}://{ours.netloc}", request.host_url.rstrip("/"))
