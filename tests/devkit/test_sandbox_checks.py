"""Content checks of the sandbox: texts at once, pictures by a push."""

from __future__ import annotations

import io
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image

from devkit.wechat_sandbox.identities import openid_for
from devkit.wechat_sandbox.verdicts import judge_picture, judge_text
from tests.devkit.conftest import Clock
from tests.devkit.sandbox_client import SandboxClient

DEMO, ALICE = openid_for("demo-resident-1"), openid_for("sandbox-alice")


def picture(colour: tuple[int, int, int]) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(output, "JPEG")
    return output.getvalue()


def check(sandbox: SandboxClient, token: str, **fields: object) -> dict:
    order = {"version": 2, "scene": 3, "openid": DEMO, "content": "楼道路灯坏了三天", **fields}
    return sandbox.post(f"/wxa/msg_sec_check?access_token={token}", json=order).json


def test_a_harmless_text_passes_with_every_documented_field(sandbox: SandboxClient, token: str) -> None:
    answer = check(sandbox, token)
    assert answer["errcode"] == 0
    assert answer["result"] == {"suggest": "pass", "label": 100}
    model, keyword = answer["detail"]
    assert (model["strategy"], model["suggest"], model["label"], model["errcode"]) == ("content_model", "pass", 100, 0)
    assert keyword == {"strategy": "keyword", "errcode": 0}
    assert answer["trace_id"]


@pytest.mark.parametrize(
    ("content", "suggest"),
    [
        ("这里有沙箱违规的话", "risky"),
        ("请沙箱复核一下", "review"),
        ("沙箱复核而且沙箱违规", "risky"),
        ("低价代开发票", "risky"),
    ],
)
def test_a_text_brings_about_its_verdict(sandbox: SandboxClient, token: str, content: str, suggest: str) -> None:
    assert check(sandbox, token, content=content)["result"]["suggest"] == suggest
    assert judge_text(content).keyword in content


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"content": "字" * 2500}, 0),
        ({"content": "字" * 2501}, 45002),
        ({"content": ""}, 44002),
        ({"scene": 5}, 40129),
        ({"scene": True}, 40129),
        ({"version": 1}, 47001),
        ({"openid": "short"}, 40003),
        ({"openid": ALICE}, 61010),
    ],
)
def test_a_text_that_cannot_be_checked_is_refused(
    sandbox: SandboxClient, token: str, fields: dict, errcode: int
) -> None:
    assert check(sandbox, token, **fields)["errcode"] == errcode


def test_whoever_visited_within_two_hours_can_be_checked(sandbox: SandboxClient, clock: Clock) -> None:
    account = sandbox.state.accounts[0]
    sandbox.state.sign_in(account.appid, account.secret, "sandbox-alice#1")
    clock.pass_seconds(7200)
    assert check(sandbox, sandbox.token(account.appid, account.secret), openid=ALICE)["errcode"] == 0
    clock.pass_seconds(1)
    assert check(sandbox, sandbox.token(account.appid, account.secret), openid=ALICE)["errcode"] == 61010


def test_a_demo_person_can_be_sent_away(sandbox: SandboxClient, token: str) -> None:
    sandbox.post("/sandbox/visits", json={"user": "demo-resident-1", "seconds_ago": 7201})
    assert check(sandbox, token)["errcode"] == 61010
    sandbox.post("/sandbox/visits", json={"user": "demo-resident-1"})
    assert check(sandbox, token)["errcode"] == 0
    sandbox.post("/sandbox/visits", json={"user": "demo-resident-1", "never": True})
    assert check(sandbox, token)["errcode"] == 61010


def test_the_minute_is_used_up_and_the_next_one_is_not(sandbox: SandboxClient, token: str, clock: Clock) -> None:
    sandbox.post("/sandbox/quotas", json={"endpoint": "/wxa/msg_sec_check", "minute": 2})
    assert [check(sandbox, token)["errcode"] for _ in range(3)] == [0, 0, 45009]
    clock.pass_seconds(60)
    assert check(sandbox, token)["errcode"] == 0


@pytest.mark.parametrize(
    ("colour", "suggest"),
    [((220, 20, 20), "risky"), ((230, 210, 20), "review"), ((30, 120, 40), "pass"), ((250, 250, 250), "pass")],
)
def test_the_colour_of_a_picture_decides(colour: tuple[int, int, int], suggest: str) -> None:
    assert judge_picture("http://host/u/1", picture(colour)).suggest == suggest


def test_the_address_of_a_picture_decides_first() -> None:
    assert judge_picture("http://host/sandbox-risky.jpg", b"").suggest == "risky"
    with pytest.raises(ValueError):
        judge_picture("http://host/1.jpg", b"no picture")


class _Pictures(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the standard library names it so
        found = {"/red.jpg": picture((220, 20, 20)), "/huge.jpg": b"x" * (10 * 1024 * 1024 + 1)}.get(self.path)
        self.send_response(200 if found else 404)
        self.end_headers()
        if found:
            self.wfile.write(found)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def pictures():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pictures) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def look_at(sandbox: SandboxClient, token: str, **fields: object) -> dict:
    order = {"media_type": 2, "version": 2, "scene": 3, "openid": DEMO, **fields}
    return sandbox.post(f"/wxa/media_check_async?access_token={token}", json=order).json


def test_a_picture_is_fetched_and_judged_later(sandbox: SandboxClient, token: str, pictures: str, eventually) -> None:
    sandbox.app.pusher.manners.media_delay = 0
    answer = look_at(sandbox, token, media_url=f"{pictures}/red.jpg")
    assert (answer["errcode"], set(answer)) == (0, {"errcode", "errmsg", "trace_id"})
    eventually(lambda: sandbox.state.checks()[0].suggest)
    done = sandbox.state.checks()[0]
    assert (done.trace_id, done.suggest) == (answer["trace_id"], "risky")


@pytest.mark.parametrize("name", ["gone.jpg", "huge.jpg"])
def test_a_picture_that_cannot_be_had_ends_as_a_download_error(
    sandbox: SandboxClient, token: str, pictures: str, eventually, name: str
) -> None:
    sandbox.app.pusher.manners.media_delay = 0
    assert look_at(sandbox, token, media_url=f"{pictures}/{name}")["errcode"] == 0
    eventually(lambda: sandbox.app.pusher.pushes())
    [push] = sandbox.app.pusher.pushes()
    assert (push.event, push.fields["errcode"], push.fields["detail"]) == ("wxa_media_check", -1008, [])
    assert "result" not in push.fields


@pytest.mark.parametrize("fields", [{"media_url": "file:///etc/passwd"}, {"media_url": ""}, {"media_type": 7}])
def test_an_address_that_is_none_is_refused(sandbox: SandboxClient, token: str, fields: dict) -> None:
    assert look_at(sandbox, token, **{"media_url": "http://127.0.0.1:1/x"} | fields)["errcode"] == 47001
