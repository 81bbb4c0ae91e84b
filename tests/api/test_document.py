"""The document is complete and true: every operation says what can happen, and a fuzzer finds nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlalchemy.orm import Session

from miniprogram_api.document import openapi_document
from miniprogram_api.doors import DOORS
from service.accounts import sessions
from service.accounts.roles import Role
from tests.world import build_world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
CALLERS = (None, Role.RESIDENT, Role.STATION_HEAD, Role.DISTRICT)
ENDS_THE_SESSION = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/sessions/{id}")}

document = openapi_document()
operations = [
    (method.upper(), path, operation) for path, item in document["paths"].items() for method, operation in item.items()
]


def test_every_route_of_every_door_is_in_the_document() -> None:
    assert len(operations) == sum(len(door.declarations) for door in DOORS)
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_operation_ids_and_schema_names_are_unique_and_every_reference_leads_somewhere() -> None:
    ids = [operation["operationId"] for _, _, operation in operations]
    assert len(ids) == len(set(ids))
    known = document["components"]["schemas"]
    assert [ref for ref in _references(document) if ref.rsplit("/", 1)[-1] not in known] == []


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for value in node.values() for ref in _references(value)]
    return [ref for value in node for ref in _references(value)] if isinstance(node, list) else []


def test_no_two_models_share_a_name() -> None:
    """The library would let the later one win, and the document would lie about the earlier."""
    seen: dict[str, Any] = {}
    for door in DOORS:
        for name, schema in door.components_schemas.items():
            shape = schema.model_dump(by_alias=True, exclude_unset=True)
            assert seen.setdefault(name, shape) == shape, name


@pytest.mark.parametrize(("method", "path", "operation"), operations, ids=[f"{m} {p}" for m, p, _ in operations])
def test_every_error_is_documented_as_a_problem(method: str, path: str, operation: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
    assert all(answer["content"] == problem for answer in errors.values())
    who = operation.get("security") or [{}]
    assert ("401" in errors) == ({} not in who), "where a session may come along, none is missed"
    assert "503" in errors
    if "requestBody" in operation:
        assert {"413", "415", "422"} <= set(errors)
    assert operation["summary"]


@pytest.fixture
def tokens(session: Session, now: Any) -> list[str | None]:
    """Somebody of every kind, in a world with something to find."""
    place = build_world(session).a
    opened = [
        sessions.open_session(session, place.accounts[role], provider="guest", now=now).token if role else None
        for role in CALLERS
    ]
    session.commit()
    return opened


def fuzz(app: Flask, method: str, path: str, mode: GenerationMode, callers: list[str | None]) -> None:
    """Send generated requests of one operation as each caller and compare the answers with the document."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    cases = schema[path][method].as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        for token in callers:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            case.call_and_validate(headers=headers, checks=CHECKS)

    send()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "broken"])
@pytest.mark.parametrize(("method", "path"), [operation[:2] for operation in operations])
def test_a_fuzzer_finds_no_5xx_and_nothing_undocumented(
    app: Flask, tokens: list[str | None], method: str, path: str, mode: GenerationMode
) -> None:
    callers: list[str | None] = [None] if (method, path) in ENDS_THE_SESSION else tokens
    try:
        fuzz(app, method, path, mode, callers)
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
