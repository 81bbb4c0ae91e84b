"""Who is out there: the persons behind openids, when they last visited the mini-program, who follows the official account."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devkit.wechat_sandbox.accounts import MINIPROGRAM, OFFICIAL
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.identities import is_repeatable, named, official_openid_for, openid_for
from service.accounts.roles import ROLE_TITLES, Role

VISIT_COUNTS_FOR = 2 * 3600.0  # domain.md §7.5: the openid visited within two hours
DEMO_NUMBERS = {
    "deputy": 2500, "resident": 500, "station-clerk": 300, "station-head": 300, "unit-clerk": 300, "unit-leader": 300,
    "township": 100, "district": 20, "government-office": 20, "reviewer": 20, "committee": 20, "auditor": 20, "admin": 20,
}  # fmt: skip
"""More than each role has accounts in the demo district: an openid cannot be read backwards, so they are worked out."""


@dataclass(frozen=True)
class Person:
    """``name``: as codes name them; ``title``: what people read."""

    name: str
    title: str

    @property
    def is_demo(self) -> bool:
        return is_repeatable(self.name)

    def openid(self, kind: str) -> str:
        """As the mini-program or the official account sees them."""
        return official_openid_for(self.name) if kind == OFFICIAL else openid_for(self.name)


@functools.cache
def _demo_names() -> dict[str, tuple[str, str]]:
    """openid → (person, account kind) of every code the demo district may use."""
    names = (f"demo-{role}-{number}" for role, most in DEMO_NUMBERS.items() for number in range(1, most + 1))
    found = {}
    for name in names:
        found[openid_for(name)] = (name, MINIPROGRAM)
        found[official_openid_for(name)] = (name, OFFICIAL)
    return found


def demo_titles(file: Path) -> dict[str, str]:
    """Person → name and role, from the demo.json an instance left; empty when there is none."""
    try:
        sign_ins = json.loads(file.read_text("utf-8"))["sign_ins"]
        return {str(one["body"]["code"]): f"{one['name']}({_role_title(one['role'])})" for one in sign_ins}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _role_title(role: str) -> str:
    return ROLE_TITLES[Role(role)] if role in set(Role) else role


class People:
    """Not locked: the state that owns it is.

    Demo persons (``demo-…``) are always there: they have just visited, follow the official account and allow every
    message, unless a lever says otherwise. Everybody else exists from their first sign-in or lever on.
    """

    def __init__(self, clock: Callable[[], float], titles: Mapping[str, str]) -> None:
        self._clock = clock
        self.titles = dict(titles)
        self._known: dict[str, tuple[str, str]] = {}
        self._visits: dict[str, float | None] = {}
        self._following: dict[str, bool] = {}

    def forget(self) -> None:
        """When they visited and whom they follow; an openid still belongs to whom it belongs."""
        self._visits.clear()
        self._following.clear()

    def meet(self, name: str) -> Person:
        """Remember a person by name; afterwards both their openids are known."""
        person = self.person(name)
        for kind in (MINIPROGRAM, OFFICIAL):
            self._known[person.openid(kind)] = (person.name, kind)
        return person

    def person(self, name: str) -> Person:
        """By name, remembered or not."""
        full = named(name)
        return Person(full, self.titles.get(full, full.removeprefix("sandbox-")))

    def whose(self, openid: str) -> tuple[Person, str] | None:
        """(person, account kind) of an openid; None when nobody knows it."""
        found = self._known.get(openid) or _demo_names().get(openid)
        return (self.person(found[0]), found[1]) if found else None

    def listed(self) -> list[Person]:
        """Whom to offer on the OAuth page: those of demo.json, then whoever signed in."""
        names = dict.fromkeys([*self.titles, *(name for name, _ in self._known.values())])
        return [self.person(name) for name in names]

    def check(self, openid: object, kind: str) -> str:
        """The openid; 40003 when it has not the form of one, or is the person's openid at the other account.

        Documentation: subscribeMessage.send, "touser 字段 openid 为空或者不正确". One that has the form and is unknown
        passes: nobody behind it ever consented or visited.
        """
        if not isinstance(openid, str) or len(openid) != 28 or not openid.startswith("o"):
            raise WeChatError(40003, "invalid openid")
        found = self.whose(openid)
        if found is not None and found[1] != kind:
            raise WeChatError(40003, "invalid openid")
        return openid

    def visited(self, openid: str) -> None:
        """The person opened the mini-program just now."""
        self._visits[openid] = self._clock()

    def set_visit(self, openid: str, seconds_ago: float | None) -> None:
        """When the last visit was; None: never."""
        self._visits[openid] = None if seconds_ago is None else self._clock() - seconds_ago

    def is_here(self, openid: str) -> bool:
        """Whether the person visited within two hours."""
        if openid in self._visits:
            at = self._visits[openid]
            return at is not None and self._clock() - at <= VISIT_COUNTS_FOR
        return self._demo(openid)

    def follow(self, openid: str, follows: bool) -> None:
        """Follow the official account, or leave it."""
        self._following[openid] = follows

    def follows(self, openid: str) -> bool:
        """Whether an openid of the official account follows it."""
        return self._following.get(openid, self._demo(openid))

    def _demo(self, openid: str) -> bool:
        found = self.whose(openid)
        return found is not None and found[0].is_demo
