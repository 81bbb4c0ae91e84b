"""What a fault is called on the way out: one table from the domain's words to statuses and sentences, for every door."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from service import errors

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


def status_of(error: errors.DomainError) -> int:
    return next((status for kind, status in STATUS_OF if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    return TITLES.get(status, "操作没有成功")


def retry_after(error: errors.DomainError) -> dict[str, str]:
    """The header that says when trying again helps, where it does."""
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "30"} if isinstance(error, errors.Unavailable) else {}


def overtaken(error: IntegrityError) -> errors.Conflict:
    """Two requests met at a unique key: the other one won. Logged with the constraint, in case it is our mistake."""
    diagnosis = getattr(error.orig, "diag", None)
    log.warning("integrity_error", constraint=getattr(diagnosis, "constraint_name", None), route=route())
    return errors.Conflict()


def database_away(error: DBAPIError | PoolTimeout) -> errors.Unavailable:
    log.error("database_away", error=type(error).__name__, route=route())
    return errors.Unavailable()


def hand_over(
    door: Flask | Blueprint,
    *,
    on_domain_error: Callable[[errors.DomainError], Response],
    on_http_error: Callable[[HTTPException], Response],
    on_unexpected: Callable[[Exception], Response],
) -> None:
    """Every fault of ``door`` reaches one of three answers; what the database says is put into the domain's words first."""
    door.register_error_handler(errors.DomainError, on_domain_error)
    door.register_error_handler(HTTPException, on_http_error)
    door.register_error_handler(StaleDataError, lambda _error: on_domain_error(errors.Conflict()))
    door.register_error_handler(IntegrityError, lambda error: on_domain_error(overtaken(error)))
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        door.register_error_handler(kind, lambda error: on_domain_error(database_away(error)))
    door.register_error_handler(Exception, on_unexpected)


def note_unexpected(error: Exception) -> None:
    """What nobody foresaw: the log gets the kind and the place, never the message, which may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = ["/".join(Path(frame.filename).parts[-2:]) + f":{frame.lineno}" for frame in frames]
    log.error("unexpected_error", error=type(error).__name__, places=places, route=route())


def route() -> str | None:
    """The route's template: codes stand in the path itself."""
    return request.url_rule.rule if request.url_rule else None
