"""Subscription messages of the WeChat sandbox: what is refused, what is kept, and how it is shown."""

import pytest

from devkit.wechat_sandbox.identities import openid_for
from tests.devkit.sandbox_client import SandboxClient

ALICE, BOB = openid_for("sandbox-alice"), openid_for("sandbox-bob")
SEND = "/cgi-bin/message/subscribe/send"


@pytest.fixture(autouse=True)
def consents(sandbox: SandboxClient) -> None:
    """Both allowed many messages of the template."""
    for user in ("alice", "bob"):
        allowed = sandbox.post("/sandbox/consents", json={"user": user, "template_id": "tpl-1", "times": 50})
        assert allowed.status_code == 201


def send(sandbox: SandboxClient, token: str, **fields: object) -> dict:
    order = {"touser": ALICE, "template_id": "tpl-1", "data": {"thing1": {"value": "路灯已修好"}}, **fields}
    return sandbox.post(f"{SEND}?access_token={token}", json=order).json


def test_a_good_message_is_delivered_and_kept(sandbox: SandboxClient, token: str) -> None:
    first = send(sandbox, token)
    assert (first["errcode"], first["errmsg"]) == (0, "ok")
    send(sandbox, token, touser=BOB)
    newest_first = [message["openid"] for message in sandbox.get("/sandbox/messages").json]
    assert newest_first == [BOB, ALICE]
    [mine] = sandbox.get(f"/sandbox/messages?openid={ALICE}").json
    assert mine["msgid"] == first["msgid"]
    assert mine["data"] == {"thing1": "路灯已修好"}


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"touser": "short"}, 40003),
        ({"touser": "x" + ALICE[1:]}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": ""}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"thing1": "bare"}}, 47003),
    ],
)
def test_an_order_that_cannot_be_delivered_is_refused(
    sandbox: SandboxClient, token: str, fields: dict, errcode: int
) -> None:
    assert send(sandbox, token, **fields)["errcode"] == errcode
    assert sandbox.get("/sandbox/messages").json == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "满" * 21),
        ("thing1", ""),
        ("thing1", "第一行\n第二行"),
        ("character_string2", "编号"),
        ("character_string2", "x" * 33),
        ("time3", "明天下午"),
        ("time3", "2026-01-02"),
        ("date4", "下周一"),
        ("phrase5", "正在办理之中"),
        ("phrase5", "done"),
        ("number6", "三"),
    ],
)
def test_a_value_against_the_rule_of_its_key_is_refused_by_name(
    sandbox: SandboxClient, token: str, key: str, value: str
) -> None:
    answer = send(sandbox, token, data={key: {"value": value}})
    assert answer["errcode"] == 47003
    assert f"data.{key}.value" in answer["errmsg"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "满" * 20),
        ("character_string2", "MS-2026-000123"),
        ("time3", "15:01"),
        ("time3", "2019年10月1日 15:01"),
        ("time3", "2026-01-02 09:00~2026-01-02 11:30"),
        ("date4", "2019年10月1日"),
        ("date4", "2026-01-02 09:30"),
        ("phrase5", "已办结"),
        ("number6", 12),
        ("number6", "3.5"),
        ("unheard_of7", "anything"),
    ],
)
def test_a_value_within_the_rule_of_its_key_passes(sandbox: SandboxClient, token: str, key: str, value: object) -> None:
    assert send(sandbox, token, data={key: {"value": value}})["errcode"] == 0


def test_a_body_that_is_no_json_is_refused(sandbox: SandboxClient, token: str) -> None:
    answer = sandbox.post(f"{SEND}?access_token={token}", data=b"\xff{")
    assert answer.json["errcode"] == 47001


def test_the_page_shows_messages_escaped_and_runs_nothing(sandbox: SandboxClient, token: str) -> None:
    send(sandbox, token, data={"thing1": {"value": "<script>1"}})
    page = sandbox.get("/sandbox")
    assert "&lt;script&gt;1" in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
