"""Bodies made from the OpenAPI document: a plausible one per write operation, and every place in it where a value goes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from miniprogram_api.document import openapi_document

DOCUMENT = openapi_document()
Path = tuple[str | int, ...]
WORDS = {
    "action": "accept",
    "reason_code": "OTHER",
    "rating_code": "123456",
    "phone": "13800138000",
    "phone_code": "13800138000",
    "follow_token": "abc",
}
FORMATS = {"date": "2026-03-20", "date-time": "2026-03-20T09:00:00+08:00"}
PLAIN = "路灯坏了请修一修"


@dataclass(frozen=True)
class Operation:
    """A documented call that takes a JSON body; ``schema`` is one branch of it."""

    method: str
    path: str
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.schema.get('title', '')}"


@dataclass(frozen=True)
class Leaf:
    """One value of a body: where, and the kinds it may have (``string``, ``integer`` …)."""

    path: Path
    kinds: frozenset[str]


def writes() -> list[Operation]:
    found = []
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                found += [Operation(method.upper(), path, branch) for branch in branches(content["schema"])]
    return found


def branches(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What a schema stands for, alternatives laid out; null is left away."""
    if "$ref" in schema:
        return branches(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    several = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if several:
        return [found for one in several for found in branches(one) if found.get("type") != "null"]
    return [schema]


def sample(schema: dict[str, Any], name: str = "") -> Any:
    """A plausible value: required properties only."""
    schema = branches(schema)[0]
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {key: sample(properties[key], key) for key in schema.get("required", []) if key in properties}
    if kind == "array":
        return [sample(schema["items"], name) for _ in range(schema.get("minItems", 0))]
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    return WORDS.get(name, "abc" if name.endswith(("_id", "id")) else PLAIN[: schema.get("maxLength", 99)])


def leaves(schema: dict[str, Any], path: Path = ()) -> Iterator[Leaf]:
    """Every place of a body, optional ones too."""
    found = branches(schema)
    kinds = frozenset(str(one.get("type", "string")) for one in found)
    for one in found:
        if one.get("type") == "object":
            for name, child in one.get("properties", {}).items():
                yield from leaves(child, (*path, name))
        if one.get("type") == "array":
            yield from leaves(one["items"], (*path, 0))
    if path:
        yield Leaf(path, kinds)


def with_value(operation: Operation, path: Path, value: Any) -> Any:
    """The plausible body with ``value`` at ``path``; what lies on the way there is made."""
    body = copy.deepcopy(sample(operation.schema))
    node, schema = body, operation.schema
    for step in path[:-1]:
        schema = _child(schema, step)
        if isinstance(step, int):
            node[:] = node or [sample(schema)]
        elif node.get(step) in (None, []):
            node[step] = sample(schema, step) if branches(schema)[0].get("type") == "object" else []
        node = node[step]
    if isinstance(path[-1], int):
        node[:] = [value]
    else:
        node[path[-1]] = value
    return body


def _child(schema: dict[str, Any], step: str | int) -> dict[str, Any]:
    for one in branches(schema):
        if isinstance(step, int) and one.get("type") == "array":
            return dict(one["items"])
        if step in one.get("properties", {}):
            return dict(one["properties"][step])
    raise KeyError(step)
