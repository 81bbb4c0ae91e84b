"""Tokens, secrets, codes and openids stand in addresses: no log line, exception or traceback repeats them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest
import structlog

from service.wechat import WeChatError
from service.wechat_client import WeChatOverHttp
from tests.wechat.clients import OFFICIAL_SECRET, SECRET, send
from tests.wechat.little import DROP, HANG, TOKEN, LittleWeChat

OPENID, CODE = "o" * 28, "a-login-code-of-somebody-xyz"
ERRMSG = f"access_token {'t' * 60} of {OPENID} rid: 65f2a6c1-1f2e3d4c-5a6b7c8d"
CALLS: list[Callable[[WeChatOverHttp], object]] = [
    send,
    lambda client: client.identity(CODE),
    lambda client: client.official_identity(CODE),
    lambda client: client.phone(CODE),
]
ANSWERS: list[object] = [
    HANG,
    DROP,
    500,
    b"<html>",
    {"errcode": 40001, "errmsg": ERRMSG},
    {"errcode": 1, "errmsg": ERRMSG},
]
PATHS = (
    TOKEN,
    "/cgi-bin/message/subscribe/send",
    "/sns/jscode2session",
    "/sns/oauth2/access_token",
    "/wxa/business/getuserphonenumber",
)


def whole_chain(error: BaseException | None) -> str:
    told = ""
    while error is not None:
        told += "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer)[:16])
def test_nothing_secret_is_ever_said(
    client: WeChatOverHttp, little: LittleWeChat, caplog: pytest.LogCaptureFixture, path: str, answer: object
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    told, chained = "", list[BaseException | None]()
    with structlog.testing.capture_logs() as lines:
        little.orders[path] = [answer] * 4
        for call in CALLS:
            try:
                call(client)
            except WeChatError as error:
                told += whole_chain(error)
                chained.append(error.__cause__ or error.__context__)
    assert set(chained) <= {None}
    told += repr(lines) + caplog.text
    assert "urllib3" in caplog.text, "or nothing was watched"
    for secret in (SECRET, OFFICIAL_SECRET, "token-number", "t" * 40, OPENID, CODE):
        assert secret not in told


def test_the_number_wechats_support_asks_for_stays(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders["/cgi-bin/message/subscribe/send"] = [{"errcode": 47003, "errmsg": ERRMSG}]
    with pytest.raises(WeChatError, match="rid: 65f2a6c1-1f2e3d4c-5a6b7c8d"):
        send(client)
