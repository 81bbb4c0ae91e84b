"""What a failure means: nothing sent, nobody knows, or WeChat said no; and what a person does next."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from service.wechat import Scene, WeChatError, WeChatFault
from service.wechat_client import CODE_SPENT, WeChatOverHttp
from service.wechat_errors import ERRORS, UNLISTED, explained, meaning_of, rows
from tests.wechat.clients import client_of, send
from tests.wechat.little import DROP, HANG, TOKEN, LittleWeChat

SEND, CHECK, LOGIN = "/cgi-bin/message/subscribe/send", "/wxa/msg_sec_check", "/sns/jscode2session"
CALLS: dict[str, Callable[[WeChatOverHttp], object]] = {
    SEND: send,
    CHECK: lambda client: client.check_text(text="x", openid="o", scene=Scene.FORUM),
    LOGIN: lambda client: client.identity("c"),
}
RETRY, UNKNOWN = WeChatFault.RETRY, WeChatFault.UNKNOWN


def failure(client: WeChatOverHttp, path: str) -> WeChatError:
    with pytest.raises(WeChatError) as failed:
        CALLS[path](client)
    return failed.value


@pytest.mark.parametrize(
    ("answer", "sending", "asking"),
    [
        (HANG, UNKNOWN, RETRY),
        (DROP, UNKNOWN, RETRY),
        (b"<html>gateway</html>", UNKNOWN, RETRY),
        (b'{"errcode": 0, "errmsg"', UNKNOWN, RETRY),
        (b"[]", UNKNOWN, RETRY),
        (b"{}", UNKNOWN, RETRY),
        (b'{"errcode": "?"}', UNKNOWN, RETRY),
        (500, RETRY, RETRY),
        (503, RETRY, RETRY),
        (429, RETRY, RETRY),
        (404, RETRY, RETRY),
        (502, UNKNOWN, RETRY),
        (504, UNKNOWN, RETRY),
        ({"errcode": -1, "errmsg": "system error"}, RETRY, RETRY),
        ({"errcode": 45009, "errmsg": "quota"}, WeChatFault.STOP_BATCH, WeChatFault.STOP_BATCH),
        ({"errcode": 43101, "errmsg": "user refuse"}, WeChatFault.PERMANENT, WeChatFault.PERMANENT),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, WeChatFault.TOKEN, WeChatFault.TOKEN),
        ({"errcode": 123456, "errmsg": "?"}, WeChatFault.PERMANENT, WeChatFault.PERMANENT),
    ],
    ids=str,
)
def test_an_answer_means_one_thing_to_a_message_and_another_to_a_question(
    client: WeChatOverHttp, little: LittleWeChat, answer: object, sending: WeChatFault, asking: WeChatFault
) -> None:
    little.orders |= {path: [answer] for path in CALLS}
    assert [failure(client, path).fault for path in (SEND, CHECK, LOGIN)] == [sending, asking, asking]
    assert [len([asked for asked in little.asked if asked.path == path]) for path in CALLS] == [1, 1, 1], "no repeats"


def test_a_message_that_never_left_may_be_sent_again(redis_url: str) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{nobody_listens.getsockname()[1]}", redis_url)
        assert [failure(client, path).fault for path in CALLS] == [RETRY] * 3


@pytest.mark.parametrize("answer", [HANG, DROP, b"<html>", 504, {"errcode": -1}, {"errcode": 0}], ids=str)
def test_no_token_means_nothing_was_sent(client: WeChatOverHttp, little: LittleWeChat, answer: object) -> None:
    little.orders[TOKEN] = [answer]
    assert failure(client, SEND).fault is RETRY
    assert little.asked == little.fetches()
    send(client)


def test_a_wrong_secret_says_what_to_do(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders[TOKEN] = [{"errcode": 40125, "errmsg": "invalid appsecret"}]
    refused = failure(client, SEND)
    assert (refused.fault, refused.errcode) == (WeChatFault.TOKEN, 40125)
    assert "AppSecret" in refused.next_step


@pytest.mark.parametrize("answer", [HANG, DROP, 500], ids=str)
def test_a_sign_in_without_an_answer_says_that_the_code_may_be_spent(
    client: WeChatOverHttp, little: LittleWeChat, answer: object
) -> None:
    little.orders[LOGIN] = [answer]
    assert failure(client, LOGIN).next_step == CODE_SPENT


def test_every_number_has_a_meaning_and_a_next_step_in_chinese() -> None:
    table = list(rows())
    assert [row.errcode for row in table] == sorted(ERRORS)
    for row in table:
        assert row.fault in WeChatFault and row.source
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in (row.meaning, row.next_step))


def test_every_fault_has_a_next_step_without_a_number_too() -> None:
    for fault in WeChatFault:
        assert meaning_of(None, fault).fault is fault
        assert WeChatError(fault, None, "").next_step
    assert WeChatError(WeChatFault.PERMANENT, 999, "").next_step == UNLISTED.next_step


def test_the_numbers_of_the_rulebook_mean_what_it_says() -> None:
    """Backend facts §4.5 and §5."""
    told = {
        WeChatFault.PERMANENT: (43101, 40003, 47003, 40037, 40029, 40163, 41030, 61010, 87014, 47001),
        WeChatFault.RETRY: (-1,),
        WeChatFault.STOP_BATCH: (45009, 45011),
        WeChatFault.TOKEN: (40001, 40014, 42001, 40013, 40125, 40164, 89503, 48001),
    }
    assert {code: ERRORS[code].fault for codes in told.values() for code in codes} == {
        code: fault for fault, codes in told.items() for code in codes
    }


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ("40125 token", "重置 AppSecret"),
        ("61010", "最近两小时没有访问"),
        ("-1 retry", "系统繁忙"),
        ("unknown", "可能已经受理"),
        ("99999 permanent", "未登记"),
    ],
)
def test_what_a_row_keeps_of_a_failure_is_explained_to_people(stored: str, says: str) -> None:
    assert explained(stored).startswith(f"{stored}：") and says in explained(stored)


@pytest.mark.parametrize("stored", ["", "not begun", "LimitExceeded.Daily permanent", "the worker stopped meanwhile"])
def test_what_is_not_of_wechat_stays_as_it_is(stored: str) -> None:
    assert explained(stored) == stored
