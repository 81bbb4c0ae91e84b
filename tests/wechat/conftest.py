"""A client of ours and a little server at the other end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from service import wechat_client
from service.wechat_client import WeChatOverHttp
from tests.wechat.clients import client_of
from tests.wechat.little import LittleWeChat, serving


@pytest.fixture
def little() -> LittleWeChat:
    return LittleWeChat()


@pytest.fixture
def base_url(little: LittleWeChat) -> Iterator[str]:
    with serving(little) as address:
        yield address


@pytest.fixture
def redis_url() -> str:
    """A database of this test process alone, in the server that all share; empty.

    Tokens are kept by WeChat's address: a port that comes again would find the token of an earlier test.
    """
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    address = f"{os.environ['TEST_REDIS_URL'].partition('?')[0]}?db={number}"
    with Redis.from_url(address) as connection:
        connection.flushdb()
    return address


@pytest.fixture
def make_client(base_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., WeChatOverHttp]:
    """A new process, as it were: nothing remembered but what Redis holds. Waits a second for an answer."""
    monkeypatch.setattr(wechat_client, "TIMEOUT", (3.0, 1.0))
    return lambda **changes: client_of(base_url, changes.pop("redis_url", redis_url), **changes)


@pytest.fixture
def client(make_client: Callable[..., WeChatOverHttp]) -> WeChatOverHttp:
    return make_client()
