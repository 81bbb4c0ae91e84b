"""What people see of the sandbox: the messages, and the page that asks who they want to be."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from devkit.wechat_sandbox.identities import official_openid_for, openid_for
from devkit.wechat_sandbox.state import Options, SandboxState
from tests.devkit.conftest import APPID, OFFICIAL_APPID, OFFICIAL_SECRET, SECRET
from tests.devkit.sandbox_client import SandboxClient

BACK = "https://station.example/oauth/back?next=%2Finbox"
GOOD = {
    "appid": OFFICIAL_APPID,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "snsapi_base",
    "state": "abc123",
}


@pytest.fixture
def state() -> SandboxState:
    options = Options(
        client_url="http://127.0.0.1:8000/m/#/",
        redirect_domains=("station.example",),
        titles={"demo-deputy-1": "李敏(deputy)"},
    )
    return SandboxState({APPID: SECRET, OFFICIAL_APPID: OFFICIAL_SECRET}, options=options)


def send(sandbox: SandboxClient, user: str, words: str, **fields: object) -> None:
    token = sandbox.token(APPID, SECRET)
    sandbox.post("/sandbox/consents", json={"user": user, "template_id": "tmpl-issue-task"})
    data = {"thing1": {"value": words}}
    order = {"touser": openid_for(user), "template_id": "tmpl-issue-task", "data": data, **fields}
    answer = sandbox.post(f"/cgi-bin/message/subscribe/send?access_token={token}", json=order)
    assert answer.json["errcode"] == 0


def test_a_message_is_shown_as_a_phone_would_show_it(sandbox: SandboxClient) -> None:
    send(sandbox, "demo-deputy-1", "新的意见", page="pages/issue/detail?id=7")
    page = sandbox.get("/sandbox").text
    for words in ("李敏(deputy)", "待办事项提醒", "<dt>事项</dt><dd>新的意见</dd>", "pages/issue/detail?id=7"):
        assert words in page
    assert 'href="http://127.0.0.1:8000/m/#/pages/issue/detail?id=7"' in page


def test_it_refreshes_itself_until_it_is_told_not_to(sandbox: SandboxClient) -> None:
    assert '<meta http-equiv="refresh" content="5">' in sandbox.get("/sandbox").text
    assert "http-equiv" not in sandbox.get("/sandbox?refresh=0").text


def test_it_can_be_narrowed_to_a_person_or_a_kind(sandbox: SandboxClient) -> None:
    send(sandbox, "demo-deputy-1", "给代表的")
    send(sandbox, "sandbox-alice", "给居民的")
    for query in ("who=李敏", f"openid={openid_for('demo-deputy-1')}"):
        page = sandbox.get(f"/sandbox?{query}").text
        assert "给代表的" in page and "给居民的" not in page
    assert "给代表的" in sandbox.get("/sandbox?kind=subscription").text
    assert "给代表的" not in sandbox.get("/sandbox?kind=template").text


@pytest.mark.parametrize("hostile", ["<script>1</script>", '"><img src=x onerror=1>', "{{ 7*7 }}"])
def test_hostile_words_stay_words(sandbox: SandboxClient, hostile: str) -> None:
    send(sandbox, "sandbox-alice", hostile[:20])
    for page in (sandbox.get("/sandbox"), sandbox.get("/sandbox", query_string={"who": hostile})):
        assert "<script" not in page.text
        assert "<img" not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script" not in policy
    assert html.escape(hostile[:20], quote=True).replace("&quot;", "&#34;") in sandbox.get("/sandbox").text


def test_checks_pushes_and_faults_are_on_the_page(sandbox: SandboxClient) -> None:
    token = sandbox.token(APPID, SECRET)
    order = {"version": 2, "scene": 1, "openid": openid_for("demo-deputy-1"), "content": "沙箱违规的话"}
    sandbox.post(f"/wxa/msg_sec_check?access_token={token}", json=order)
    sandbox.post("/sandbox/events", json={"type": "subscribe", "user": "alice"})
    sandbox.post("/sandbox/faults", json={"endpoint": "*", "kind": "latency", "value": 0.1, "times": 9})
    page = sandbox.get("/sandbox").text
    for words in ("违规(标签 20001)", "沙箱违规的话", "没有回调地址,未发送", "故障 latency"):
        assert words in page


def authorize(sandbox: SandboxClient, **changes: str) -> str:
    return sandbox.get("/connect/oauth2/authorize", query_string={**GOOD, **changes}).text


def test_choosing_a_person_leads_back_with_a_code_for_one_use(sandbox: SandboxClient) -> None:
    shown = sandbox.get("/connect/oauth2/authorize", query_string=GOOD)
    page = shown.text
    assert "station.example" in page
    assert "form-action 'self' https://station.example;" in shown.headers["Content-Security-Policy"]
    [address] = [html.unescape(found) for found in re.findall(r'href="(/connect[^"]+)"', page)]
    back = sandbox.get(address)
    assert back.status_code == 302
    location = urlsplit(back.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == "https://station.example/oauth/back"
    arguments = parse_qs(location.query)
    assert (arguments["state"], arguments["next"]) == (["abc123"], ["/inbox"])
    query = {"grant_type": "authorization_code", "appid": OFFICIAL_APPID, "secret": OFFICIAL_SECRET}
    query["code"] = arguments["code"][0]
    answers = [sandbox.get("/sns/oauth2/access_token", query_string=query).json for _ in range(2)]
    assert answers[0]["openid"] == official_openid_for("demo-deputy-1")
    assert answers[1]["errcode"] == 40163


def test_a_code_of_the_official_account_does_not_open_the_miniprogram(sandbox: SandboxClient) -> None:
    back = sandbox.get("/connect/oauth2/confirm", query_string={**GOOD, "user": "alice"})
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    query = {"grant_type": "authorization_code", "appid": APPID, "secret": SECRET, "js_code": code}
    assert sandbox.get("/sns/jscode2session", query_string=query).json["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, "10003"),
        ({"redirect_uri": "javascript:alert(1)"}, "10003"),
        ({"appid": APPID}, "40013"),
        ({"scope": "everything"}, "10005"),
        ({"response_type": "token"}, "10004"),
        ({"state": "x" * 129}, "state"),
        ({"state": "a&b"}, "state"),
    ],
)
def test_a_wrong_address_offers_nobody(sandbox: SandboxClient, changes: dict[str, str], words: str) -> None:
    for path in ("/connect/oauth2/authorize", "/connect/oauth2/confirm"):
        answer = sandbox.get(path, query_string={**GOOD, "user": "alice", **changes})
        assert answer.status_code == 200
        assert words in answer.text and "/connect/oauth2/confirm" not in answer.text
