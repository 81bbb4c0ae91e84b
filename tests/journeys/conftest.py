"""The application of the API tests, and a town in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from service.db import db
from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat, WakeLog, wipe
from tests.journeys.town import Town
from tests.world import World, build_world

__all__ = ["app", "client", "make_account", "sign_in"]


@pytest.fixture
def world(session: Session) -> World:
    built = build_world(session)
    session.commit()
    return built


@pytest.fixture
def town(world: World, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    return Town(world.a, client, clock, wechat)


@pytest.fixture
def other_town(world: World, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    return Town(world.b, client, clock, wechat)


@contextmanager
def standing_world(core_app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[World]:
    """One world for a whole module: of tests that only look, or write what does not disturb the next one."""
    clock.reset()
    wechat.reset()
    wakes.names.clear()
    with core_app.app_context():
        built = build_world(db.session())
        db.session.commit()
        yield built
        db.session.rollback()
        wipe(db.engine)
        db.session.remove()
