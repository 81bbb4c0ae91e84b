"""The product's own WeChat client against the sandbox over HTTP: both follow the same documentation or one is wrong."""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from devkit.instance import Instance
from devkit.wechat_sandbox.faults import Fault
from devkit.wechat_sandbox.identities import openid_for
from devkit.wechat_sandbox.server import build_server
from devkit.wechat_sandbox.state import SandboxState
from service.wechat import WeChatError
from service.wechat_client import WeChatOverHttp


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


@pytest.fixture
def live(instance: Instance) -> SandboxState:
    return SandboxState(instance.wechat_credentials)


@pytest.fixture
def client(instance: Instance, live: SandboxState) -> Iterator[WeChatOverHttp]:
    server = build_server(live, port=0)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    settings = Settings.from_env(instance.environment())
    yield WeChatOverHttp(dataclasses.replace(settings, wechat_api_base_url=f"http://127.0.0.1:{server.server_port}"))
    server.shutdown()
    serving.join()
    server.server_close()


def send(client: WeChatOverHttp, **fields: str) -> str:
    order = {"openid": openid_for("demo-resident-1"), "template_id": "t", "page": "pages/index"} | fields
    return client.send_subscription(**order, data={"thing1": "已答复"})


def test_it_learns_who_signs_in_and_their_phone(client: WeChatOverHttp) -> None:
    assert client.identity("demo-head").openid == openid_for("demo-head")
    assert client.phone("demo-phone-13800000001") == "13800000001"
    with pytest.raises(WeChatError) as refused:
        client.identity("nobody")
    assert refused.value.errcode == 40029


def test_it_delivers_messages_and_survives_a_revoked_token(client: WeChatOverHttp, live: SandboxState) -> None:
    first = send(client)
    live.revoke_tokens()
    second = send(client)
    assert [str(message.msgid) for message in live.messages()] == [second, first]


@pytest.mark.parametrize("kind", ["http_500", "malformed"])
def test_it_reports_an_answer_that_is_none(client: WeChatOverHttp, live: SandboxState, kind: str) -> None:
    live.add_fault(Fault("/cgi-bin/message/subscribe/send", kind, 0, times=1))
    with pytest.raises(WeChatError):
        send(client)


def test_it_passes_on_what_wechat_refuses(client: WeChatOverHttp, live: SandboxState) -> None:
    with pytest.raises(WeChatError) as refused:
        send(client, openid="nobody")
    assert refused.value.errcode == 40003
    live.add_fault(Fault("/cgi-bin/message/subscribe/send", "errcode", 43101, times=1))
    with pytest.raises(WeChatError) as refused:
        send(client)
    assert refused.value.errcode == 43101
