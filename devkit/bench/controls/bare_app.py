"""A bare Flask application inside the very process that serves the product: no validation, no rules, no hooks.

``POST /submit`` writes the rows of one submission in one statement through the product's connection pool;
``GET /answers/NAME`` returns bytes that lie in memory.
"""

from __future__ import annotations

import functools
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from devkit.bench.controls.one_statement import Writer


def bare_app(engine: sa.Engine, answers: Path) -> Flask:
    """``answers``: a folder of JSON files, each read once per process."""
    app = Flask(__name__)
    writer = Writer(engine)

    @functools.cache
    def in_memory(name: str) -> bytes:
        return (answers / name).read_bytes()

    @app.post("/submit")
    def submit() -> ResponseReturnValue:
        issue_id = writer.write(request.get_json()["content"])
        return jsonify({"id": issue_id}), 201

    @app.get("/answers/<name>")
    def answer(name: str) -> Response:
        return Response(in_memory(name), content_type="application/json")

    return app
