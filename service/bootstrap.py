"""Wiring: one place builds what a process needs from its settings, for the web app, the workers and the commands alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app

from config.settings import Settings
from service import crypto, tables
from service.db import db, engine_options, notice_lost_connections, prepare_sqlite
from service.jobs import Wake
from service.progress import Progress
from service.sms import Sms
from service.sms_tencent import build_sms
from service.tally import ScanTally
from service.uploads.storage import storage_at
from service.uploads.vault import Vault
from service.wake import connect, redis_wake
from service.wechat import WeChat
from service.wechat_client import build_wechat

Clock = Callable[[], dt.datetime]
EXTENSION = "mashangdaibiao"
log = structlog.get_logger(__name__)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Core:
    """What every edge shares. Tests hand in another clock, door to WeChat, or way to wake workers."""

    settings: Settings
    wechat: WeChat
    wake: Wake
    clock: Clock
    tally: ScanTally
    vault: Vault
    progress: Progress
    sms: Sms | None = None


class Migrations:
    """Flask-Migrate's entry among the extensions, until a command reads from it: Alembic is eleven MiB that neither a
    web process nor a worker uses."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        folder = Path(__file__).parent / "migrations"
        import_module("flask_migrate").Migrate(self._app, db, directory=str(folder), render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)


def wire(
    app: Flask,
    settings: Settings,
    *,
    wechat: WeChat | None = None,
    sms: Sms | None = None,
    wake: Wake | None = None,
    clock: Clock = utc_now,
) -> Core:
    """Give ``app`` its database, keys and doors."""
    tables.load()
    crypto.install(crypto.KeyRing(settings.field_keys, settings.secret_key))
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    app.extensions["migrate"] = Migrations(app)
    with app.app_context():
        prepare = prepare_sqlite if settings.database_url.startswith("sqlite") else notice_lost_connections
        prepare(db.engine)
    core = Core(
        settings=settings,
        wechat=wechat or build_wechat(settings),
        wake=wake or redis_wake(settings.redis_url),
        clock=clock,
        tally=ScanTally(connect(settings.redis_url)),
        vault=Vault(storage_at(settings.upload_url)),
        progress=Progress(connect(settings.redis_url)),
        sms=sms or build_sms(settings),
    )
    app.extensions[EXTENSION] = core
    for gap in settings.gaps() if settings.is_production else ():
        log.warning("setting_missing", gap=gap)
    return core


def create_core(settings: Settings) -> Flask:
    """An application without routes: a database, keys and doors for workers and commands."""
    app = Flask("service")
    wire(app, settings)
    return app


def core() -> Core:
    """The :class:`Core` of the current application."""
    found: Core = current_app.extensions[EXTENSION]
    return found
