"""A real instance on PostgreSQL with the built client, and phones to hold it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from devkit.browser import phone, running_browser
from devkit.client import build
from tests.bad_days.processes import RealInstance, furnish, running_instance
from tests.client import mini
from tests.client.hands import Hands
from tests.conftest import postgresql_database
from tests.world import Place

Pick = Callable[..., Hands]


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
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


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
