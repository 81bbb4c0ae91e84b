"""While WeChat cannot be reached nobody waits for it, and when it is back the next look finds out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog

from service.wechat import WeChatAway, WeChatError, WeChatFault
from service.wechat_breaker import FAILURES, REST, Breaker, Circuit
from service.wechat_client import WeChatOverHttp
from tests.wechat.clients import send
from tests.wechat.little import DROP, LittleWeChat

SEND = "/cgi-bin/message/subscribe/send"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("wechat", clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.unanswered()


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.answered()
    fail(breaker, FAILURES - 1)
    assert breaker.state() is Circuit.CLOSED
    fail(breaker, 1)
    assert (breaker.state(), breaker.admits()) == (Circuit.OPEN, False)


def test_one_call_looks_whether_it_is_back(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += REST
    assert breaker.state() is Circuit.HALF_OPEN
    assert [breaker.admits() for _ in range(5)] == [True, False, False, False, False]
    breaker.unanswered()
    assert not breaker.admits()
    clock.now += REST
    assert breaker.admits()
    breaker.answered()
    assert (breaker.state(), breaker.admits()) == (Circuit.CLOSED, True)


def test_a_look_nobody_came_back_from_does_not_keep_it_open(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += REST
    assert breaker.admits()
    clock.now += REST
    assert breaker.admits()


def test_its_changes_are_logged_once_each(breaker: Breaker, clock: Clock) -> None:
    with structlog.testing.capture_logs() as lines:
        fail(breaker, FAILURES)
        breaker.unanswered()
        clock.now += REST
        breaker.admits()
        breaker.answered()
        breaker.answered()
    assert [line["state"] for line in lines] == ["open", "closed"]


def test_with_wechat_silent_calls_end_at_once_and_cost_nothing(client: WeChatOverHttp, little: LittleWeChat) -> None:
    send(client)
    little.orders[SEND] = [DROP] * 100

    def ends(_: int) -> WeChatError:
        with pytest.raises(WeChatError) as failed:
            send(client)
        return failed.value

    errors = [ends(0) for _ in range(FAILURES)]
    assert {error.fault for error in errors} == {WeChatFault.UNKNOWN}
    asked = len(little.asked)
    with ThreadPoolExecutor(32) as pool:
        later = list(pool.map(ends, range(200)))
    assert {type(error) for error in later} == {WeChatAway}
    assert {error.fault for error in later} == {WeChatFault.RETRY}
    assert len(little.asked) == asked
    assert client.state()["circuit"] == "open"


def test_an_answer_of_any_kind_is_a_sign_of_life(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders[SEND] += [500] * FAILURES * 2
    for _ in range(FAILURES * 2):
        with pytest.raises(WeChatError):
            send(client)
    assert client.state()["circuit"] == "closed"
