"""What is asked of WeChat, field by field as documented, always at the configured host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.wechat import Scene, Suggestion, WeChatError, WeChatFault
from service.wechat_client import WeChatOverHttp
from tests.wechat.clients import APPID, OFFICIAL, OFFICIAL_SECRET, SECRET, client_of, send
from tests.wechat.little import TOKEN, LittleWeChat

Make = Callable[..., WeChatOverHttp]
PNG = b"\x89PNG\r\n\x1a\n and so on"
ORDER = {"openid": "o-1", "template_id": "t-1", "page": "pages/issue/index?id=1", "data": {"thing1": "已答复"}}


def test_a_subscription_message_says_page_version_and_language(client: WeChatOverHttp, little: LittleWeChat) -> None:
    assert send(client) == "2"
    asked = little.asked[-1]
    assert (asked.path, asked.token) == ("/cgi-bin/message/subscribe/send", little.token())
    assert asked.body == {
        "touser": "o" * 28,
        "template_id": "a-template",
        "page": "pages/issue/index?id=1",
        "miniprogram_state": "developer",
        "lang": "zh_CN",
        "data": {"thing1": {"value": "已答复"}},
    }


def test_an_official_notice_opens_a_page_of_the_mini_program(client: WeChatOverHttp, little: LittleWeChat) -> None:
    target = {"appid": APPID, "pagepath": "pages/issue/index?id=1"}
    client.send_official(**ORDER)  # type: ignore[arg-type]
    assert (little.asked[-1].path, little.asked[-1].body["miniprogram"]) == ("/cgi-bin/message/template/send", target)
    client.send_official_subscription(**ORDER)  # type: ignore[arg-type]
    asked = little.asked[-1]
    assert (asked.path, asked.body["miniprogram"]) == ("/cgi-bin/message/subscribe/bizsend", target)
    assert asked.body["data"] == {"thing1": {"value": "已答复"}}
    assert [asked.body["appid"] for asked in little.fetches()] == [OFFICIAL]


def test_codes_are_exchanged_without_a_token(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders["/sns/jscode2session"] = [{"openid": "o-1", "session_key": "k", "unionid": "u-1"}]
    little.orders["/sns/oauth2/access_token"] = [{"openid": "p-1", "access_token": "of-the-person"}]
    assert client.identity("c-1").unionid == "u-1"
    assert client.official_identity("c-2").openid == "p-1"
    assert little.fetches() == []
    first, second = (asked.query for asked in little.asked)
    code = {"grant_type": ["authorization_code"]}
    assert first == {"appid": [APPID], "secret": [SECRET], "js_code": ["c-1"]} | code
    assert second == {"appid": [OFFICIAL], "secret": [OFFICIAL_SECRET], "code": ["c-2"]} | code


def test_a_phone_number_comes_without_its_country(client: WeChatOverHttp, little: LittleWeChat) -> None:
    answer = {"errcode": 0, "phone_info": {"phoneNumber": "+8613800000001", "purePhoneNumber": "13800000001"}}
    little.orders["/wxa/business/getuserphonenumber"] = [answer]
    assert client.phone("c-1") == "13800000001"
    assert little.asked[-1].body == {"code": "c-1"}


def test_content_is_checked_by_the_second_version(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders["/wxa/msg_sec_check"] = [
        {"errcode": 0, "result": {"suggest": "risky", "label": 20001}, "trace_id": "t-1"}
    ]
    verdict = client.check_text(text="路灯坏了", openid="o-1", scene=Scene.FORUM)
    assert (verdict.suggestion, verdict.label, verdict.trace_id) == (Suggestion.RISKY, 20001, "t-1")
    assert little.asked[-1].body == {"content": "路灯坏了", "version": 2, "scene": 3, "openid": "o-1"}
    little.orders["/wxa/media_check_async"] = [{"errcode": 0, "trace_id": "t-2"}]
    assert client.check_media(url="https://x/y.jpg", openid="o-1", scene=Scene.COMMENT) == "t-2"
    wanted = {"media_url": "https://x/y.jpg", "media_type": 2, "version": 2, "scene": 2, "openid": "o-1"}
    assert little.asked[-1].body == wanted


@pytest.mark.parametrize(
    ("state", "version", "is_checked"),
    [("formal", "release", True), ("trial", "trial", False), ("developer", "develop", False)],
)
def test_codes_and_links_open_the_version_of_the_settings(
    make_client: Make, little: LittleWeChat, state: str, version: str, is_checked: bool
) -> None:
    client = make_client(wechat_miniprogram_state=state)
    little.orders["/wxa/getwxacodeunlimit"] = [PNG]
    assert client.code_image(scene="GRGTB8FW66", page="pages/scan/index", width=430) == PNG
    order = {"scene": "GRGTB8FW66", "page": "pages/scan/index", "width": 430}
    assert little.asked[-1].body == order | {"env_version": version, "check_path": is_checked}
    little.orders["/wxa/generate_urllink"] = [{"errcode": 0, "url_link": "https://wxaurl.cn/x"}]
    assert client.url_link(path="pages/scan/index", query="a=1") == "https://wxaurl.cn/x"
    assert little.asked[-1].body["env_version"] == version
    little.orders["/wxa/generatescheme"] = [{"errcode": 0, "openlink": "weixin://dl/business/?t=x"}]
    assert client.url_scheme(path="pages/scan/index", query="a=1") == "weixin://dl/business/?t=x"
    assert little.asked[-1].body["jump_wxa"]["env_version"] == version
    send(client)
    assert little.asked[-1].body["miniprogram_state"] == state


def test_production_opens_the_published_version(make_client: Make, little: LittleWeChat) -> None:
    send(make_client(app_env="production"))
    assert little.asked[-1].body["miniprogram_state"] == "formal"


def test_a_code_that_is_refused_is_not_taken_for_a_picture(client: WeChatOverHttp, little: LittleWeChat) -> None:
    little.orders["/wxa/getwxacodeunlimit"] = [{"errcode": 41030, "errmsg": "invalid page rid: 61-62-63"}, b"<html>"]
    with pytest.raises(WeChatError) as refused:
        client.code_image(scene="x", page="pages/nowhere", width=430)
    assert (refused.value.fault, refused.value.errcode) == (WeChatFault.PERMANENT, 41030)
    with pytest.raises(WeChatError) as unreadable:
        client.code_image(scene="x", page="pages/scan/index", width=430)
    assert unreadable.value.fault is WeChatFault.RETRY


def test_the_address_may_have_a_path_before(little: LittleWeChat, base_url: str, redis_url: str) -> None:
    """A reverse proxy of the district's own network."""
    behind = client_of(f"{base_url}/wechat", redis_url)
    little.orders["/wechat" + TOKEN] = [{"access_token": "behind", "expires_in": 7200}]
    send(behind)
    assert {asked.path.split("/")[1] for asked in little.asked} == {"wechat"}


def test_connections_are_kept(client: WeChatOverHttp) -> None:
    for _ in range(5):
        send(client)
    assert client._transport._pool.num_connections == 1
