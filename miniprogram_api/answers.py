"""What handlers give back, and how it becomes a response."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask import Response, json
from pydantic import BaseModel

from miniprogram_api.access import Declaration


@dataclass(frozen=True, slots=True)
class File:
    """Bytes instead of JSON, in an answer to a read."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler returns a model, None (204), or this when the status is not the route's first one."""

    body: BaseModel | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    file: File | None = None


def as_answer(result: BaseModel | Answer | None, declaration: Declaration) -> Answer:
    answer = result if isinstance(result, Answer) else Answer(result)
    return answer if answer.status else replace(answer, status=declaration.statuses[0])


def to_response(answer: Answer) -> Response:
    """Straight to bytes, by pydantic's own serialiser."""
    if answer.file is not None:
        return Response(answer.file.content, answer.status, answer.headers, mimetype=answer.file.media_type)
    if answer.body is None:
        return Response(status=answer.status, headers=answer.headers)
    return Response(answer.body.model_dump_json(), answer.status, answer.headers, mimetype="application/json")


def stored_to_response(status: int, payload: Any) -> Response:
    if payload is None:
        return Response(status=status)
    return Response(json.dumps(payload, ensure_ascii=False), status, mimetype="application/json")
