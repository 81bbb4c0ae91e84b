"""Whatever is typed, pasted or forged into any field of any write: stored as typed or refused with a sentence, never 5xx.

The fields come from the OpenAPI document, so a new one is covered the day it is added.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from service.accounts import sessions
from service.accounts.roles import SCOPE_FIELD, Grant, Role
from service.db import db
from tests.api.conftest import Client, new_account
from tests.bad_days.schema_samples import Leaf, Operation, leaves, sample, with_value, writes
from tests.conftest import FakeClock, FakeWeChat, WakeLog
from tests.journeys.conftest import standing_world
from tests.journeys.town import Town

OPERATIONS = writes()
TYPED = {
    "emoji": "👩‍👩‍👧‍👦" * 3000,
    "a few emoji": "路灯👩‍👩‍👧‍👦🏮坏了",
    "right-to-left override": "路灯坏了\u202eexe.fdp\u202c\u2066x\u2069",
    "sql": "'; DROP TABLE issues; --\" OR 1=1 \\",
    "html": "<script>alert('1')</script><img src=x onerror=alert(1)>&amp;",
    "long": "长" * 10_000,
    "format": "%s %n {0} {{x}} ${jndi:ldap://x}",
    "combining": "Z̷̛͝a̸l̴g̶o" * 20,
    "rare characters": "𠮷𰻝𰻝面館",
}
NEVER = {
    "nul": b'"\\u0000\xe8\xb7\xaf"',
    "surrogate": b'"\\ud800"',
    "reversed pair": b'"\\udc00\\ud800"',
    "escape": b'"\\u001b[31m"',
}
DEEP = b'{"a":' * 4000 + b"1" + b"}" * 4000
WRONG: dict[str, bytes] = {
    "huge int": b"1" + b"0" * 40,
    "more digits than Python reads": b"9" * 5000,
    "huge negative": b"-" + b"9" * 30,
    "infinity": b"1e999",
    "NaN": b"NaN",
    "fraction": b"1.5",
    "list": b"[1]",
    "object": b'{"a": 1}',
    "deep list": b"[" * 3000 + b"]" * 3000,
    "true": b"true",
    "word": b'"x"',
}
FITS = {
    "string": {"word"},
    "boolean": {"true"},
    "integer": {"huge int", "more digits than Python reads", "huge negative"},
    "number": {"huge int", "huge negative", "fraction", "infinity", "more digits than Python reads"},
    "array": {"list"},
    "object": {"object"},
}
TWENTY_MEGABYTES = b'{"a":"' + b"x" * 20_000_000 + b'"}'
MARK = "-put-it-here-"
_keys = itertools.count()


@pytest.fixture(scope="module")
def standing_town(core_app: Flask, app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[Town]:
    """One town for every write: what one of them stores does not stand in the way of the next."""
    with standing_world(core_app, clock, wechat, wakes) as world:
        yield Town(world.a, Client(app, app.response_class), clock, wechat)


def everybody(town: Town) -> dict[str, str]:
    """Headers of somebody with every role, so that no door but the body's own is closed."""
    place, session, now = town.place, db.session(), town.clock.now
    scopes = {
        "township_code": place.township,
        "station_id": place.station,
        "unit_id": place.township_unit,
        "deputy_id": place.primary,
    }
    grants = [
        Grant(
            role, place.district_id, **({SCOPE_FIELD[role]: scopes[SCOPE_FIELD[role]]} if role in SCOPE_FIELD else {})
        )
        for role in Role
        if role is not Role.RESIDENT
    ]
    account_id = new_account(session, *grants, now=now)
    token = sessions.open_session(session, account_id, provider="guest", now=now).token
    session.commit()
    return {"Authorization": f"Bearer {token}"}


class Sender:
    """Sends bodies to operations, with the path filled in by things that exist."""

    def __init__(self, client: Client, headers: dict[str, str], issue: dict[str, Any]) -> None:
        self._client, self._headers, self._issue = client, headers, issue

    def __call__(self, operation: Operation, body: bytes) -> Any:
        path = operation.path.replace("{receipt_code}", self._issue["receipt_code"])
        path = path.replace("{id}", self._issue["id"] if "/issues/" in path else "abc")
        path = path.replace("{booking_id}", "abc").replace("/desk/scans/{code}", "/desk/scans/ABCD")
        headers = self._headers | {"Idempotency-Key": f"k-{next(_keys)}"}
        answer = self._client.open(
            path, method=operation.method, data=body, content_type="application/json", headers=headers
        )
        assert answer.status_code < 500, (str(operation), body[:300], answer.data)
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"
            assert any("一" <= char <= "鿿" for char in answer.json["detail"]), "a sentence people understand"
        return answer


@pytest.fixture(scope="module")
def send(app: Flask, standing_town: Town) -> Sender:
    issue = standing_town.submits(standing_town.guest())
    return Sender(Client(app, app.response_class), everybody(standing_town), issue)


def raw(operation: Operation, leaf: Leaf, value: bytes) -> bytes:
    """The plausible body with exactly these bytes at one place."""
    body = json.dumps(with_value(operation, leaf.path, MARK), ensure_ascii=False)
    assert body.count(MARK) == 1
    return body.encode().replace(f'"{MARK}"'.encode(), value)


def values_of(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [value for child in node.values() for value in values_of(child)]
    return [value for child in node for value in values_of(child)] if isinstance(node, list) else [node]


ids = [str(operation) for operation in OPERATIONS]


def test_every_kind_of_write_is_here() -> None:
    assert len(OPERATIONS) >= 20
    assert sum(len(list(leaves(operation.schema))) for operation in OPERATIONS) > 60


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_text_of_any_kind_is_stored_as_typed_or_refused(send: Sender, operation: Operation) -> None:
    for leaf in leaves(operation.schema):
        if "string" not in leaf.kinds:
            continue
        for name, text in TYPED.items():
            answer = send(operation, raw(operation, leaf, json.dumps(text, ensure_ascii=False).encode()))
            shown = values_of(answer.json) if answer.status_code in (200, 201) else []
            lookalike = [value for value in shown if isinstance(value, str) and value[:6] == text[:6]]
            assert all(value == text for value in lookalike if len(value) >= len(text)), (str(operation), leaf, name)
            if answer.status_code == 422:
                assert text[:20] not in answer.text, "a refusal repeats nothing"


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_nul_controls_and_halves_of_characters_are_422_with_a_sentence(send: Sender, operation: Operation) -> None:
    for leaf in leaves(operation.schema):
        for name, value in NEVER.items():
            answer = send(operation, raw(operation, leaf, value))
            assert answer.status_code == 422, (str(operation), leaf, name, answer.data)
            assert answer.json["errors"], (str(operation), leaf, name)


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_wrong_types_huge_numbers_and_deep_nesting_are_422(send: Sender, operation: Operation) -> None:
    for leaf in leaves(operation.schema):
        fitting = {name for kind in leaf.kinds for name in FITS.get(kind, ())}
        for name, value in WRONG.items():
            answer = send(operation, raw(operation, leaf, value))
            if name not in fitting:
                assert answer.status_code == 422, (str(operation), leaf, name, answer.data)


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_unknown_fields_deep_json_and_no_json_are_422_and_twenty_megabytes_413(
    send: Sender, operation: Operation
) -> None:
    unknown = json.dumps(sample(operation.schema) | {"is_admin": True}).encode()
    for body in (unknown, DEEP, b"", b"null", b"[]", b"{", b"\xff\xfe{}", b'{"a":1}{"b":2}'):
        assert send(operation, body).status_code == 422, (str(operation), body[:60])
    assert send(operation, TWENTY_MEGABYTES).status_code == 413
