"""What a person at a desk sees when something fails: the domain's own sentence on a page, with the status programs expect."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from console.access import back_to, to_sign_in
from console.showing import render
from service import errors
from service.db import db, reading
from web import faults
from web.arriving import SAFE_METHODS

TOO_LARGE = "提交的内容太大：每个文件请控制在 10 MB 以内，一次合计 12 MB 以内；多的请分几次。没有任何内容被保存。"


def error_page(
    status: int, detail: str, *, headers: dict[str, str] | None = None, sentences: Collection[str] = ()
) -> Response:
    """A whole page, or for a piece of one only the words. ``sentences``: what exactly is wrong, where fields are."""
    db.session.rollback()
    reading.set(True)
    template = "console/_error.html" if "HX-Request" in request.headers else "console/error.html"
    looked = request.method in SAFE_METHODS  # after a mere look nothing waits in the tab
    body = render(
        template,
        heading=faults.title_of(status),
        detail=detail,
        status=status,
        sentences=sentences,
        written_on=None if looked else _came_from(),
        asked_on=_came_from() if sentences and looked else None,
    )
    return Response(body, status, headers=headers, mimetype="text/html")


def _came_from() -> str:
    """The page a refused form stood on: what was typed there waits in the tab (``drafts.js``)."""
    came_from = urlsplit(request.referrer or "")
    return back_to(came_from.path + (f"?{came_from.query}" if came_from.query else ""))


def on_domain_error(error: errors.DomainError) -> Response:
    if isinstance(error, errors.Unauthenticated):
        return to_sign_in()
    fields = error.fields.values() if isinstance(error, errors.Invalid) else ()
    sentences = [one for one in dict.fromkeys(fields) if one != error.detail]
    return error_page(faults.status_of(error), error.detail, headers=faults.retry_after(error), sentences=sentences)


def on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    sentence = TOO_LARGE if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else faults.SENTENCES.get(status)
    return error_page(status, sentence or errors.DomainError.detail, headers=kept)


def on_unexpected(error: Exception) -> Response:
    faults.note_unexpected(error)
    return error_page(500, faults.SENTENCES[500])


def register(blueprint: Blueprint) -> None:
    """One table of handlers for all pages."""
    faults.hand_over(
        blueprint, on_domain_error=on_domain_error, on_http_error=on_http_error, on_unexpected=on_unexpected
    )
