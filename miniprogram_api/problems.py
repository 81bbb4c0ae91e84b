"""Errors on the wire: one table from fault to status, one shape (RFC 9457) with a sentence people understand."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, cast

import structlog
from flask import Flask, Response, json, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from miniprogram_api import landing
from miniprogram_api.access import PREFIX
from miniprogram_api.presenters import present
from service import errors
from service.db import db

MEDIA_TYPE = "application/problem+json"

STATUS_OF: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Forbidden, 403),
    (errors.Unauthenticated, 401),
    (errors.Invalid, 422),
    (errors.Conflict, 409),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)

TITLES = {
    400: "请求不正确",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    409: "内容已变化",
    413: "内容太大",
    415: "内容类型不支持",
    422: "填写有误",
    429: "操作太频繁",
    500: "服务出错",
    503: "服务暂不可用",
}

SENTENCES = {
    400: "请求的格式不正确，请刷新页面后再试。",
    404: "没有找到您要看的内容，请检查链接是否完整。",
    405: "这个地址不支持这种操作。",
    413: "提交的内容太大：文字请控制在 64 KB 以内，图片请控制在 10 MB 以内。",
    415: "无法识别提交内容的类型，请使用 JSON（上传图片请使用表单）。",
    500: "服务出了一点问题，已经记录下来，请稍后再试。",
}

log = structlog.get_logger(__name__)


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
    title = TITLES.get(status, "操作没有成功")
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
    status = next((status for kind, status in STATUS_OF if isinstance(error, kind)), 500)
    fields = error.fields if isinstance(error, errors.Invalid) else None
    current = present(error.current) if isinstance(error, errors.Conflict) else None
    return problem(status, error.detail, error.code, fields=fields, current=current, headers=_headers_of(error))


def _headers_of(error: errors.DomainError) -> dict[str, str]:
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": "30"} if isinstance(error, errors.Unavailable) else {}


def on_http_error(error: HTTPException) -> Response:
    """Werkzeug's own refusals; ``Allow`` of a 405 is kept."""
    db.session.rollback()
    if error.response is not None:
        return cast(Response, error.response)
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    code = (error.name or "error").lower().replace(" ", "_")
    return problem(status, SENTENCES.get(status, errors.DomainError.detail), code, headers=kept)


def on_stale_data(_error: StaleDataError) -> Response:
    return on_domain_error(errors.Conflict())


def on_integrity_error(error: IntegrityError) -> Response:
    """Two requests met at a unique key: the other one won. Logged with the constraint, in case it is our mistake."""
    diagnosis = getattr(error.orig, "diag", None)
    log.warning("integrity_error", constraint=getattr(diagnosis, "constraint_name", None), route=_route())
    return on_domain_error(errors.Conflict())


def on_database_away(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database_away", error=type(error).__name__, route=_route())
    return on_domain_error(errors.Unavailable())


def on_unexpected(error: Exception) -> Response:
    """What nobody foresaw: the log gets the kind and the place, never the message, which may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = ["/".join(Path(frame.filename).parts[-2:]) + f":{frame.lineno}" for frame in frames]
    log.error("unexpected_error", error=type(error).__name__, places=places, route=_route())
    db.session.rollback()
    return problem(500, SENTENCES[500], "internal_error")


def _route() -> str | None:
    return request.url_rule.rule if request.url_rule else None


def register(app: Flask) -> None:
    """One table of handlers for the whole application."""
    app.register_error_handler(errors.DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(StaleDataError, on_stale_data)
    app.register_error_handler(IntegrityError, on_integrity_error)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, on_database_away)
    app.register_error_handler(Exception, on_unexpected)
