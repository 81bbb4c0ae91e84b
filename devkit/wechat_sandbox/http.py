"""What goes in and out of the sandbox, apart from any web server: so that tests need no socket and the server stays small."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devkit.wechat_sandbox.errors import WeChatError

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One request. Header names are in small letters; ``base_url`` is how the caller reached us."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""
    headers: Headers = field(default_factory=dict)
    base_url: str = "http://127.0.0.1"

    def argument(self, name: str) -> str:
        """A value of the address; empty when it is not there."""
        return self.query.get(name, "")

    def json(self) -> dict[str, Any]:
        """The JSON body; 47001 when it is none (documentation: 全局返回码, "解析 JSON/XML 内容错误")."""
        found = self.any_json()
        if not isinstance(found, dict):
            raise WeChatError(47001, "data format error")
        return found

    def any_json(self) -> object:
        """The JSON body, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(slots=True)
class Answer:
    """One response. ``reset``: no response at all, the connection breaks."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    outcome: str = ""
    reset: bool = False


def json_answer(content: object, status: int = 200, outcome: str = "") -> Answer:
    """``content`` as JSON, Chinese unescaped as WeChat sends it."""
    return Answer(json.dumps(content, ensure_ascii=False).encode(), status, outcome=outcome)


def html_answer(page: str, status: int = 200, *, forms_lead_to: str = "") -> Answer:
    """A page. It may show what strangers wrote: besides being escaped, nothing on it may run or load.

    ``forms_lead_to``: an origin its forms may be redirected to; a browser holds that against the page's policy too.
    """
    forms = f"form-action 'self' {forms_lead_to}".rstrip()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {forms}; base-uri 'none'"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return Answer(page.encode(), status, "text/html; charset=utf-8", headers)


def redirect(address: str) -> Answer:
    """302 to ``address``."""
    return Answer(status=302, headers={"Location": address})


def text_of(source: Mapping[str, Any], name: str) -> str:
    """A value that is text; empty for anything else."""
    value = source.get(name)
    return value if isinstance(value, str) else ""
