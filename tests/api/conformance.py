"""Every answer any test gets from the API is held against the OpenAPI document: its status, media type and body."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.exceptions import HTTPException

from miniprogram_api.document import openapi_document


@cache
def _document() -> dict[str, Any]:
    return openapi_document()


@cache
def _validator(path: str, method: str, status: str, media_type: str) -> Any:
    content = _document()["paths"][path][method]["responses"][status]["content"]
    schema = content[media_type]["schema"] | {"components": _document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


def check(app: Flask, method: str, answer: Any) -> None:
    """:raises AssertionError: when the document does not foresee this answer."""
    path = _template(app, answer.request.path, method)
    if path not in _document()["paths"] or method == "HEAD":
        return
    documented = _document()["paths"][path][method.lower()]["responses"]
    status = str(answer.status_code)
    assert status in documented, f"{method} {path} answered {status}, documented: {sorted(documented)}"
    if "content" not in documented[status]:
        assert answer.data == b"", f"{method} {path} {status} should be empty"
        return
    assert answer.mimetype in documented[status]["content"], f"{method} {path} {status}: {answer.mimetype}"
    if not answer.is_json and not answer.mimetype.endswith("+json"):
        return  # a file
    _validator(path, method.lower(), status, answer.mimetype).validate(answer.json)


def _template(app: Flask, path: str, method: str) -> str:
    """The path as the document writes it; empty when no route answers there."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method=method, return_rule=True)
    except HTTPException:
        return ""
    return str(rule.rule).replace("<", "{").replace(">", "}")
