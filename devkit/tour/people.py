"""People with phones: they speak HTTP like a client, look before they act, and wait by looking again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from devkit.tour.printer import StepFailed

PATIENCE = 20.0
PAUSE = 0.15
API = "/api/v1"


def until(look: Callable[[], Any], holds: Callable[[Any], object], what: str) -> Any:
    """Look again and again until what is seen ``holds``; gives it back.

    :raises StepFailed: after :data:`PATIENCE` seconds, with the last sight.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = look()
        if holds(seen):
            return seen
        if time.monotonic() > deadline:
            raise StepFailed(f"等了 {PATIENCE:g} 秒也没有等到“{what}”，最后看到 {brief(seen)}")
        time.sleep(PAUSE)


def brief(seen: Any) -> str:
    """An issue in a few words, anything else cut short."""
    if isinstance(seen, dict) and "state" in seen:
        return f"{seen['state']}（负责：{seen.get('responsible')}）"
    return str(seen)[:300]


@dataclass
class Person:
    """Somebody signed in. ``name`` is how the tour calls them."""

    web: requests.Session
    base_url: str
    name: str
    token: str | None = None

    def call(self, method: str, path: str, expect: int, body: Any = None) -> Any:
        """One request; ``path`` below ``/api/v1``, or whole when the API gave it. JSON, or None for an empty answer.

        :raises StepFailed: for another status than expected, with what the service said.
        """
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = self.base_url + (path if path.startswith("/api/") else API + path)
        answer = self.web.request(method, url, json=body, headers=headers, timeout=15)
        if answer.status_code != expect:
            raise StepFailed(
                f"{self.name}：{method} {path} 应答 {expect}，得到 {answer.status_code} {answer.text[:400]}"
            )
        return answer.json() if answer.content else None

    def get(self, path: str, expect: int = 200) -> Any:
        return self.call("GET", path, expect)

    def post(self, path: str, body: Any, expect: int = 201) -> Any:
        return self.call("POST", path, expect, body)

    def place_of(self, issue_id: str) -> str:
        """Where this person finds the issue."""
        return f"/issues/{issue_id}"

    def sees(self, issue_id: str, expect: int = 200) -> Any:
        return self.get(self.place_of(issue_id), expect)

    def waits(self, issue_id: str, state: str) -> Any:
        """The issue, once it is in ``state``."""
        return until(lambda: self.sees(issue_id), lambda view: view["state"] == state, state)

    def button(self, issue_id: str, action: str) -> dict[str, Any]:
        """An action as it is offered now.

        :raises StepFailed: when it is not among this viewer's buttons.
        """
        offered = self.sees(issue_id)["actions"]
        for button in offered:
            if button["name"] == action:
                return dict(button)
        raise StepFailed(f"{self.name}没有“{action}”按钮，只有 {[button['name'] for button in offered]}")

    def does(self, issue_id: str, action: str, **values: Any) -> Any:
        """Press a button: it must be offered, and its form must ask for exactly what is filled in.

        The background may move the issue between looking and acting: then, as a client does, look again, once.
        """
        try:
            return self._press(issue_id, action, values)
        except StepFailed as failure:
            if "stale_version" not in str(failure):
                raise
        return self._press(issue_id, action, values)

    def _press(self, issue_id: str, action: str, values: dict[str, Any]) -> Any:
        form = {field["name"]: field for field in self.button(issue_id, action)["fields"]}
        missing = [name for name, asked in form.items() if asked["required"] and name not in values]
        unasked = [name for name in values if name not in form]
        if missing or unasked:
            raise StepFailed(f"“{action}”的表单：没有填 {missing}，没有要求 {unasked}")
        version = self.sees(issue_id)["version"]
        body = {"action": action, "version": version, **values}
        return self.call("POST", f"{self.place_of(issue_id)}/actions", 200, body)

    def finds(self, issue_id: str, action: str, name: str, word: str) -> dict[str, str]:
        """What an id field may point at, through the field's own search address: the first hit for ``word``.

        :raises StepFailed: when nothing is found.
        """
        asked = next(one for one in self.button(issue_id, action)["fields"] if one["name"] == name)
        found = self.get(f"{asked['search']}?q={quote(word)}")["items"]
        if not found:
            raise StepFailed(f"{self.name}在“{action}”里搜不到“{word}”")
        return dict(found[0])

    def is_told(self, issue_id: str, title: str) -> dict[str, Any]:
        """The inbox message about this issue whose title begins so, once it is there."""
        path = "/inbox?limit=100"

        def look() -> list[dict[str, Any]]:
            return [item for item in self.get(path)["items"] if item["issue_id"] == issue_id]

        found = until(look, lambda items: any(item["title"].startswith(title) for item in items), f"消息：{title}")
        return next(item for item in found if item["title"].startswith(title))


@dataclass
class Holder(Person):
    """Whoever holds a receipt code: no account, no session; the issue is behind the code."""

    code: str = field(default="", repr=False)

    def place_of(self, issue_id: str) -> str:
        return f"/receipts/{self.code}"
