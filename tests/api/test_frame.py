"""What every route owes: an access declaration, one shape of error, limits on size, headers that forbid the rest."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask_openapi3 import OpenAPI
from pydantic import BaseModel
from sqlalchemy.orm import Session

from config.settings import ConfigurationError
from miniprogram_api import access, document, limits, register
from miniprogram_api.doors import DOORS
from miniprogram_api.routing import PUBLIC, Answer, Door, only, route
from miniprogram_api.schemas import Body, FilledText
from service.accounts.roles import Grant, Role
from service.db import db
from service.errors import NotFound
from tests.api.conftest import Client, MakeAccount, PlainClient, SignIn
from tests.conftest import make_settings

GUEST = {"provider": "guest"}
PROBLEM_KEYS = {"type", "title", "status", "detail", "code"}


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json
    chinese = any("一" <= char <= "鿿" for char in body["detail"])
    right_shape = set(body) >= PROBLEM_KEYS and body["status"] == status
    return answer.status_code == status and answer.mimetype == "application/problem+json" and chinese and right_shape


def guest(client: Client) -> dict[str, str]:
    token = client.post("/api/v1/sessions", json=GUEST).json["token"]
    return {"Authorization": f"Bearer {token}"}


def test_no_api_route_lacks_an_access_declaration(app: Flask) -> None:
    declared = app.extensions[access.EXTENSION]
    undeclared = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint not in declared
    ]
    assert undeclared == []
    assert len(declared) == sum(len(door.declarations) for door in DOORS) + 1


def test_a_route_without_declaration_is_not_there() -> None:
    app = document.new_app("undeclared")
    app.extensions[access.EXTENSION] = {}
    app.before_request(access.admit)
    app.add_url_rule("/api/v1/forgotten", view_func=lambda: "open!")
    app.register_error_handler(NotFound, lambda _error: ("closed", 404))
    assert app.test_client().get("/api/v1/forgotten").status_code == 404


def test_a_handler_registered_past_the_frame_is_refused_when_the_module_is_loaded() -> None:
    with pytest.raises(TypeError, match="@route"):

        @Door("bare", "bare").get("/bare")
        def bare() -> str:
            return "open!"


def test_401_403_404_and_405_share_one_shape(client: Client, sign_in: SignIn, make_account: MakeAccount) -> None:
    assert is_problem(client.get("/api/v1/me"), 401)
    assert client.get("/api/v1/me").headers["WWW-Authenticate"] == "Bearer"
    assert is_problem(client.post("/api/v1/feedback/x/answer", json={"text": "好"}, headers=guest(client)), 403)
    assert is_problem(client.get("/api/v1/nothing-here"), 404)
    admin = sign_in(make_account(Grant(Role.ADMIN, "330109")))
    assert is_problem(client.post("/api/v1/feedback/%00/answer", json={"text": "好"}, headers=admin), 404)
    wrong_method = client.put("/api/v1/sessions", json=GUEST)
    assert is_problem(wrong_method, 405)
    assert "POST" in wrong_method.headers["Allow"]
    assert is_problem(client.open("/api/v1/sessions", method="TRACE"), 405)


def test_unknown_fields_are_refused_and_nothing_of_the_input_is_repeated(client: Client) -> None:
    answer = client.post("/api/v1/sessions", json={"provider": "guest", "phone": "13812345678"})
    assert is_problem(answer, 422)
    assert answer.json["errors"] == [{"field": "guest.phone", "message": "不认识这一项，请去掉。"}]
    assert "13812345678" not in answer.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"{\\"provider\\":\\"guest\\"}"',
        b"\xff\xfe",
        b'{"provider":"\\ud800"}',
        b"[" * 5000,
        b"NaN",
    ],
)
def test_broken_json_is_422(client: Client, raw: bytes) -> None:
    assert is_problem(client.post("/api/v1/sessions", data=raw, content_type="application/json"), 422)


def test_other_media_types_are_415(client: Client) -> None:
    assert is_problem(client.post("/api/v1/sessions", data=b"provider=guest"), 415)
    assert is_problem(client.post("/api/v1/sessions", data=b"{}", content_type="text/plain"), 415)


@pytest.mark.parametrize(
    "raw", ['"a\\u0000b"', '"\\ud800"', '"\\u001b[31m"', '"   "', '""', "7", '["x"]', '"' + "字" * 41 + '"']
)
def test_text_that_is_no_text_is_422(client: Client, raw: str) -> None:
    body = b'{"display_name": ' + raw.encode() + b"}"
    answer = client.patch("/api/v1/me", data=body, content_type="application/json", headers=guest(client))
    assert is_problem(answer, 422)


@pytest.mark.parametrize("name", ["👩‍👩‍👧‍👦一家", "ئۇيغۇر", "王\u200f小明", "𠮷田", "first\nsecond"])
def test_emoji_and_right_to_left_names_survive(client: Client, name: str) -> None:
    headers = guest(client)
    assert client.patch("/api/v1/me", json={"display_name": name}, headers=headers).status_code == 200
    assert client.get("/api/v1/me", headers=headers).json["display_name"] == name


def test_json_over_64_kb_is_413_announced_or_chunked(client: Client) -> None:
    large = json.dumps({"provider": "x" * limits.MAX_JSON_BYTES}).encode()
    assert is_problem(client.post("/api/v1/sessions", data=large, content_type="application/json"), 413)
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.open(
        "/api/v1/sessions",
        method="POST",
        input_stream=io.BytesIO(large),
        content_type="application/json",
        environ_overrides=chunked,
    )
    assert is_problem(answer, 413)
    assert is_problem(client.delete("/api/v1/me", data=b"x" * (12 * 1024 * 1024 + 1), headers=guest(client)), 413)


def test_every_answer_carries_the_headers_that_forbid_the_rest(client: Client) -> None:
    for answer in (
        client.get("/api/v1/openapi.json"),
        client.get("/api/v1/me"),
        client.get("/api/v1/nothing"),
    ):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert len(answer.headers["X-Request-Id"]) == 26


class Note(BaseModel):
    text: str


class NoteIn(Body):
    text: FilledText


def test_the_unforeseen_is_500_without_a_word_of_what_happened(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("secret 13812345678")

    monkeypatch.setattr("miniprogram_api.sessions.sessions.create_guest", explode)
    with structlog.testing.capture_logs() as lines:
        answer = PlainClient(app, app.response_class).post("/api/v1/sessions", json=GUEST)
    assert is_problem(answer, 500)
    assert "13812345678" not in answer.text + repr(lines)
    crash = next(line for line in lines if line["event"] == "unexpected_error")
    assert crash["error"] == "RuntimeError"
    assert any("test_frame.py" in place for place in crash["places"])


def test_log_lines_hold_no_token_phone_address_or_code(client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        headers = guest(client)
        client.get("/api/v1/feedback?box=mine&limit=7", headers=headers)
        client.delete("/api/v1/sessions/some-session-id", headers=headers)
        client.get("/s/ABCDEFGH12")
        client.post(
            "/api/v1/me/bind",
            json={"invitation_code": "ABCD-EFGH-1234", "phone_code": "13800138000"},
            headers=headers,
        )
    text = repr(lines)
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["route"] for line in requests][2:4] == ["/api/v1/sessions/<id>", "/s/<code>"]
    assert {"method", "route", "status", "ms", "request_id"} <= set(requests[0])
    for secret in (
        headers["Authorization"][7:],
        "some-session-id",
        "ABCDEFGH12",
        "13800138000",
        "127.0.0.1",
        "limit=7",
        "ABCD-EFGH",
    ):
        assert secret not in text


def test_limits_cannot_be_scaled_in_production(database_url: str) -> None:
    settings = make_settings(database_url, app_env="production")
    with pytest.raises(ConfigurationError, match="rate limits"):
        register(OpenAPI("production", doc_ui=False), settings, limit_scale=0)


def test_the_hook_asks_the_database_once_who_it_is(app: Flask, client: Client, session: Session) -> None:
    headers = guest(client)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        client.get("/api/v1/feedback", headers=headers)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert sum("account_sessions" in statement for statement in statements) == 1


def test_a_door_for_staff_is_closed_to_residents_and_open_to_staff(make_account: MakeAccount) -> None:
    door = Door("staff", "staff")

    @route(door, "POST", "/notes", access=only(Role.REVIEWER), summary="note", answers={201: Note, 200: Note})
    def note(body: NoteIn) -> Answer:
        """A note."""
        return Answer(Note(text=body.text), 200)

    assert door.declarations["staff.note"].access.roles == {Role.REVIEWER}
    operation = door.paths["/api/v1/notes"].post
    assert {"200", "201", "401", "403", "409", "413", "415", "422", "503"} == set(operation.responses)
    assert PUBLIC.needs_session is False
