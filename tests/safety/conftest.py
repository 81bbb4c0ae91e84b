"""A town whose WeChat has an opinion, and the address WeChat pushes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from service.db import db
from service.issues.models import ContentCheck
from service.parameters.actions import set_parameter
from service.wechat_client import PushCipher
from tests.api.conftest import PlainClient, app, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings
from tests.journeys.conftest import other_town, world
from tests.journeys.invariants import town
from tests.journeys.town import Town
from tests.safety.pushes import AES_KEY, MINIPROGRAM, OFFICIAL, TOKEN, Pusher
from tests.uploads.conftest import shelf

__all__ = ["app", "client", "make_account", "other_town", "shelf", "sign_in", "town", "world"]


@dataclass
class Checks:
    """What the table of checks says."""

    def states(self) -> list[str]:
        db.session.rollback()
        rows = sa.select(ContentCheck.state).order_by(ContentCheck.upload_id.is_not(None), ContentCheck.id)
        found = list(db.session.scalars(rows))
        db.session.rollback()
        return found

    def rows(self) -> list[ContentCheck]:
        db.session.rollback()
        found = list(db.session.scalars(sa.select(ContentCheck).order_by(ContentCheck.upload_id.is_not(None))))
        db.session.commit()
        return found


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def decides(town: Town) -> Any:
    """Let the district decide otherwise about a parameter."""

    def decide(key: str, value: Any) -> None:
        session = db.session()
        set_parameter(session, town.place.district_id, key, value, valid_from=town.clock.now, now=town.clock.now)
        session.commit()

    return decide


@pytest.fixture(scope="module")
def pushed_app(
    database_url: str, upload_folder: Path, core_app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> Iterator[Flask]:
    """The application with a token for pushes, and real limits for whoever guesses."""
    settings = make_settings(
        database_url,
        upload_url=str(upload_folder),
        wechat_miniprogram_appid=MINIPROGRAM,
        wechat_official_appid=OFFICIAL,
        wechat_official_token=TOKEN,
        wechat_official_aes_key=AES_KEY,
    )
    application = create_app(settings, wechat=wechat, wake=wakes, clock=clock, limit_scale=1)
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def pusher(pushed_app: Flask, session: Any, clock: FakeClock) -> Pusher:
    """WeChat's server, pushing to us."""
    plain = PlainClient(pushed_app, pushed_app.response_class)
    return Pusher(plain, clock, PushCipher(TOKEN, AES_KEY, [OFFICIAL, MINIPROGRAM]))
