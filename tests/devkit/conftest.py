"""What the development kit's tests share. They need neither the database nor the services of `./dev test`."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from devkit.wechat_sandbox.app import create_app
from devkit.wechat_sandbox.state import SandboxState

APPID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
OFFICIAL_APPID, OFFICIAL_SECRET = "wxfedcba9876543210", "fedcba9876543210fedcba9876543210"


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> SandboxState:
    return SandboxState({APPID: SECRET, OFFICIAL_APPID: OFFICIAL_SECRET}, clock=clock)


@pytest.fixture
def sandbox(state: SandboxState) -> FlaskClient:
    return create_app(state).test_client()


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until a condition holds; no test sleeps for a fixed time."""

    def wait(condition: Callable[[], object], within: float = 15.0) -> None:
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"did not happen within {within} s"
            time.sleep(0.02)

    return wait
