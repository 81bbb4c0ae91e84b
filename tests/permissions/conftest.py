"""The cast, assembled once per module: these tests only look, or write what does not disturb the next one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat, WakeLog
from tests.journeys.conftest import standing_world
from tests.permissions.cast import Cast, assemble
from tests.permissions.situations import set_up

__all__ = ["app", "client", "make_account", "sign_in"]


@pytest.fixture(scope="module")
def bare_cast(core_app: Flask, app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[Cast]:
    """Everybody, and no issue yet."""
    with standing_world(core_app, clock, wechat, wakes) as world:
        yield assemble(world, Client(app, app.response_class), clock, wechat)


@pytest.fixture(scope="module")
def cast(bare_cast: Cast) -> Cast:
    """Everybody, with one issue in each situation."""
    set_up(bare_cast)
    return bare_cast
