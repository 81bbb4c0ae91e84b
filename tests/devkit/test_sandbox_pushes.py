"""Events the sandbox pushes to a callback, read by another implementation than its own."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from devkit.wechat_sandbox import crypto, events
from devkit.wechat_sandbox.identities import official_openid_for, openid_for
from tests.devkit.conftest import APPID, OFFICIAL_APPID
from tests.devkit.sandbox_client import SandboxClient

SECRETS = {APPID: ("mini-token", "M" * 43), OFFICIAL_APPID: ("official-token", "A" * 43)}


class Listener:
    """The product's side: what came, and what it answers next."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.slow = threading.Event()
        self.slow.set()
        self.echo = True
        self.url = ""

    def read(self, index: int = -1, appid: str = OFFICIAL_APPID) -> dict:
        """Decrypted by wechatpy."""
        arguments, body = self.requests[index]
        token, key = SECRETS[appid]
        sealed = WeChatCrypto(token, key, appid)
        plain = sealed.decrypt_message(
            body.decode(), arguments["msg_signature"], arguments["timestamp"], arguments["nonce"]
        )
        return xmltodict.parse(plain)["xml"]


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the standard library names it so
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((dict(parse_qsl(urlsplit(self.path).query)), body))
            found.slow.wait(10)
            status, answer = found.answers.pop(0) if found.answers else (200, b"success")
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:  # the standard library names it so
            arguments = dict(parse_qsl(urlsplit(self.path).query))
            signed = crypto.signature("official-token", arguments["timestamp"], arguments["nonce"])
            good = found.echo and arguments["signature"] == signed
            self.send_response(200)
            self.end_headers()
            self.wfile.write(arguments["echostr"].encode() if good else b"no")

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_port}/wechat/callback"
        yield found
        found.slow.set()
        server.shutdown()


@pytest.fixture
def connected(sandbox: SandboxClient, listener: Listener) -> SandboxClient:
    assert sandbox.post("/sandbox/callback", json={"url": listener.url}).status_code == 201
    sandbox.post("/sandbox/pushes", json={"pause": 0.01, "media_delay": 0, "timeout": 3})
    return sandbox


def push(sandbox: SandboxClient, **order: object) -> None:
    answer = sandbox.post("/sandbox/events", json=order)
    assert answer.status_code == 201, answer.text


def ended(sandbox: SandboxClient, *states: str) -> Callable[[], bool]:
    return lambda: [one["state"] for one in sandbox.get("/sandbox/pushes").json] == list(states)


def test_a_text_arrives_encrypted_and_signed(connected: SandboxClient, listener: Listener, eventually) -> None:
    push(connected, type="text", user="alice", content="查询 MS-2026-000001 <&]]>")
    eventually(ended(connected, "delivered"))
    arguments, body = listener.requests[0]
    assert b"MS-2026" not in body
    assert arguments["encrypt_type"] == "aes"
    message = listener.read()
    assert message["MsgType"] == "text"
    assert message["Content"] == "查询 MS-2026-000001 <&]]>"
    assert message["FromUserName"] == arguments["openid"] == official_openid_for("sandbox-alice")
    assert message["ToUserName"].startswith("gh_")
    assert message["MsgId"].isdigit()
    listener.requests[0][0]["timestamp"] = "1"
    with pytest.raises(InvalidSignatureException):
        listener.read()


def test_a_reply_to_a_text_is_shown_as_a_message(connected: SandboxClient, listener: Listener, eventually) -> None:
    reply = crypto.encrypt("<xml><Content><![CDATA[正在办理]]></Content></xml>", "A" * 43, OFFICIAL_APPID)
    listener.answers.append((200, f"<xml><Encrypt><![CDATA[{reply}]]></Encrypt></xml>".encode()))
    push(connected, type="text", user="alice", content="查询 1")
    eventually(ended(connected, "delivered"))
    [message] = connected.get("/sandbox/messages").json
    assert (message["kind"], message["data"]) == ("reply", {"content": "正在办理"})


def test_following_and_leaving(connected: SandboxClient, listener: Listener, eventually) -> None:
    push(connected, type="subscribe", user="alice")
    eventually(ended(connected, "delivered"))
    assert (listener.read()["Event"], listener.read()["MsgType"]) == ("subscribe", "event")
    push(connected, type="unsubscribe", user="alice")
    eventually(ended(connected, "delivered", "delivered"))
    assert listener.read()["Event"] == "unsubscribe"


def test_what_a_person_allows_and_what_became_of_the_message_is_pushed(
    connected: SandboxClient, listener: Listener, eventually, token: str
) -> None:
    openid = openid_for("sandbox-alice")
    push(connected, type="subscribe_msg_popup_event", user="alice", results={"T1": "accept", "T2": "reject"})
    eventually(ended(connected, "delivered"))
    first, second = listener.read(appid=APPID)["SubscribeMsgPopupEvent"]["List"]
    assert (first["TemplateId"], first["SubscribeStatusString"]) == ("T1", "accept")
    assert (second["TemplateId"], second["SubscribeStatusString"]) == ("T2", "reject")
    order = {"touser": openid, "template_id": "T1", "data": {"thing1": {"value": "好"}}}
    answer = connected.post(f"/cgi-bin/message/subscribe/send?access_token={token}", json=order).json
    eventually(ended(connected, "delivered", "delivered"))
    sent = listener.read(appid=APPID)["SubscribeMsgSentEvent"]["List"]
    assert (sent["MsgID"], sent["ErrorCode"], sent["ErrorStatus"]) == (str(answer["msgid"]), "0", "success")
    push(connected, type="subscribe_msg_change_event", user="alice", templates=["T1"])
    eventually(ended(connected, "delivered", "delivered", "delivered"))
    assert listener.read(appid=APPID)["SubscribeMsgChangeEvent"]["List"]["SubscribeStatusString"] == "reject"


def test_a_consent_by_lever_is_pushed_too(connected: SandboxClient, listener: Listener, eventually) -> None:
    connected.post("/sandbox/consents", json={"user": "alice", "template_id": "T1"})
    eventually(ended(connected, "delivered"))
    assert listener.read(appid=APPID)["Event"] == "subscribe_msg_popup_event"


def test_the_result_of_a_picture_carries_the_fields_of_version_2(
    connected: SandboxClient, listener: Listener, eventually, token: str
) -> None:
    order = {"media_url": "http://127.0.0.1:1/x.jpg", "media_type": 2, "version": 2, "scene": 3}
    order["openid"] = openid_for("demo-resident-1")
    trace = connected.post(f"/wxa/media_check_async?access_token={token}", json=order).json["trace_id"]
    eventually(ended(connected, "delivered"))
    failed = listener.read(appid=APPID)
    assert (failed["trace_id"], failed["errcode"], failed["version"]) == (trace, "-1008", "2")
    push(connected, type="wxa_media_check", openid=order["openid"], trace_id=trace, suggest="review")
    eventually(ended(connected, "delivered", "delivered"))
    late = listener.read(appid=APPID)
    assert late["result"] == {"suggest": "review", "label": "20001"}
    assert late["detail"]["strategy"] == "content_model"
    assert late["appid"] == APPID


def test_json_and_plain_mode(connected: SandboxClient, listener: Listener, eventually) -> None:
    connected.post("/sandbox/callback", json={"url": listener.url, "format": "json", "mode": "plain"})
    push(connected, type="subscribe_msg_popup_event", user="alice", results={"T1": "accept"})
    eventually(ended(connected, "delivered"))
    arguments, body = listener.requests[0]
    assert "encrypt_type" not in arguments
    assert arguments["signature"] == crypto.signature("mini-token", arguments["timestamp"], arguments["nonce"])
    message = json.loads(body)
    assert message["Event"] == "subscribe_msg_popup_event"
    assert message["List"] == [{"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "0"}]
    connected.post("/sandbox/callback", json={"url": listener.url, "format": "json"})
    push(connected, type="text", user="alice", content="你好")
    eventually(ended(connected, "delivered", "delivered"))
    sealed = json.loads(listener.requests[1][1])
    plain = crypto.decrypt(sealed["Encrypt"], "A" * 43, OFFICIAL_APPID)
    assert json.loads(plain)["Content"] == "你好"


def test_one_entry_of_a_list_is_no_list_in_json() -> None:
    assert isinstance(json.loads(events.change(["T1"]).as_json("gh", "o", 1))["List"], dict)
    assert isinstance(json.loads(events.change(["T1", "T2"]).as_json("gh", "o", 1))["List"], list)


def test_an_answer_that_is_none_is_followed_by_three_more_tries_with_the_same_time(
    connected: SandboxClient, listener: Listener, eventually, clock
) -> None:
    listener.answers = [(500, b""), (404, b""), (200, b'{"ok": true}'), (503, b"")]
    push(connected, type="subscribe", user="alice")
    eventually(ended(connected, "failed"))
    assert len(listener.requests) == 4
    assert len({listener.read(index)["CreateTime"] for index in range(4)}) == 1
    assert connected.get("/sandbox/statistics").json["pushes"] == {"failed": 1}


def test_it_stops_trying_once_it_heard_success(connected: SandboxClient, listener: Listener, eventually) -> None:
    listener.answers = [(500, b""), (200, b"")]
    push(connected, type="subscribe", user="alice")
    eventually(ended(connected, "delivered"))
    assert len(listener.requests) == 2


def test_a_callback_that_takes_too_long_is_asked_again(
    connected: SandboxClient, listener: Listener, eventually
) -> None:
    connected.post("/sandbox/pushes", json={"timeout": 0.1})
    listener.slow.clear()
    push(connected, type="subscribe", user="alice")
    eventually(lambda: len(listener.requests) >= 2)
    listener.slow.set()
    eventually(ended(connected, "delivered"))


def test_pushes_can_be_lost_and_come_twice(connected: SandboxClient, listener: Listener, eventually) -> None:
    connected.post("/sandbox/pushes", json={"lose": 1, "double": 1})
    push(connected, type="subscribe", user="alice")
    push(connected, type="subscribe", user="bob")
    eventually(lambda: len(listener.requests) == 2)
    assert {listener.read(index)["FromUserName"] for index in (0, 1)} == {official_openid_for("sandbox-bob")}
    assert {one["state"] for one in connected.get("/sandbox/pushes").json} <= {"lost", "delivered", "waiting"}


def test_without_a_callback_nothing_is_sent(sandbox: SandboxClient) -> None:
    push(sandbox, type="subscribe", user="alice")
    assert ended(sandbox, "no_callback")()


def test_the_consoles_verification_wants_the_echo(sandbox: SandboxClient, listener: Listener) -> None:
    order = {"url": listener.url, "app": "official", "verify": True}
    assert sandbox.post("/sandbox/callback", json=order).status_code == 201
    listener.echo = False
    assert sandbox.post("/sandbox/callback", json=order).status_code == 422


@pytest.mark.parametrize(
    "order",
    [
        {"type": "earthquake", "user": "alice"},
        {"type": "text", "user": "alice"},
        {"type": "text", "content": "无名"},
        {"type": "subscribe_msg_popup_event", "user": "alice", "results": {"T": "perhaps"}},
        {"type": "wxa_media_check", "user": "alice"},
        None,
    ],
)
def test_an_event_that_makes_no_sense_is_answered_with_a_sentence(sandbox: SandboxClient, order: object) -> None:
    answer = sandbox.post("/sandbox/events", json=order)
    assert answer.status_code == 422
    assert answer.json["error"]


@pytest.mark.parametrize("url", ["ftp://x", "", "javascript:1"])
def test_a_callback_is_an_http_address_or_none(sandbox: SandboxClient, url: str) -> None:
    assert sandbox.post("/sandbox/callback", json={"url": url}).status_code == (201 if not url else 422)


def test_what_is_encrypted_is_filled_up_to_blocks_of_32() -> None:
    lengths = [len(base64.b64decode(crypto.encrypt("x" * size, "A" * 43, "wx1"))) for size in range(70)]
    assert {length % 32 for length in lengths} == {0}
    assert (lengths[8], lengths[9], len(set(lengths))) == (32, 64, 3), "a whole block is followed by one of filling"


def test_what_was_tampered_with_cannot_be_decrypted() -> None:
    sealed = crypto.encrypt("你好", "A" * 43, "wx1")
    assert crypto.decrypt(sealed, "A" * 43, "wx1") == "你好"
    with pytest.raises(ValueError):
        crypto.decrypt(sealed, "A" * 43, "wx2")
    with pytest.raises(ValueError):
        crypto.decrypt("garbage", "A" * 43, "wx1")
