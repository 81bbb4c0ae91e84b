"""A real instance on PostgreSQL with the built client, and phones to hold it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from console import cookies
from devkit.browser import phone, running_browser
from devkit.client import build
from service.accounts import sessions
from service.bootstrap import utc_now
from service.db import db
from service.issues.models import Issue
from service.stations.models import ReceptionDay
from tests.bad_days.processes import Phone, RealInstance, core_on, furnish, running_instance, said
from tests.client import mini
from tests.client.desks import DESK, PHONE
from tests.client.hands import Hands
from tests.conftest import postgresql_database
from tests.world import Place

Pick = Callable[..., Hands]
Sit = Callable[..., Page]
Rows = Callable[[], AbstractContextManager[Any]]
RELEASED = "某小区门口的井盖松动，车过有响声"


@pytest.fixture(scope="session")
def client_url() -> Iterator[str]:
    with postgresql_database() as address:
        yield address


@pytest.fixture(scope="session")
def town(client_url: str) -> Place:
    return furnish(client_url)


@pytest.fixture(scope="session")
def instance(client_url: str, town: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealInstance]:
    build("h5")
    with running_instance(tmp_path_factory.mktemp("client"), client_url) as running:
        yield running


@pytest.fixture(scope="session")
def published(client_url: str, town: Place, instance: RealInstance) -> str:
    """The number of an issue released in :data:`RELEASED`; the station has an announced reception day."""
    made = Phone(instance.base_url).signs_in().post("/issues", said(town, content="井盖松了，找王麻子")).json()
    starts = utc_now() + dt.timedelta(days=5)
    app = core_on(client_url)
    with app.app_context():
        released = {"published_at": utc_now(), "public_text": RELEASED, "consent_publish": True}
        db.session.execute(sa.update(Issue).where(Issue.id == made["id"]).values(released))
        day = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=2), "state": "announced"}
        who = {"district_id": town.district_id, "station_id": town.station, "deputy_ids": [town.primary]}
        db.session.add(ReceptionDay(place="接待室", **day, **who))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return str(made["number"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture(scope="session")
def rows(client_url: str) -> Rows:
    """A session over the instance's rows, ended each time."""

    @contextmanager
    def opened() -> Iterator[Any]:
        app = core_on(client_url)
        with app.app_context():
            yield db.session()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    return opened


@pytest.fixture
def sit(browser: Browser, instance: RealInstance, rows: Rows) -> Iterator[Sit]:
    """A desk at which an account has signed in, None: nobody yet; an error in its console fails the test at the end."""
    contexts, trouble = list[BrowserContext](), list[str]()

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error":
            trouble.append(f"{said.text} {said.location['url']}")

    def at(account_id: str | None, *, phone: bool = False) -> Page:
        size = PHONE if phone else DESK
        context = browser.new_context(viewport=size, locale="zh-CN", color_scheme="dark" if phone else "light")
        contexts.append(context)
        if account_id is not None:
            with rows() as session:
                signed = sessions.open_desk_session(session, account_id, provider=sessions.PASSWORD, now=utc_now())
            address = instance.base_url + cookies.PATH
            context.add_cookies([{"name": cookies.SESSION, "value": signed.token, "url": address}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", heard)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        return page

    yield at
    for context in contexts:
        context.close()
    assert [text for text in trouble if "422" not in text and "409" not in text] == []


@pytest.fixture
def pick_up(browser: Browser, instance: RealInstance) -> Iterator[Pick]:
    """Hands somebody a fresh phone; whatever went wrong unseen fails the test at its end."""
    given: list[Hands] = []

    def hand(*, dark: bool = False) -> Hands:
        given.append(Hands(phone(browser, dark=dark), instance.base_url))
        return given[-1]

    yield hand
    for one in given:
        one.context.close()
    for one in given:
        one.assert_no_trouble()


@pytest.fixture(scope="session")
def packed_mini_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mini.packed(tmp_path_factory.mktemp("mini"))


@pytest.fixture
def pick_up_mini(browser: Browser, instance: RealInstance, packed_mini_program: Path) -> Iterator[Pick]:
    """As ``pick_up``, with the mini-program on the runner."""
    given: list[Hands] = []

    def hand(*, dark: bool = False) -> Hands:
        context = phone(browser, dark=dark)
        mini.serve(context, instance.base_url, packed_mini_program)
        given.append(Hands(context, instance.base_url, in_wechat=True))
        return given[-1]

    yield hand
    for one in given:
        one.context.close()
    for one in given:
        one.assert_no_trouble()


@pytest.fixture(params=["pick_up", "pick_up_mini"], ids=["h5", "mini-program"])
def pick_up_either(request: pytest.FixtureRequest) -> Pick:
    """Once with the H5, once with the mini-program: one journey, two clients."""
    chosen: Pick = request.getfixturevalue(request.param)
    return chosen
