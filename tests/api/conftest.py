"""The whole application on the tests' database, a client that sees what tests wrote, a way to sign anybody in."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from service.accounts import sessions
from service.accounts.binding import grant
from service.accounts.models import Account
from service.accounts.roles import Grant
from service.calendar.workdays import local_date
from service.db import db
from tests.api.conformance import check
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings

SignIn = Callable[[str], dict[str, str]]
MakeAccount = Callable[..., str]
Answer = TypeVar("Answer")


class PlainClient(FlaskClient):
    """A client whose answers need no narrowing before their JSON is read."""

    def get(self, *arguments: Any, **options: Any) -> Any:
        return super().get(*arguments, **options)

    def post(self, *arguments: Any, **options: Any) -> Any:
        return super().post(*arguments, **options)

    def put(self, *arguments: Any, **options: Any) -> Any:
        return super().put(*arguments, **options)

    def patch(self, *arguments: Any, **options: Any) -> Any:
        return super().patch(*arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        return super().delete(*arguments, **options)


class Client(PlainClient):
    """Commits the test's own session first: it would otherwise hold SQLite's write lock, and show stale rows after.

    Holds every answer against the OpenAPI document.
    """

    def open(self, *arguments: Any, **options: Any) -> Any:
        db.session.commit()
        response = super().open(*arguments, **options)
        db.session.expire_all()
        check(self.application, response.request.method, response)
        return response


def at_once(app: Flask, count: int, call: Callable[[PlainClient], Answer]) -> list[Answer]:
    """What ``call`` answers in ``count`` threads that start together; the test's own session is committed first."""
    db.session.commit()
    barrier = threading.Barrier(count)

    def run(_number: int) -> Answer:
        barrier.wait()
        return call(PlainClient(app, app.response_class))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


_applications: WeakKeyDictionary[Flask, Flask] = WeakKeyDictionary()
"""By the domain they lie over: each folder of tests has this fixture, and all take the one that is there."""


@pytest.fixture(scope="session")
def app(
    core_app: Flask, database_url: str, upload_folder: Path, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> Iterator[Flask]:
    """Rate limits are off; the tests about them make their own application."""
    if core_app not in _applications:
        settings = make_settings(database_url, upload_url=str(upload_folder))
        application: Flask = create_app(settings, wechat=wechat, wake=wakes, clock=clock, limit_scale=0)
        application.test_client_class = Client
        _applications[core_app] = application
    application = _applications[core_app]
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask, session: Session) -> Client:
    return Client(app, app.response_class)


@pytest.fixture
def sign_in(session: Session, now: dt.datetime) -> SignIn:
    """Headers of a new device of that account."""

    def headers(account_id: str) -> dict[str, str]:
        token = sessions.open_session(session, account_id, provider="guest", now=now).token
        session.commit()
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def make_account(session: Session, now: dt.datetime) -> MakeAccount:
    """A new account with the given grants; its id."""

    def make(*grants: Grant) -> str:
        account_id = new_account(session, *grants, now=now)
        session.commit()
        return account_id

    return make


def new_account(session: Session, *grants: Grant, now: dt.datetime) -> str:
    """An account with the given grants, not committed; its id."""
    account = Account(created_on=local_date(now))
    session.add(account)
    session.flush()
    for given in grants:
        grant(session, account.id, given, now=now)
    return account.id
