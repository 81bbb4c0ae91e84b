"""Asks the sandbox without a socket: the same code as behind the server, one request after the other."""

from __future__ import annotations

import asyncio
import json as json_module
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlencode

from devkit.wechat_sandbox.app import Sandbox
from devkit.wechat_sandbox.http import Answer, Call
from devkit.wechat_sandbox.state import SandboxState


class Reply:
    """One answer; ``broken`` when the line would have been cut instead."""

    def __init__(self, answer: Answer) -> None:
        self.status_code, self.data, self.headers = answer.status, answer.body, answer.headers
        self.content_type, self.broken = answer.content_type, answer.reset

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json_module.loads(self.data)


class SandboxClient:
    """``get`` and ``post`` as tests of web applications know them."""

    def __init__(self, state: SandboxState) -> None:
        self.app = Sandbox(state)
        self.state = state

    def get(self, path: str, query_string: Mapping[str, str] | None = None, **headers: str) -> Reply:
        return self._ask("GET", path, query_string or {}, b"", headers)

    def post(self, path: str, json: object = None, data: bytes | None = None, **headers: str) -> Reply:
        body = data if data is not None else json_module.dumps(json).encode()
        return self._ask("POST", path, {}, body, headers)

    def _ask(self, method: str, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]) -> Reply:
        bare, _, arguments = f"{path}{'&' if '?' in path else '?'}{urlencode(query)}".partition("?")
        names = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        call = Call(
            method, bare, dict(parse_qsl(arguments, keep_blank_values=True)), body, names, "http://sandbox.test"
        )
        # In a thread: where browser tests ran before, this one's event loop is theirs (Playwright keeps it running).
        with ThreadPoolExecutor(1) as aside:
            return Reply(aside.submit(lambda: asyncio.run(self.app.answer(call))).result())

    def token(self, appid: str, secret: str) -> str:
        """A stable token."""
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        return str(self.post("/cgi-bin/stable_token", json=body).json["access_token"])
