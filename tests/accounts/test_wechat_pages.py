"""From a page in WeChat to WeChat's own and back, by this browser alone; what a desk's QR shows in a camera."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from config.settings import Settings
from service.db import db
from tests.accounts.people import OFFICIAL, opens
from tests.api.conftest import Client, PlainClient
from tests.conftest import FakeClock, FakeWeChat, make_settings

NEXT = "/m/#/pages/mine"


def leaves(client: PlainClient, target: str = NEXT, **more: str) -> tuple[str, dict[str, list[str]]]:
    """The address WeChat is opened at, and its query."""
    answer = client.get("/wechat/authorize", query_string={"next": target, **more})
    assert answer.status_code == 302
    location = answer.headers["Location"]
    return location, parse_qs(urlsplit(location).query)


def returns(client: PlainClient, **query: str) -> TestResponse:
    answer: TestResponse = client.get("/wechat/authorized", query_string=query)
    return answer


def test_wechat_is_opened_as_its_documentation_says(client: Client) -> None:
    location, query = leaves(client)
    assert location.startswith(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx00000000000000ab&redirect_uri="
    )
    assert location.endswith("#wechat_redirect")
    assert query["redirect_uri"] == ["https://daibiao.example.gov.cn/wechat/authorized"]
    assert (query["response_type"], query["scope"]) == (["code"], ["snsapi_base"])
    assert leaves(client, link="1")[1]["scope"] == ["snsapi_userinfo"]


def test_whoever_agrees_comes_back_to_where_they_were_and_signs_in(client: Client) -> None:
    state = leaves(client)[1]["state"][0]
    back = returns(client, code="alice", state=state)
    assert (back.status_code, back.headers["Location"]) == (303, "/m/#/pages/mine?wechat_code=alice")
    assert "token" not in back.text
    assert opens(client, "alice", OFFICIAL) == opens(client, "alice", OFFICIAL)


def test_whoever_refuses_comes_back_without_a_code(client: Client) -> None:
    state = leaves(client)[1]["state"][0]
    back = returns(client, state=state)
    assert (back.status_code, back.headers["Location"]) == (303, NEXT)


def test_the_state_is_kept_where_no_script_reads_it_and_no_other_site_sends_it(client: Client) -> None:
    cookie = client.get("/wechat/authorize").headers["Set-Cookie"]
    for wanted in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/wechat", "Max-Age=600"):
        assert wanted in cookie
    gone = returns(client, state="x").headers["Set-Cookie"]
    assert "Max-Age=0" in gone


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 400
    assert "微信登录没有完成" in answer.text and "重新登录" in answer.text
    assert "Location" not in answer.headers and "alice" not in answer.text


def test_a_state_works_once(client: Client) -> None:
    state = leaves(client)[1]["state"][0]
    assert returns(client, code="alice", state=state).status_code == 303
    refused(returns(client, code="alice", state=state))


def test_a_state_is_over_after_ten_minutes(client: Client, clock: FakeClock) -> None:
    state = leaves(client)[1]["state"][0]
    clock.advance(minutes=10)
    refused(returns(client, code="alice", state=state))


def test_a_state_of_another_browser_is_refused(app: Flask, client: Client) -> None:
    """A stranger's link with the stranger's code must not sign anybody in as the stranger."""
    stranger = PlainClient(app, app.response_class)
    theirs = leaves(stranger)[1]["state"][0]
    refused(returns(client, code="alice", state=theirs))
    leaves(client)
    refused(returns(client, code="alice", state=theirs))
    refused(returns(client, code="alice"))
    refused(returns(client))


@pytest.mark.parametrize("cookie", ["", ".", "x.y", "e30=.0000", "ü", "a" * 3000])
def test_a_cookie_of_ones_own_making_is_refused(client: Client, cookie: str) -> None:
    client.set_cookie("wechat_state", cookie, path="/wechat")
    refused(returns(client, code="alice", state="x"))


def test_a_changed_cookie_is_refused(client: Client) -> None:
    state = leaves(client)[1]["state"][0]
    kept = client.get_cookie("wechat_state", path="/wechat")
    assert kept is not None
    text, _, signature = kept.value.rpartition(".")
    client.set_cookie("wechat_state", f"{text[:-4]}AAAA.{signature}", path="/wechat")
    refused(returns(client, code="alice", state=state))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/m/%2f%2fevil.example", "/api/v1/me"])
def test_nobody_is_sent_to_another_site(client: Client, target: str) -> None:
    state = leaves(client, target)[1]["state"][0]
    assert returns(client, code="alice", state=state).headers["Location"] == "/m/#wechat_code=alice"


def test_a_code_that_is_none_is_not_handed_on(client: Client) -> None:
    for code in ("x" * 300, "a b", "é"):
        state = leaves(client)[1]["state"][0]
        assert returns(client, code=code, state=state).headers["Location"] == NEXT


def test_without_an_official_account_the_page_says_what_to_do(core_app: Flask, database_url: str) -> None:
    app = create_app(make_settings(database_url), wechat=FakeWeChat(), wake=lambda _job: None, limit_scale=0)
    answer = PlainClient(app, app.response_class).get("/wechat/authorize")
    assert answer.status_code == 404 and "小程序" in answer.text
    with app.app_context():
        db.engine.dispose()


def test_what_stands_in_for_wechat_shows_its_pages_too() -> None:
    env = {
        "DATABASE_URL": "sqlite://",
        "REDIS_URL": "redis://x",
        "SECRET_KEY": "s" * 40,
        "FIELD_KEYS": "k1:" + "A" * 43,
    }
    assert Settings.from_env(env).wechat_open_base_url == "https://open.weixin.qq.com"
    sandboxed = env | {"WECHAT_API_BASE_URL": "http://127.0.0.1:9000/"}
    assert Settings.from_env(sandboxed).wechat_open_base_url == "http://127.0.0.1:9000"
    chosen = sandboxed | {"WECHAT_OPEN_BASE_URL": "http://127.0.0.1:9001/"}
    assert Settings.from_env(chosen).wechat_open_base_url == "http://127.0.0.1:9001"


def test_a_desks_qr_opened_by_a_camera_warns_and_knows_nothing(client: Client) -> None:
    real = client.post("/api/v1/desk/tickets").json["code"]
    pages = {client.get(f"/d/{code}").text.replace(code, "") for code in (real, "0" * 16)}
    assert len(pages) == 1, "the same for every code"
    assert "别人发来的二维码" in pages.pop()
    assert client.get("/d/a.b").status_code == 404
