"""The document is complete: every operation says what can happen. tests/bad_days/test_fuzz.py looks for anything else."""

from __future__ import annotations

from typing import Any

import pytest

from miniprogram_api.document import openapi_document
from miniprogram_api.doors import DOORS

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
