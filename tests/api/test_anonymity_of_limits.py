"""Counting requests must not tell who submitted anonymously."""

from __future__ import annotations

import os

import redis
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from service.db import db
from service.ids import token_digest
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings
from tests.world import build_world


def test_no_session_is_written_to_redis_when_its_requests_are_counted(
    core_app: Flask, database_url: str, session: Session, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> None:
    world = build_world(session)
    session.commit()
    app = create_app(make_settings(database_url), wechat=wechat, wake=wakes, clock=clock)
    client = app.test_client()
    token = client.post("/api/v1/sessions", json={"provider": "guest"}).get_json()["token"]
    body = {
        "station_code": world.a.scan_code,
        "content": "村口的路灯坏了一个月",
        "anonymity": "receipt_only",
        "consents": {"privacy": True},
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    with redis.Redis.from_url(os.environ["TEST_REDIS_URL"]) as server:
        before = set(server.keys("LIMITS*"))
        assert client.post("/api/v1/issues", json=body, headers=headers).status_code == 201
        after = set(server.keys("LIMITS*"))
    with app.app_context():
        db.engine.dispose()
    assert after == before, "a submission is counted in memory only"
    assert not any(token_digest(token).encode() in key for key in after)
