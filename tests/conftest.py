"""Fixtures below all tests: both databases, an application with a clock to turn and a WeChat to watch, clean tables."""

from __future__ import annotations

import base64
import datetime as dt
import gc
import itertools
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from config.settings import Settings
from service.accounts import passwords
from service.bootstrap import wire
from service.classification import serving
from service.db import Base, db
from service.remembered import Remembered
from service.wechat import Scene, Suggestion, Verdict, WeChatError, WeChatFault, WeChatIdentity

MONDAY_MORNING = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)  # 09:00 in China, an ordinary working week
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For what takes long and is the same to either database; the test says why."""


def pytest_configure(config: pytest.Config) -> None:
    """Say at once which path is not there: each worker of xdist would find out by itself, and the run end in silence."""
    here = config.invocation_params.dir
    absent = [one for one in config.args if not (here / one.partition("::")[0]).exists()]
    if absent and not config.option.pyargs:
        raise pytest.UsageError(f"没有这个路径，请检查后再运行：{'、'.join(absent)}")


def pytest_collection_finish() -> None:
    """Whatever is loaded by now stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class FakeClock:
    """Time as the test tells it."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **amount: float) -> dt.datetime:
        self.now += dt.timedelta(**amount)
        return self.now

    def reset(self) -> None:
        self.now = MONDAY_MORNING


class FakeWeChat:
    """WeChat that knows everybody: code ``alice`` is openid ``o-alice``, phone code ``138…`` is that number.

    ``unionids``: code → unionid, for those whom it tells.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.pages: list[str] = []
        self.fault: WeChatError | None = None
        self.suggestion = Suggestion.PASS
        self.label = 20001
        self.checked: list[tuple[str, str]] = []
        self.draw: Callable[[str, int], bytes] = lambda _scene, _width: b""
        self.drawn: list[str] = []
        self.unionids: dict[str, str] = {}
        self.results: list[str] = []
        """Pictures whose result is still to be pushed, by trace_id."""
        self._traces = itertools.count(1)

    def identity(self, code: str) -> WeChatIdentity:
        if self.fault:
            raise self.fault
        if code.startswith("bad"):
            raise WeChatError(WeChatFault.PERMANENT, 40029, "invalid code")
        return WeChatIdentity(openid=f"o-{code}", unionid=self.unionids.get(code))

    def phone(self, code: str) -> str:
        if not code.isdigit():
            raise WeChatError(WeChatFault.PERMANENT, 40029, "invalid code")
        return code

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        if self.fault:
            raise self.fault
        self.sent.append((openid, template_id, dict(data)))
        self.pages.append(page)
        return str(len(self.sent))

    def official_identity(self, code: str) -> WeChatIdentity:
        person = self.identity(code)
        return WeChatIdentity(f"official-{person.openid}", person.unionid, snapshot=code.startswith("snapshot"))

    def check_text(self, *, text: str, openid: str, scene: Scene) -> Verdict:
        if self.fault:
            raise self.fault
        self.checked.append((openid, text))
        return Verdict(self.suggestion, self.found(), f"t{next(self._traces)}")

    def found(self) -> int:
        """The label that goes with the suggestion."""
        return 100 if self.suggestion is Suggestion.PASS else self.label

    def check_media(self, *, url: str, openid: str, scene: Scene) -> str:
        if self.fault:
            raise self.fault
        self.checked.append((openid, url))
        self.results.append(f"m{next(self._traces)}")
        return self.results[-1]

    def send_official(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        return self.send_subscription(openid=openid, template_id=template_id, page=page, data=data)

    def send_official_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        return self.send_subscription(openid=openid, template_id=template_id, page=page, data=data)

    def code_image(self, *, scene: str, page: str, width: int) -> bytes:
        self.drawn.append(scene)
        if self.fault:
            raise self.fault
        return self.draw(scene, width)

    def url_link(self, *, path: str, query: str) -> str:
        if self.fault:
            raise self.fault
        return f"https://wxaurl.cn/{path}?{query}"

    def url_scheme(self, *, path: str, query: str) -> str:
        if self.fault:
            raise self.fault
        return f"weixin://dl/business/?{path}&{query}"


class WakeLog:
    """Remembers which jobs were asked for; tests run them themselves."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, job: str) -> None:
        self.names.append(job)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of each kind. PostgreSQL is started by ``./dev test``; without it the run fails, it is not skipped."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite3'}"
        return
    with postgresql_database() as url:
        yield url


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The address of an empty database of its own on the suite's PostgreSQL, dropped afterwards whoever is still in it."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.fail("TEST_DATABASE_URL is not set: run the tests through ./dev test")
    base = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    name = f"test_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield base.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()


def make_settings(database_url: str, **changes: object) -> Settings:
    values: dict[str, object] = {
        "app_env": "development",
        "database_url": database_url,
        "redis_url": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0"),
        "secret_key": "s" * 40,
        "field_keys": (("k1", base64.urlsafe_b64decode(b"A" * 43 + b"=")),),
        "public_base_url": "https://daibiao.example.gov.cn",
        "wechat_miniprogram_appid": "wx0000000000000001",
        "wechat_miniprogram_secret": "x" * 32,
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture(scope="session")
def wakes() -> WakeLog:
    return WakeLog()


@pytest.fixture(scope="session")
def upload_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where web and workers of the tests keep pictures."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="session")
def core_app(
    database_url: str, upload_folder: Path, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> Iterator[Flask]:
    """The domain without any route, with all tables made."""
    app = Flask("tests")
    wire(app, make_settings(database_url, upload_url=str(upload_folder)), wechat=wechat, wake=wakes, clock=clock)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(core_app: Flask, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog) -> Iterator[Session]:
    """A database session on clean tables; what the test commits is wiped afterwards."""
    clock.reset()
    wechat.reset()
    wakes.names.clear()
    serving.forget()
    with core_app.app_context():
        yield db.session()
        db.session.rollback()
        wipe(db.engine)
        db.session.remove()


UNCHECKED = "SELECT set_config('session_replication_role', 'replica', true) WHERE current_setting('is_superuser')::bool"
"""For this transaction no foreign key is looked after: that costs more than the deleting, and everything goes anyway."""


def wipe(engine: sa.Engine) -> None:
    """Delete every row of every table, children first; PostgreSQL is asked once and not seventy times."""
    Remembered.forget_all()
    statements = _deletions()
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        if engine.dialect.name == "postgresql":
            cursor.execute("; ".join((UNCHECKED, *statements)), prepare=False)
        else:
            for statement in statements:
                cursor.execute(statement)
        cursor.close()


@cache
def _deletions() -> tuple[str, ...]:
    return tuple(f"DELETE FROM {table.name}" for table in reversed(Base.metadata.sorted_tables))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """Argon2id as always, but with little to do: hundreds of passwords are typed here. Gives back the product's own."""
    own = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield own
    passwords.HASHER = own


@pytest.fixture
def now(clock: FakeClock) -> dt.datetime:
    return clock.now


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[1]
