"""What handlers give back, and how it becomes a response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, json
from pydantic import BaseModel

from miniprogram_api.access import Declaration


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler returns a model, None (204), or this when the status is not the route's first one."""

    body: BaseModel | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Media:
    """Declares that a route answers with a file: its handler gives the response itself."""

    mimetype: str

    def documented(self) -> dict[str, Any]:
        return {"description": "文件", "content": {self.mimetype: {"schema": {"type": "string", "format": "binary"}}}}


def as_answer(result: BaseModel | Answer | None, declaration: Declaration) -> Answer:
    answer = result if isinstance(result, Answer) else Answer(result)
    return answer if answer.status else Answer(answer.body, declaration.statuses[0], answer.headers)


def respond(result: BaseModel | Answer | Response | None, declaration: Declaration) -> Response:
    """What a reading handler gave back, as a response; a file is one already."""
    return result if isinstance(result, Response) else to_response(as_answer(result, declaration))


def to_response(answer: Answer) -> Response:
    """Straight to bytes, by pydantic's own serialiser."""
    if answer.body is None:
        return Response(status=answer.status, headers=answer.headers)
    return Response(answer.body.model_dump_json(), answer.status, answer.headers, mimetype="application/json")


def stored_to_response(status: int, payload: Any) -> Response:
    if payload is None:
        return Response(status=status)
    return Response(json.dumps(payload, ensure_ascii=False), status, mimetype="application/json")
