"""How a route is written: one decorator declares who may call it, how often, what it answers, what may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, get_type_hints

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from flask_openapi3.models import Parameter, PathItem
from pydantic import BaseModel

from miniprogram_api import limits
from miniprogram_api.access import (
    ANY_SESSION,
    PUBLIC,
    RECEIPT,
    Access,
    Declaration,
    Derive,
    Idempotency,
    Kind,
    RequestIdentity,
    current_actor,
    only,
)
from miniprogram_api.answers import Answer, as_answer, to_response
from miniprogram_api.idempotency import HEADER, KEY_PATTERN, request_identity, write
from miniprogram_api.reading_requests import RequestShape
from service import jobs
from service.errors import NotFound
from web.arriving import SAFE_METHODS

__all__ = [
    "ANY_SESSION",
    "PUBLIC",
    "RECEIPT",
    "Access",
    "Answer",
    "Door",
    "Idempotency",
    "RequestIdentity",
    "current_actor",
    "only",
    "request_identity",
    "route",
]

API = "/api/v1"
PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEM_TITLES = {
    401: "没有登录，或登录已失效",
    403: "没有权限",
    404: "没有找到，或不对您开放",
    409: "与现在的内容冲突",
    413: "内容太大",
    415: "内容类型不支持",
    422: "填写有误",
    429: "操作太频繁",
    503: "服务暂不可用",
}
RETRY_AFTER = {"Retry-After": {"description": "等待的秒数", "schema": {"type": "integer"}}}
Handler = Callable[..., Any]


class Door(APIBlueprint):
    """A group of routes under ``/api/v1`` sharing a tag. The library documents; binding and answering are ours."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name, __name__, url_prefix=API, abp_tags=[Tag(name=name, description=title)])
        self.declarations: dict[str, Declaration] = {}
        self._shapes: dict[str, RequestShape] = {}

    def declare(self, declaration: Declaration, shape: RequestShape, handler: Handler) -> None:
        self.declarations[f"{self.name}.{handler.__name__}"] = declaration
        self._shapes[handler.__name__] = shape

    def create_view_func(self, func: Handler, *_models: Any, **_options: Any) -> Handler:  # type: ignore[override]
        """Replaces the library's binding (see :mod:`miniprogram_api.reading_requests`).

        :raises TypeError: for a handler registered past :func:`route`, hence without a declaration.
        """
        declaration = self.declarations.get(f"{self.name}.{func.__name__}")
        if declaration is None:
            raise TypeError(f"{func.__name__}: write API routes with @route")
        return _view(func, declaration, self._shapes[func.__name__])


def route(
    door: Door,
    method: str,
    rule: str,
    *,
    access: Access,
    summary: str,
    answers: Mapping[int, type[BaseModel] | str | None],
    idempotency: Idempotency = Idempotency.NONE,
    derived: Derive | None = None,
    limit: str | None = None,
    problems: tuple[int, ...] = (),
    wakes: bool = True,
    rings: str = jobs.DRAIN_OUTBOX,
    takes_session: bool = False,
) -> Callable[[Handler], Handler]:
    """Register ``handler`` at ``/api/v1`` + ``rule``.

    The handler names what it wants: ``path``, ``query``, ``body`` or ``form``, each annotated with a model; it returns
    a model, None or an :class:`Answer`, and neither commits nor rolls back. ``answers``: status → model (None: empty
    body; a media type: a file of it), the first is the usual one. ``problems``: statuses beyond those that follow from
    access, inputs, idempotency and limit.
    ``derived``: fields of the answer that are computed from the request's identity instead of stored. ``wakes``: False
    where no event can follow, to spare Redis. ``rings``: another job than the outbox's, where that is what follows.
    ``takes_session``: a public route that a session may come along to.
    """

    def register(handler: Handler) -> Handler:
        shape = _shape(handler)
        takes_files = shape.form is not None
        declaration = Declaration(access, tuple(answers), idempotency, limit, derived, wakes, takes_files, rings)
        door.declare(declaration, shape, handler)
        add_to_library = getattr(door, method.lower())(
            rule,
            summary=summary,
            operation_id=handler.__name__,
            responses=_responses(answers, _problem_statuses(method, declaration, shape, problems)),
            security=[{"bearer": []}] if access.needs_session else [{}, {"bearer": []}] if takes_session else None,
            provide_automatic_options=False,
        )
        add_to_library(handler)
        if idempotency is not Idempotency.NONE:
            _document_key(door, method, rule, required=idempotency is Idempotency.REQUIRED)
        return handler

    return register


def _shape(handler: Handler) -> RequestShape:
    hints = get_type_hints(handler)
    return RequestShape(**{name: hints[name] for name in ("path", "query", "body", "form") if name in hints})


def _view(handler: Handler, declaration: Declaration, shape: RequestShape) -> Handler:
    @wraps(handler)
    def view(**_view_args: Any) -> Response:
        try:
            inputs = shape.read()
            if request.method in SAFE_METHODS:
                return to_response(as_answer(handler(**inputs), declaration))
            return write(declaration, lambda: handler(**inputs))
        except NotFound:
            if declaration.access.kind is Kind.RECEIPT:
                limits.count_failed_lookup()
            raise

    return view


def _problem_statuses(method: str, declaration: Declaration, shape: RequestShape, extra: tuple[int, ...]) -> list[int]:
    """Every 4xx and 503 the frame itself can give on such a route, and those the handler adds."""
    access = declaration.access
    statuses = {503, *extra}
    statuses |= {401} if access.needs_session else set()
    statuses |= {403} if access.kind is Kind.ROLES else set()
    statuses |= {404} if shape.path or access.kind is Kind.RECEIPT else set()
    statuses |= {422} if shape.query or declaration.idempotency is not Idempotency.NONE else set()
    statuses |= {413, 415, 422} if shape.body or shape.form else set()
    statuses |= {409, 413} if method not in SAFE_METHODS else set()
    statuses |= {429} if declaration.limit or access.kind is Kind.RECEIPT else set()
    return sorted(statuses)


def _responses(answers: Mapping[int, type[BaseModel] | str | None], problems: list[int]) -> dict[str, Any]:
    documented: dict[str, Any] = {str(status): _documented_answer(answer) for status, answer in answers.items()}
    return documented | {str(status): _documented_problem(status) for status in problems}


def _documented_answer(answer: type[BaseModel] | str | None) -> Any:
    if isinstance(answer, str):
        return {"description": "文件", "content": {answer: {"schema": {"type": "string", "format": "binary"}}}}
    return answer or {"description": "成功，没有内容"}


def _documented_problem(status: int) -> dict[str, Any]:
    headers = {"headers": RETRY_AFTER} if status in (429, 503) else {}
    return {"description": PROBLEM_TITLES.get(status, "出错"), "content": PROBLEM_CONTENT, **headers}


def _document_key(door: Door, method: str, rule: str, *, required: bool) -> None:
    uri = API + rule.replace("<", "{").replace(">", "}")
    item: PathItem = door.paths[uri]
    operation = getattr(item, method.lower())
    schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": KEY_PATTERN}
    parameter = Parameter.model_validate(
        {
            "name": HEADER,
            "in": "header",
            "required": required,
            "description": "同一编号只执行一次",
            "schema": schema,
        }
    )
    operation.parameters = [*(operation.parameters or []), parameter]
