"""Guessing receipt codes: ten tries from one address, then the door is shut, for the right code too."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis

from app import create_app
from service.bootstrap import utc_now
from service.db import db
from service.ids import _CROCKFORD, keyed_digest, receipt_code
from tests.api.conftest import PlainClient
from tests.conftest import FakeWeChat, make_settings
from tests.journeys.town import Town

RECEIPTS = "/api/v1/receipts/"


@pytest.fixture
def guarded(core_app: Flask, database_url: str, wechat: FakeWeChat) -> Iterator[PlainClient]:
    """The application with its limits as in production."""
    app = create_app(make_settings(database_url), wechat=wechat, wake=lambda _job: None, clock=utc_now, limit_scale=1)
    yield PlainClient(app, app.response_class)
    with app.app_context():
        db.engine.dispose()


def address() -> dict[str, str]:
    return {"REMOTE_ADDR": f"2001:db8::{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}"}


def wrong() -> str:
    return "".join(secrets.choice(_CROCKFORD) for _ in range(20))


def test_after_ten_wrong_codes_even_the_right_one_is_refused_until_the_lock_ends(
    guarded: PlainClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, here, elsewhere = town.submits(town.guest())["receipt_code"], address(), address()
    db.session.commit()

    def look(code: str, where: dict[str, str]) -> tuple[int, str | None]:
        answer = guarded.get(RECEIPTS + code, environ_overrides=where)
        return answer.status_code, answer.headers.get("Retry-After")

    assert look(right, here) == (200, None)
    assert [look(wrong(), here)[0] for _ in range(10)] == [404] * 10
    status, wait = look(wrong(), here)
    assert status == 429
    assert wait is not None
    assert 1 <= int(wait) <= 601
    assert look(right, here)[0] == 429
    writing = guarded.post(
        f"{RECEIPTS}{right}/messages",
        json={"text": "你好"},
        headers={"Idempotency-Key": "k"},
        environ_overrides=here,
    )
    assert writing.status_code == 429
    assert look(right, elsewhere) == (200, None), "nobody else pays for it"
    redis = Redis.from_url(os.environ["TEST_REDIS_URL"])
    later = time.monotonic() + 601
    keys = list(redis.scan_iter(f"*lookup:{keyed_digest('s' * 40, 'limit', here['REMOTE_ADDR'])}*"))
    assert keys, "counted in Redis, for all processes together"
    redis.delete(*keys)
    redis.close()
    monkeypatch.setattr("miniprogram_api.limits.time.monotonic", lambda: later)
    assert look(right, here) == (200, None), "the lock is over"


def test_wrong_codes_count_on_every_receipt_route(guarded: PlainClient, town: Town) -> None:
    here = address()
    headers = {"Idempotency-Key": "k"}
    for path, body in (
        ("messages", {"text": "你好"}),
        ("actions", {"action": "withdraw", "version": 1}),
        ("urge", None),
    ):
        for _ in range(3):
            answer = guarded.post(f"{RECEIPTS}{wrong()}/{path}", json=body, headers=headers, environ_overrides=here)
            assert answer.status_code == 404, answer.data
    assert guarded.get(RECEIPTS + wrong(), environ_overrides=here).status_code == 404
    assert guarded.get(RECEIPTS + wrong(), environ_overrides=here).status_code == 429


def test_a_code_is_a_hundred_bits_that_nobody_can_derive() -> None:
    codes = {receipt_code("s" * 40, f"key-{number}", "body") for number in range(500)}
    assert len(codes) == 500
    assert {len(code) for code in codes} == {20}
    for place in range(20):
        assert len({code[place] for code in codes}) == 32, "every digit of every place occurs: 5 bits each"
    assert receipt_code("t" * 40, "key-1", "body") not in codes
