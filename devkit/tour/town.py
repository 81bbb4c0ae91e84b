"""Who takes part in a tour: the demo's accounts signed in, its first station, and the phones in WeChat's sandbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from devkit.tour.people import Holder, Person
from devkit.tour.printer import StepFailed, Story
from devkit.wechat_sandbox.identities import openid_for

TEMPLATES = ["tmpl-issue-task", "tmpl-issue-progress"]
SAID = "村口小学门前的路灯坏了一个多月，晚上孩子放学很黑，请帮忙看看"


@dataclass
class Town:
    """The demo as a client meets it. ``sandbox_url`` empty: pushes cannot be looked at."""

    web: requests.Session
    base_url: str
    notes: Mapping[str, Any]
    sandbox_url: str
    story: Story
    scan_code: str = ""
    station_id: str = ""
    township_id: str = ""
    _people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = self.notes["scan_codes"][0]
        self.scan_code, self.station_id = first["code"], first["station_id"]
        head = self.account("station_head", station_id=self.station_id)
        self.township_id = head["township_id"]

    def account(self, role: str, **wanted: str) -> Mapping[str, Any]:
        """The first account of demo.json with that role and those values.

        :raises StepFailed: when there is none.
        """
        for account in self.notes["sign_ins"]:
            if account["role"] == role and all(account.get(name) == value for name, value in wanted.items()):
                return dict(account)
        raise StepFailed(f"demo.json 里没有 {role} {wanted} 的账号")

    def person(self, account: Mapping[str, Any]) -> Person:
        """Signed in with the account's body, once."""
        code = account["body"]["code"]
        if code not in self._people:
            nobody = Person(self.web, self.base_url, account["name"])
            nobody.token = nobody.post("/sessions", account["body"])["token"]
            self._people[code] = nobody
        return self._people[code]

    def role(self, role: str, **wanted: str) -> Person:
        return self.person(self.account(role, **wanted))

    def deputy(self, deputy_id: str) -> Person:
        return self.role("deputy", id=deputy_id)

    @property
    def head(self) -> Person:
        return self.role("station_head", station_id=self.station_id)

    @property
    def clerk(self) -> Person:
        return self.role("station_clerk", station_id=self.station_id)

    @property
    def township(self) -> Person:
        return self.role("township", township_id=self.township_id)

    def resident(self, number: int) -> Person:
        """The demo's residents in their order, from 0."""
        residents = [account for account in self.notes["sign_ins"] if account["role"] == "resident"]
        return self.person(residents[number])

    def guest(self) -> Person:
        """A phone without any account: a new one each time."""
        stranger = Person(self.web, self.base_url, "群众")
        stranger.token = stranger.post("/sessions", {"provider": "guest"})["token"]
        return stranger

    def holder(self, code: str) -> Holder:
        return Holder(self.web, self.base_url, "群众（凭查询码）", code=code)

    def scan(self, grid_id: str | None = None) -> Any:
        """What the poster's code shows; nobody is signed in."""
        query = f"?grid_id={grid_id}" if grid_id else ""
        return Person(self.web, self.base_url, "群众").get(f"/scan/{self.scan_code}{query}")

    def grid(self) -> str | None:
        """The first grid of the station, as a resident would pick the own one from the page."""
        grids = self.scan()["grids"]
        return str(grids[0]["id"]) if grids else None

    def submits(self, who: Person, **changes: Any) -> Any:
        """``who`` says something at the station; ``changes`` are fields of the form."""
        body = {
            "station_code": self.scan_code,
            "content": f"{SAID}（{uuid.uuid4().hex[:6]}）",
            "category": "道路交通",
            "grid_id": self.grid(),
            "anonymity": "receipt_only",
            "consents": {"privacy": True},
        }
        body |= changes
        return who.post("/issues", {name: value for name, value in body.items() if value is not None})

    def routed(self, **changes: Any) -> tuple[Holder, Person, str]:
        """A guest's issue that has reached its deputy: whoever holds the code, the deputy, the issue's id."""
        receipt = self.submits(self.guest(), **changes)
        holder = self.holder(receipt["receipt_code"])
        seen = holder.waits("", "pending_accept")
        return holder, self.deputy(seen["deputy"]["id"]), receipt["id"]

    def pushes(self, account: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        """What WeChat's sandbox delivered to this account's phone, newest first; None where it cannot be asked."""
        if not self.sandbox_url:
            return None
        openid = openid_for(account["body"]["code"])
        try:
            answer = self.web.get(f"{self.sandbox_url}/sandbox/messages", params={"openid": openid}, timeout=5)
            return list(answer.json())
        except (requests.RequestException, ValueError):
            return None
