"""A town with everybody in it, for walking journeys: people speak HTTP, workers run when the test lets them."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.incoming.actions import take
from service.incoming.reading import push_of
from tests.conftest import FakeClock, FakeWeChat
from tests.world import Place
from workers import jobs, pictures

_KEYS = itertools.count(1)
SAID = "村口小学门前的路灯坏了一个多月，晚上孩子放学很黑"


@dataclass
class Person:
    """Somebody with a phone. ``get`` and ``post`` answer JSON and insist on the expected status."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    account_id: str = ""
    wechat_code: str = ""
    """Of WeChat, for whoever signs in anew without noticing when the session is over, as the client does."""

    def get(self, path: str, expect: int = 200) -> Any:
        return _json(self._asks(self.client.get, path, expect), expect)

    def post(self, path: str, body: Any = None, expect: int = 200, key: str | None = None) -> Any:
        more = {"Idempotency-Key": key or f"key-{next(_KEYS)}"}
        return _json(self._asks(self.client.post, path, expect, json=body, more=more), expect)

    def delete(self, path: str, expect: int = 204) -> Any:
        return _json(self._asks(self.client.delete, path, expect), expect)

    def _asks(self, method: Any, path: str, expect: int, *, more: dict[str, str] | None = None, **body: Any) -> Any:
        answer = method("/api/v1" + path, headers={**self.headers, **(more or {})}, **body)
        if answer.status_code != 401 or expect == 401 or not self.wechat_code:
            return answer
        self.headers = signed_in(self.client, self.wechat_code)
        return method("/api/v1" + path, headers={**self.headers, **(more or {})}, **body)

    def uploads(self, data: bytes, name: str = "IMG_1.jpg", expect: int = 201, key: str | None = None) -> Any:
        """Send a picture; the answer as JSON."""
        headers = {**self.headers, "Idempotency-Key": key or f"key-{next(_KEYS)}"}
        boundary, form = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
        headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        return _json(self.client.post("/api/v1/uploads", data=form, headers=headers), expect)

    def sees(self, issue_id: str, expect: int = 200) -> Any:
        return self.get(f"/issues/{issue_id}", expect)

    def does(self, issue_id: str, action: str, expect: int = 200, version: int | None = None, **fields: Any) -> Any:
        """Take an action as a person would: having just looked at the issue."""
        seen = version if version is not None else self.sees(issue_id)["version"]
        return self.post(f"/issues/{issue_id}/actions", {"action": action, "version": seen, **fields}, expect)

    def may(self, issue_id: str) -> set[str]:
        return {action["name"] for action in self.sees(issue_id)["actions"]}

    def inbox(self) -> list[str]:
        return [item["title"] for item in self.get("/inbox?limit=100")["items"]]


@dataclass
class Holder(Person):
    """Whoever holds a receipt code: no account, no session."""

    code: str = ""

    def sees(self, issue_id: str = "", expect: int = 200) -> Any:
        return self.get(f"/receipts/{self.code}", expect)

    def does(self, issue_id: str, action: str, expect: int = 200, version: int | None = None, **fields: Any) -> Any:
        seen = version if version is not None else self.sees()["version"]
        return self.post(f"/receipts/{self.code}/actions", {"action": action, "version": seen, **fields}, expect)


@dataclass
class Town:
    """District A of the test world with its people signed in, and the workers' door."""

    place: Place
    client: FlaskClient
    clock: FakeClock
    wechat: FakeWeChat
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, account_id: str) -> Person:
        """Signed in with WeChat like on a phone; the same device each time."""
        if account_id not in self.people:
            code = self.place.codes[account_id]
            self.people[account_id] = Person(self.client, signed_in(self.client, code), account_id, code)
        return self.people[account_id]

    def role(self, role: Role, *, elsewhere: bool = False) -> Person:
        accounts = self.place.other_accounts if elsewhere else self.place.accounts
        return self.person(accounts[role])

    def deputy(self, deputy_id: str) -> Person:
        return self.person(self.place.deputy_accounts[deputy_id])

    def guest(self) -> Person:
        token = _json(self.client.post("/api/v1/sessions", json={"provider": "guest"}), 201)["token"]
        return Person(self.client, {"Authorization": f"Bearer {token}"})

    def holder(self, code: str) -> Holder:
        return Holder(self.client, code=code)

    def submits(
        self, who: Person, *, expect: int = 201, work: bool = True, key: str | None = None, **changes: Any
    ) -> Any:
        """``who`` says something at the station, on the grid of the primary deputy; the workers then do their part."""
        body: dict[str, Any] = {
            "station_code": self.place.scan_code,
            "content": SAID,
            "category": "道路交通",
            "grid_id": self.place.grid,
            "anonymity": "receipt_only",
            "consents": {"privacy": True},
        }
        body |= changes
        answer = who.post("/issues", {name: value for name, value in body.items() if value is not None}, expect, key)
        if work and expect == 201:
            self.work()
        return answer

    def work(self) -> None:
        """Let the workers finish everything that is due."""
        jobs.drain_outbox()
        while pictures.process_next(core().vault, core().clock):
            pass
        jobs.ask_checks()
        self.pushes_results()
        jobs.drain_outbox()
        jobs.deliver_notifications()
        jobs.link_ledger()

    def pushes_results(self) -> None:
        """WeChat tells what it found in the pictures it was asked about."""
        while self.wechat is not None and self.wechat.results:
            body = {
                "ToUserName": "gh_town",
                "FromUserName": "o-wechat-itself",
                "CreateTime": int(self.clock.now.timestamp()),
                "MsgType": "event",
                "Event": "wxa_media_check",
                "trace_id": (trace := self.wechat.results.pop(0)),
                "version": 2,
                "errcode": 0,
                "result": {"suggest": self.wechat.suggestion.value, "label": self.wechat.found()},
            }
            take(db.session(), push_of(body), envelope=trace, sealed=True, now=self.clock.now)
            db.session.commit()

    def sweeps_pictures(self) -> None:
        """What the scheduler rings once an hour and once a day."""
        db.session.commit()
        jobs.sweep_uploads()
        jobs.compare_files()

    def wait(self, **time: float) -> None:
        """Time passes; the scheduler rings."""
        self.clock.advance(**time)
        jobs.run_timers()
        jobs.chase_checks()
        self.work()


def signed_in(client: FlaskClient, code: str) -> dict[str, str]:
    """Headers of a new session by the mini-program."""
    body = {"provider": "wechat_miniprogram", "code": code}
    return {"Authorization": f"Bearer {_json(client.post('/api/v1/sessions', json=body), 201)['token']}"}


def _json(response: Any, expect: int) -> Any:
    assert response.status_code == expect, f"{response.status_code}: {response.get_data(as_text=True)[:1500]}"
    return response.get_json(silent=True)
