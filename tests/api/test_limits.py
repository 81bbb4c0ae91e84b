"""Too often is 429 with the seconds to wait, with Redis and without, and a dead Redis costs nobody seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from miniprogram_api import limits
from miniprogram_api.limits import Gate
from service.bootstrap import utc_now
from service.db import db
from service.errors import TooMany
from service.ids import new_id
from tests.api.conftest import PlainClient
from tests.conftest import FakeWeChat, make_settings

DEAD = ("redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock", "redis://10.255.255.1:6379/0")
BIND = {"invitation_code": "AAAA-AAAA-AAAA", "phone_code": "13800138000"}


@pytest.fixture(params=["alive", "dead"])
def gate(request: pytest.FixtureRequest) -> Gate:
    return Gate(os.environ["TEST_REDIS_URL"] if request.param == "alive" else DEAD[0], 1.0)


def test_the_fourth_of_three_is_refused_and_told_how_long(gate: Gate) -> None:
    key = new_id()
    assert [gate.hit("3 per minute", key) for _ in range(3)] == [None, None, None]
    wait = gate.hit("3 per minute", key)
    assert wait is not None
    assert 1 <= wait <= 61
    assert gate.hit("3 per minute", new_id()) is None


def test_looking_spends_nothing(gate: Gate) -> None:
    key = new_id()
    assert [gate.look("1 per minute", key) for _ in range(5)] == [None] * 5
    assert gate.hit("1 per minute", key) is None
    assert gate.look("1 per minute", key) is not None


def test_every_part_of_a_limit_counts(gate: Gate) -> None:
    key = new_id()
    assert [gate.hit("5 per minute;2 per day", key) for _ in range(3)][:2] == [None, None]
    assert (gate.hit("5 per minute;2 per day", key) or 0) > 60


@pytest.mark.parametrize("url", DEAD)
def test_a_dead_redis_costs_under_a_second_for_a_hundred_requests(url: str) -> None:
    gate, key = Gate(url, 1.0), new_id()
    began = time.perf_counter()
    refused = [gate.hit("60 per minute", key) for _ in range(100)].count(None)
    assert time.perf_counter() - began < 1.0
    assert refused == 60


def test_limits_scale_and_switch_off() -> None:
    half, off = Gate(DEAD[0], 0.5), Gate(DEAD[0], 0)
    assert [half.hit("4 per minute", "k") for _ in range(3)].count(None) == 2
    assert {off.hit("1 per minute", "k") for _ in range(50)} == {None}


@pytest.fixture(scope="module")
def limited(core_app: Flask, database_url: str, wechat: FakeWeChat) -> Iterator[Flask]:
    settings = make_settings(database_url, redis_url=DEAD[0])
    app = create_app(settings, wechat=wechat, wake=lambda _name: None, clock=utc_now)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_guessing_invitation_codes_is_slowed_down_per_device(limited: Flask, session: object) -> None:
    client = PlainClient(limited, limited.response_class)
    tokens = [client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"] for _ in range(2)]
    mine, other = ({"Authorization": f"Bearer {token}"} for token in tokens)
    answers = [client.post("/api/v1/me/bind", json=BIND, headers=mine) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[-1].json["code"] == "too_many_requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 601
    assert client.post("/api/v1/me/bind", json=BIND, headers=other).status_code == 422


def test_many_guests_behind_one_address_are_let_in_and_a_flood_is_not(limited: Flask, session: object) -> None:
    client = PlainClient(limited, limited.response_class)
    answers = [
        client.post(
            "/api/v1/sessions", json={"provider": "nobody"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
        ).status_code
        for _ in range(125)
    ]
    assert answers.count(422) == 120
    assert answers[-1] == 429


def test_ten_failing_lookups_lock_an_address_out(limited: Flask) -> None:
    with limited.test_request_context("/", environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        for _ in range(10):
            limits.refuse_locked_out()
            limits.count_failed_lookup()
        with pytest.raises(TooMany, match="查询码"):
            limits.refuse_locked_out()
    with limited.test_request_context("/", environ_base={"REMOTE_ADDR": "203.0.113.8"}):
        limits.refuse_locked_out()
