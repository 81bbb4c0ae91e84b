"""Whole lives of issues through HTTP: created by a guest, routed by the workers, answered by a deputy, rated by receipt.

Runs in the load generator's process: threads with one keep-alive connection each, the standard library's client.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from devkit.bench.load import CONNECTIONS, TOKEN, LoadFailed

API = "/api/v1"
PAUSE = 0.2
"""Between two looks at an issue that is not routed yet: looking must not be what is measured."""
PATIENCE = 60.0
ATTEMPTS = 5


@dataclass(frozen=True)
class Lives:
    """``each``: how many issues every connection brings through; ``deputies``: deputy id → bearer token."""

    port: int
    submission: Mapping[str, Any]
    guests: tuple[str, ...]
    deputies: Mapping[str, str]
    each: int


def run(plan: Lives) -> float:
    """Seconds until every issue was rated.

    :raises LoadFailed: when a step gets another answer than it must.
    """
    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(_one_connection, plan, token) for token in plan.guests]:
            done.result()
    return time.perf_counter() - start


class _Phone:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method: str, path: str, token: str = "", body: object = None) -> tuple[int, Any]:
        headers = {"Idempotency-Key": secrets.token_hex(16)} if method == "POST" else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        payload = None if body is None else json.dumps(body).encode()
        self._connection.request(method, API + path, payload, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def must(self, expect: int, method: str, path: str, token: str = "", body: object = None) -> Any:
        status, answer = self.ask(method, path, token, body)
        if status != expect:
            raise LoadFailed(
                f"{method} {path.partition('/receipts')[0] or '/receipts/…'}: {status} {str(answer)[:300]}"
            )
        return answer


def _one_connection(plan: Lives, guest: str) -> None:
    """Submit them all, then bring each to its end: waiting for the workers costs the fewest looks that way."""
    phone = _Phone(plan.port)
    text = json.dumps(plan.submission)
    codes = []
    for _ in range(plan.each):
        body = json.loads(text.replace(TOKEN.decode(), secrets.token_hex(8)))
        codes.append(phone.must(201, "POST", "/issues", guest, body)["receipt_code"])
    for code in codes:
        seen = _routed(phone, code)
        deputy, place = plan.deputies[seen["deputy"]["id"]], f"/issues/{seen['id']}"
        version = _act(phone, place, code, deputy, seen["version"], {"action": "accept"})
        version = _act(phone, place, code, deputy, version, {"action": "answer", "text": "我去看过了，今晚修好。"})
        _act(phone, f"/receipts/{code}", code, "", version, {"action": "rate", "result": "SATISFIED"})


def _routed(phone: _Phone, code: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = phone.must(200, "GET", f"/receipts/{code}")
        if seen["state"] == "pending_accept" and seen["deputy"]:
            return seen
        if time.monotonic() > deadline:
            raise LoadFailed(f"not routed within {PATIENCE:g} seconds")
        time.sleep(PAUSE)


def _act(phone: _Phone, place: str, code: str, token: str, version: int, step: dict[str, str]) -> int:
    """As a client does: with the version last seen, and again after a look when that was stale; the new version."""
    for _ in range(ATTEMPTS):
        status, answer = phone.ask("POST", f"{place}/actions", token, step | {"version": version})
        if status == 200:
            return int(answer["version"])
        if answer.get("code") != "stale_version":
            break
        version = phone.must(200, "GET", f"/receipts/{code}")["version"]
    raise LoadFailed(f"{step['action']}: {status} {str(answer)[:300]}")
