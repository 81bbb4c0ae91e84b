"""What a person at a desk sees when something fails: the domain's own sentence on a page, with the status programs expect."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from console.access import to_sign_in
from console.showing import render
from service import errors
from service.db import db, reading
from web import faults


def error_page(status: int, detail: str, *, headers: dict[str, str] | None = None) -> Response:
    """A whole page, or for a piece of one only the sentence."""
    db.session.rollback()
    reading.set(True)
    template = "console/_error.html" if "HX-Request" in request.headers else "console/error.html"
    body = render(template, heading=faults.title_of(status), detail=detail, status=status)
    return Response(body, status, headers=headers, mimetype="text/html")


def on_domain_error(error: errors.DomainError) -> Response:
    if isinstance(error, errors.Unauthenticated):
        return to_sign_in()
    return error_page(faults.status_of(error), error.detail, headers=faults.retry_after(error))


def on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    return error_page(status, faults.SENTENCES.get(status, errors.DomainError.detail), headers=kept)


def on_stale_data(_error: StaleDataError) -> Response:
    return on_domain_error(errors.Conflict())


def on_integrity_error(error: IntegrityError) -> Response:
    return on_domain_error(faults.overtaken(error))


def on_database_away(error: DBAPIError | PoolTimeout) -> Response:
    return on_domain_error(faults.database_away(error))


def on_unexpected(error: Exception) -> Response:
    faults.note_unexpected(error)
    return error_page(500, faults.SENTENCES[500])


def register(blueprint: Blueprint) -> None:
    """One table of handlers for all pages."""
    blueprint.register_error_handler(errors.DomainError, on_domain_error)
    blueprint.register_error_handler(HTTPException, on_http_error)
    blueprint.register_error_handler(StaleDataError, on_stale_data)
    blueprint.register_error_handler(IntegrityError, on_integrity_error)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        blueprint.register_error_handler(kind, on_database_away)
    blueprint.register_error_handler(Exception, on_unexpected)
