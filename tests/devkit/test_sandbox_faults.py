"""Ordering trouble from the WeChat sandbox."""

import json
import threading
import time

import pytest

from devkit.wechat_sandbox.identities import openid_for
from devkit.wechat_sandbox.state import SandboxState
from tests.devkit.conftest import APPID, SECRET
from tests.devkit.sandbox_client import SandboxClient

TOKEN = "/cgi-bin/token"
SEND = "/cgi-bin/message/subscribe/send"
QUERY = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}


def order(sandbox: SandboxClient, endpoint: str, kind: str, **extra: object) -> int:
    return sandbox.post("/sandbox/faults", json={"endpoint": endpoint, "kind": kind, **extra}).status_code


def test_a_fault_strikes_its_endpoint_as_often_as_ordered(sandbox: SandboxClient) -> None:
    assert order(sandbox, TOKEN, "http_500", times=2) == 201
    assert sandbox.post("/cgi-bin/stable_token", json=QUERY).status_code == 200
    answers = [sandbox.get(TOKEN, query_string=QUERY).status_code for _ in range(3)]
    assert answers == [500, 500, 200]


def test_an_errcode_and_a_malformed_answer(sandbox: SandboxClient) -> None:
    order(sandbox, TOKEN, "errcode", value=45009)
    order(sandbox, TOKEN, "malformed")
    assert sandbox.get(TOKEN, query_string=QUERY).json["errcode"] == 45009
    broken = sandbox.get(TOKEN, query_string=QUERY)
    assert broken.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken.data)


def test_latency_delays_the_answer(sandbox: SandboxClient) -> None:
    order(sandbox, TOKEN, "latency", value=0.05)
    began = time.monotonic()
    assert "access_token" in sandbox.get(TOKEN, query_string=QUERY).json
    assert time.monotonic() - began >= 0.05


def test_a_message_may_be_delivered_although_the_answer_is_held_back(state: SandboxState, eventually) -> None:
    sandbox = SandboxClient(state)
    token = sandbox.get(TOKEN, query_string=QUERY).json["access_token"]
    order(sandbox, SEND, "timeout_after_accept", value=60)
    message = {"touser": openid_for("demo-resident-1"), "template_id": "t", "data": {"thing1": {"value": "好"}}}
    waiting = threading.Thread(target=lambda: sandbox.post(f"{SEND}?access_token={token}", json=message), daemon=True)
    waiting.start()
    eventually(lambda: sandbox.get("/sandbox/messages").json)
    assert waiting.is_alive()
    sandbox.post("/sandbox/reset")
    waiting.join(10)
    assert not waiting.is_alive()
    assert sandbox.get("/sandbox/messages").json == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"endpoint": "cgi-bin/token", "kind": "latency"},
        {"endpoint": TOKEN, "kind": "earthquake"},
        {"endpoint": TOKEN, "kind": "errcode"},
        {"endpoint": TOKEN, "kind": "latency", "value": 9999},
        {"endpoint": TOKEN, "kind": "latency", "value": "long"},
        {"endpoint": TOKEN, "kind": "http_500", "times": 0},
        {"endpoint": TOKEN, "kind": "http_500", "probability": 0},
        {"endpoint": TOKEN, "kind": "malformed", "value": 9},
    ],
)
def test_an_order_that_makes_no_sense_is_answered_with_a_sentence(sandbox: SandboxClient, body: object) -> None:
    answer = sandbox.post("/sandbox/faults", json=body)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_a_fault_in_the_header_strikes_one_request(sandbox: SandboxClient) -> None:
    answer = sandbox.get(TOKEN, query_string=QUERY, x_sandbox_fault="errcode=45011")
    assert answer.json["errcode"] == 45011
    assert "access_token" in sandbox.get(TOKEN, query_string=QUERY).json
    assert sandbox.get(TOKEN, query_string=QUERY, x_sandbox_fault="http_500=503").status_code == 503
    assert sandbox.get(TOKEN, query_string=QUERY, x_sandbox_fault="earthquake").status_code == 422


def test_a_fault_everywhere_spares_the_levers(sandbox: SandboxClient) -> None:
    order(sandbox, "*", "http_500", times=100)
    assert sandbox.get(TOKEN, query_string=QUERY).status_code == 500
    assert sandbox.post("/cgi-bin/stable_token", json=QUERY).status_code == 500
    assert sandbox.get("/sandbox/healthz").status_code == 200
    sandbox.post("/sandbox/faults/clear")
    assert sandbox.get(TOKEN, query_string=QUERY).status_code == 200


def test_latency_does_not_hide_another_fault(sandbox: SandboxClient) -> None:
    order(sandbox, TOKEN, "latency", value=0.001, times=10)
    order(sandbox, TOKEN, "http_500")
    assert [sandbox.get(TOKEN, query_string=QUERY).status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize(("kind", "sent"), [("reset_before", 0), ("reset_after", 1)])
def test_a_broken_connection_before_and_after_the_work(sandbox: SandboxClient, kind: str, sent: int) -> None:
    token = sandbox.token(APPID, SECRET)
    order(sandbox, SEND, kind)
    message = {"touser": openid_for("demo-resident-1"), "template_id": "t", "data": {"thing1": {"value": "好"}}}
    assert sandbox.post(f"{SEND}?access_token={token}", json=message).broken
    assert len(sandbox.get("/sandbox/messages").json) == sent


@pytest.mark.parametrize("shape", range(5))
def test_every_malformed_body_is_no_answer_of_wechat(sandbox: SandboxClient, shape: int) -> None:
    order(sandbox, TOKEN, "malformed", value=shape)
    broken = sandbox.get(TOKEN, query_string=QUERY).data
    with pytest.raises((ValueError, TypeError)):
        json.loads(broken)["access_token"]


def test_chance_strikes_about_as_often_as_ordered_and_the_same_way_again(sandbox: SandboxClient) -> None:
    def run() -> list[int]:
        sandbox.post("/sandbox/reset")
        order(sandbox, TOKEN, "http_500", probability=0.25, seed=7, times=1000)
        return [sandbox.get(TOKEN, query_string=QUERY).status_code for _ in range(200)]

    first = run()
    assert 30 <= first.count(500) <= 70
    assert run() == first
