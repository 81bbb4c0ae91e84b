"""The whole application of a deployment that has an official account, and people who sign in to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from service.db import db
from tests.api.conftest import Client, client, make_account, sign_in
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings
from tests.journeys.conftest import other_town, town, world

__all__ = ["client", "make_account", "other_town", "sign_in", "town", "world"]

OFFICIAL = {
    "wechat_official_appid": "wx00000000000000ab",
    "wechat_official_secret": "y" * 32,
    "wechat_official_token": "token-of-the-account",
    "wechat_official_aes_key": "k" * 43,
}


@pytest.fixture(scope="session")
def app(
    core_app: Flask, database_url: str, upload_folder: Path, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> Iterator[Flask]:
    settings = make_settings(database_url, upload_url=str(upload_folder), **OFFICIAL)
    application = create_app(settings, wechat=wechat, wake=wakes, clock=clock, limit_scale=0)
    application.test_client_class = Client
    yield application
    with application.app_context():
        db.engine.dispose()
