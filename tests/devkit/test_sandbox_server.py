"""The sandbox as a process on a port: connections, ends, and who gets which WeChat."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from config.settings import Settings
from devkit.instance import Instance, uses_sandbox
from devkit.terminal import CommandFailed
from devkit.wechat_sandbox import command
from devkit.wechat_sandbox.faults import Fault
from devkit.wechat_sandbox.server import SandboxServer, build_server
from devkit.wechat_sandbox.state import SandboxState

TOKEN = "/cgi-bin/token"
CREDENTIALS = {"wx0123456789abcdef": "0123456789abcdef0123456789abcdef"}
ADDRESS = TOKEN + "?grant_type=client_credential&appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WECHAT_API_BASE_URL", "WECHAT_OPEN_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    found = build_server(SandboxState(CREDENTIALS), port=0)
    serving = threading.Thread(target=found.serve_forever)
    serving.start()
    yield found
    found.shutdown()
    serving.join(5)
    found.server_close()
    assert not serving.is_alive()


def test_a_connection_stays_open_for_the_next_request(server: SandboxServer) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    line.connect()
    before = line.sock
    for _ in range(3):
        line.request("GET", ADDRESS)
        assert "access_token" in json.loads(line.getresponse().read())
    assert line.sock is before
    line.close()


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_reset_breaks_the_line(server: SandboxServer, kind: str) -> None:
    server.sandbox.state.add_fault(Fault(TOKEN, kind, 0, 1))
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    line.request("GET", ADDRESS)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        line.getresponse()
    line.close()
    assert requests.get(f"http://127.0.0.1:{server.server_port}{ADDRESS}", timeout=5).status_code == 200


def test_a_hundred_waiting_requests_wait_together(server: SandboxServer) -> None:
    server.sandbox.state.add_fault(Fault(TOKEN, "timeout_after_accept", 60, 100))
    with ThreadPoolExecutor(100) as pool:
        waiting = [
            pool.submit(requests.get, f"http://127.0.0.1:{server.server_port}{ADDRESS}", timeout=30) for _ in range(100)
        ]
        fetched = threading.Event()
        for _ in range(1000):
            if len(server.sandbox.state._held) == 100:
                break
            fetched.wait(0.01)
        assert len(server.sandbox.state._held) == 100
        server.sandbox.state.reset()
        assert [one.result().status_code for one in waiting] == [200] * 100


def test_an_unknown_address_and_a_wrong_method(server: SandboxServer) -> None:
    base = f"http://127.0.0.1:{server.server_port}"
    assert requests.get(f"{base}/cgi-bin/nothing", timeout=5).status_code == 404
    assert requests.get(f"{base}/cgi-bin/stable_token", timeout=5).json()["errcode"] == 43002
    assert requests.get(f"{base}/sandbox/messages?openid=%E4%BA%BA", timeout=5).json() == []


def test_a_server_that_was_stopped_before_it_began_ends_at_once() -> None:
    server = build_server(SandboxState(CREDENTIALS), port=0)
    server.shutdown()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    serving.join(10)
    assert not serving.is_alive()
    server.server_close()


def test_the_callers_wechat_wins_over_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(tmp_path)
    port = instance.choose_sandbox_port()
    own = instance.environment()
    assert uses_sandbox()
    assert own["WECHAT_API_BASE_URL"] == own["WECHAT_OPEN_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert own["WECHAT_MINIPROGRAM_TOKEN"] != own["WECHAT_OFFICIAL_TOKEN"]
    monkeypatch.setenv("WECHAT_API_BASE_URL", "https://wechat.example")
    monkeypatch.setenv("WECHAT_MINIPROGRAM_APPID", "wxfromoutside")
    monkeypatch.setenv("WECHAT_OFFICIAL_TOKEN", "given")
    given = instance.environment()
    assert not uses_sandbox()
    assert (given["WECHAT_API_BASE_URL"], given["WECHAT_MINIPROGRAM_APPID"]) == (
        "https://wechat.example",
        "wxfromoutside",
    )
    assert "WECHAT_OPEN_BASE_URL" not in given, "the sandbox's page belongs to the sandbox"
    assert "WECHAT_MINIPROGRAM_TOKEN" not in given, "it defaults to the official account's, which was given"
    assert Settings.from_env(given).wechat_api_base_url == "https://wechat.example"
    assert instance.embedded_wechat["WECHAT_API_BASE_URL"] == own["WECHAT_API_BASE_URL"]


def test_an_instance_of_an_earlier_version_gets_the_keys_it_lacks(tmp_path: Path) -> None:
    Instance(tmp_path)
    kept = json.loads((tmp_path / "instance.json").read_text())
    del kept["secrets"]["WECHAT_MINIPROGRAM_TOKEN"]
    (tmp_path / "instance.json").write_text(json.dumps(kept))
    first, again = Instance(tmp_path).environment(), Instance(tmp_path).environment()
    assert first["WECHAT_MINIPROGRAM_TOKEN"] == again["WECHAT_MINIPROGRAM_TOKEN"]
    assert first["SECRET_KEY"] == kept["secrets"]["SECRET_KEY"]


def test_the_command_gives_both_accounts_their_callback(tmp_path: Path) -> None:
    arguments = ["--port", "0", "--data", str(tmp_path), "--callback", "http://127.0.0.1:1/wechat/callback"]
    server = command.build(command.parse([*arguments, "--no-consent-check", "--push-format", "json"]))
    callbacks = list(server.sandbox.pusher.callbacks.values())
    server.server_close()
    assert [(one.account.kind, one.shape, one.mode) for one in callbacks] == [
        ("miniprogram", "json", "safe"),
        ("official", "json", "safe"),
    ]
    assert not server.sandbox.state.options.check_consents
    assert server.sandbox.state.options.check_visits
    with pytest.raises(CommandFailed, match="http"):
        command.build(command.parse([*arguments[:4], "--callback", "nowhere"]))


def test_the_command_knows_the_demo_persons_by_name(tmp_path: Path) -> None:
    sign_in = {
        "role": "deputy",
        "id": "1",
        "name": "李敏",
        "body": {"provider": "wechat_miniprogram", "code": "demo-deputy-1"},
    }
    (tmp_path / "demo.json").write_text(json.dumps({"sign_ins": [sign_in]}))
    server = command.build(command.parse(["--port", "0", "--data", str(tmp_path)]))
    [person] = server.sandbox.state.people.listed()
    server.server_close()
    assert (person.name, person.title) == ("demo-deputy-1", "李敏(代表)")
