"""What the development kit's tests share. They need neither the database nor the services of `./dev test`."""

import time
from collections.abc import Callable, Iterator

import pytest

from devkit.wechat_sandbox.accounts import MINIPROGRAM, OFFICIAL, Account
from devkit.wechat_sandbox.state import SandboxState
from tests.devkit.sandbox_client import SandboxClient

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
    accounts = (
        Account(APPID, SECRET, MINIPROGRAM, "mini-token", "M" * 43),
        Account(OFFICIAL_APPID, OFFICIAL_SECRET, OFFICIAL, "official-token", "A" * 43),
    )
    return SandboxState(accounts, clock=clock)


@pytest.fixture
def sandbox(state: SandboxState) -> Iterator[SandboxClient]:
    client = SandboxClient(state)
    yield client
    client.app.pusher.close()


@pytest.fixture
def token(sandbox: SandboxClient) -> str:
    """The mini-program's access token."""
    return sandbox.token(APPID, SECRET)


@pytest.fixture
def official_token(sandbox: SandboxClient) -> str:
    """The official account's access token."""
    return sandbox.token(OFFICIAL_APPID, OFFICIAL_SECRET)


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until a condition holds; no test sleeps for a fixed time."""

    def wait(condition: Callable[[], object], within: float = 15.0) -> None:
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"did not happen within {within} s"
            time.sleep(0.02)

    return wait
