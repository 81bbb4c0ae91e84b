"""The OpenAPI 3.1 document, built from the declarations of the routes; no database and no settings are needed."""

from __future__ import annotations

import copy
from typing import Any, cast

from flask import Blueprint, Response, current_app, json
from flask_openapi3 import Info, OpenAPI

from miniprogram_api.doors import add_routes
from miniprogram_api.schemas import Problem

INFO = Info(
    title="码上代表",
    version="1.0.0",
    description="人大代表联络站：扫码、反映、办理、反馈。错误为 application/problem+json，detail 是给居民看的话。",
)
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "POST /api/v1/sessions 得到的 token"}
}
DOCUMENT = "miniprogram_api.document"
ENDPOINT = "openapi_document.openapi_json"
PROBLEM_STATUS = 422

blueprint = Blueprint("openapi_document", __name__, url_prefix="/api/v1")


def new_app(name: str) -> OpenAPI:
    """A Flask application that can document itself; the library's own pages stay off."""
    return OpenAPI(
        name,
        info=INFO,
        security_schemes=SECURITY_SCHEMES,
        doc_ui=False,
        validation_error_status=PROBLEM_STATUS,
        validation_error_model=Problem,
    )


def document_of(app: OpenAPI) -> dict[str, Any]:
    """The library's document without the 422 it adds everywhere in its own media type."""
    document: dict[str, Any] = copy.deepcopy(app.api_doc)
    for item in document["paths"].values():
        for operation in item.values():
            foreign = operation["responses"].get(str(PROBLEM_STATUS), {}).get("content", {})
            if "application/json" in foreign:
                del operation["responses"][str(PROBLEM_STATUS)]
    return document


def openapi_document() -> dict[str, Any]:
    """The whole document, for ``./dev openapi`` and the tests."""
    app = new_app("openapi")
    add_routes(app)
    return document_of(app)


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    """Computed once per process: routes do not change while it runs."""
    text: str | None = current_app.extensions.get(DOCUMENT)
    if text is None:
        text = json.dumps(document_of(cast(OpenAPI, current_app)), ensure_ascii=False)
        current_app.extensions[DOCUMENT] = text
    return Response(text, mimetype="application/json")
