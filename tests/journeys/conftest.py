"""The application of the API tests, and a town in it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat
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
