"""The cast, assembled once per module: these tests only look, or write what does not disturb the next one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from service.db import db
from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat, WakeLog, wipe
from tests.permissions.cast import Cast, assemble
from tests.permissions.situations import set_up
from tests.world import build_world

__all__ = ["app", "client", "make_account", "sign_in"]


@pytest.fixture(scope="module")
def bare_cast(core_app: Flask, app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[Cast]:
    """Everybody, and no issue yet."""
    clock.reset()
    wechat.reset()
    wakes.names.clear()
    with core_app.app_context():
        world = build_world(db.session())
        db.session.commit()
        yield assemble(world, Client(app, app.response_class), clock, wechat)
        db.session.rollback()
        wipe(db.engine)
        db.session.remove()


@pytest.fixture(scope="module")
def cast(bare_cast: Cast) -> Cast:
    """Everybody, with one issue in each situation."""
    set_up(bare_cast)
    return bare_cast
