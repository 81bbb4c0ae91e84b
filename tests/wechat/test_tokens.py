"""One token for all: fetched once, shared, renewed once, and to be had without Redis."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog
from redis import Redis

from service.wechat import WeChatError, WeChatFault
from service.wechat_client import WeChatOverHttp
from tests.wechat.clients import APPID, NO_REDIS, SECRET, send
from tests.wechat.little import TOKEN, LittleWeChat

Make = Callable[..., WeChatOverHttp]
SEND = "/cgi-bin/message/subscribe/send"


def stored(redis_url: str, base_url: str) -> bytes:
    found = Redis.from_url(redis_url).get(f"wechat:token:{base_url.partition('://')[2]}:{APPID}")
    assert isinstance(found, bytes)
    return found


def test_forty_threads_of_two_processes_fetch_it_once(
    little: LittleWeChat, base_url: str, redis_url: str, root: Path
) -> None:
    little.slow_token, little.checks_tokens = 0.3, True
    program = [sys.executable, "-m", "tests.wechat.callers", base_url, redis_url]
    processes = [
        subprocess.Popen(program, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].splitlines()[-1] for process in processes]
    assert said == ["sent 20", "sent 20"]
    assert len(little.fetches()) == 1
    assert sum(asked.path == SEND for asked in little.asked) == 40


def test_a_second_process_uses_what_the_first_left(make_client: Make, little: LittleWeChat) -> None:
    send(make_client())
    later = make_client()
    send(later)
    assert len(little.fetches()) == 1
    assert later.state()["miniprogram_token"] == pytest.approx({"source": "redis", "seconds_left": 7080}, abs=60)


def test_sends_ask_redis_for_nothing(client: WeChatOverHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    send(client)
    asked: list[object] = []
    monkeypatch.setattr(Redis, "execute_command", lambda _redis, *words, **_options: asked.append(words))
    for _ in range(20):
        send(client)
    assert asked == []


def test_redis_holds_the_token_sealed(
    client: WeChatOverHttp, little: LittleWeChat, redis_url: str, base_url: str
) -> None:
    send(client)
    assert little.token().encode() not in stored(redis_url, base_url)
    assert SECRET.encode() not in stored(redis_url, base_url)


def test_another_key_ring_fetches_its_own(make_client: Make, little: LittleWeChat) -> None:
    send(make_client())
    send(make_client(field_keys=(("k2", b"2" * 32),)))
    assert len(little.fetches()) == 2


def test_a_revoked_token_is_renewed_once_for_all_threads(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.checks_tokens = True
    send(client)
    little.revoke()
    with ThreadPoolExecutor(20) as pool:
        assert len(list(pool.map(lambda _: send(client), range(20)))) == 20
    assert len(little.fetches()) == 2


def test_a_token_renewed_by_another_process_is_taken_over(make_client: Make, little: LittleWeChat) -> None:
    little.checks_tokens = True
    early, late = make_client(), make_client()
    send(early)
    send(late)
    little.revoke()
    send(early)
    send(late)
    assert len(little.fetches()) == 2


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_refused_for_good_costs_one_retry_a_call(
    client: WeChatOverHttp, little: LittleWeChat, errcode: int
) -> None:
    little.orders[SEND] = [{"errcode": errcode, "errmsg": "no"}] * 100
    for _ in range(3):
        before = len(little.asked)
        with pytest.raises(WeChatError) as refused:
            send(client)
        assert (refused.value.fault, refused.value.errcode) in {
            (WeChatFault.TOKEN, errcode),
            (WeChatFault.TOKEN, 40001),
        }
        assert sum(asked.path == SEND for asked in little.asked[before:]) <= 2
    assert sum(bool(asked.body["force_refresh"]) for asked in little.fetches()) == 1, "20 a day, 30 s apart"


def test_the_token_is_forced_only_where_the_same_one_comes_back(client: WeChatOverHttp, little: LittleWeChat) -> None:
    send(client)
    little.orders[SEND] = [{"errcode": 40001, "errmsg": "no"}]
    send(client)
    assert [asked.body["force_refresh"] for asked in little.fetches()] == [False, False, True]
    assert little.asked[-1].token == little.token()


def test_without_redis_each_process_fetches_its_own_and_says_so(make_client: Make, little: LittleWeChat) -> None:
    with structlog.testing.capture_logs() as lines:
        client = make_client(redis_url=NO_REDIS)
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: send(client), range(20)))
    assert len(little.fetches()) == 1
    assert client.state()["miniprogram_token"] == pytest.approx({"source": "process", "seconds_left": 7080}, abs=60)
    assert [line["event"] for line in lines].count("wechat_token_not_shared") == 1


def test_a_redis_that_forgot_is_told_again(client: WeChatOverHttp, make_client: Make, redis_url: str) -> None:
    send(client)
    Redis.from_url(redis_url).flushdb()
    client._client.tokens._look_at = 0.0  # ten seconds later
    send(client)
    fresh = make_client()
    send(fresh)
    assert fresh.state()["miniprogram_token"] == client.state()["miniprogram_token"]


def test_whoever_waits_for_a_fetch_that_fails_does_not_repeat_it(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders[TOKEN] = ["hang"]

    def fails(_: int) -> WeChatFault:
        with pytest.raises(WeChatError) as failed:
            send(client)
        return failed.value.fault

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(fails, range(20))) == {WeChatFault.RETRY}, "no message was sent: it may be repeated"
    assert len(little.fetches()) < 20


def test_the_two_accounts_have_a_token_each(client: WeChatOverHttp, little: LittleWeChat) -> None:
    send(client)
    client.send_official(openid="o", template_id="t", page="p", data={"thing1": "x"})
    assert len({asked.body["appid"] for asked in little.fetches()}) == 2
