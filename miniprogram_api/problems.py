"""Errors on the wire: one table from fault to status, one shape (RFC 9457) with a sentence people understand."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException

from miniprogram_api import landing
from miniprogram_api.access import PREFIX
from miniprogram_api.presenters import present
from service import errors
from service.db import db
from web import faults

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str,
    code: str,
    *,
    fields: dict[str, str] | None = None,
    current: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem answer; outside the API, where a person looks at it, a page with the same sentence."""
    title = faults.title_of(status)
    if not request.path.startswith(PREFIX):
        response = Response(landing.sentence_page(title, detail), status, mimetype="text/html")
    else:
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
        extra = {
            "errors": [{"field": name, "message": text} for name, text in (fields or {}).items()] or None,
            "current": current,
        }
        filled = {name: value for name, value in extra.items() if value is not None}
        response = Response(json.dumps(body | filled, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers.extend(headers or {})
    return response


def on_domain_error(error: errors.DomainError) -> Response:
    db.session.rollback()
    status = faults.status_of(error)
    fields = error.fields if isinstance(error, errors.Invalid) else None
    current = present(error.current) if isinstance(error, errors.Conflict) else None
    return problem(status, error.detail, error.code, fields=fields, current=current, headers=_headers_of(error))


def _headers_of(error: errors.DomainError) -> dict[str, str]:
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return faults.retry_after(error)


def on_http_error(error: HTTPException) -> Response:
    """Werkzeug's own refusals; ``Allow`` of a 405 is kept."""
    db.session.rollback()
    if error.response is not None:
        return cast(Response, error.response)
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    code = (error.name or "error").lower().replace(" ", "_")
    return problem(status, faults.SENTENCES.get(status, errors.DomainError.detail), code, headers=kept)


def on_unexpected(error: Exception) -> Response:
    faults.note_unexpected(error)
    db.session.rollback()
    return problem(500, faults.SENTENCES[500], "internal_error")


def register(app: Flask) -> None:
    """One table of handlers for the whole application."""
    faults.hand_over(app, on_domain_error=on_domain_error, on_http_error=on_http_error, on_unexpected=on_unexpected)
