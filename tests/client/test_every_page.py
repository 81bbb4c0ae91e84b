"""Every page of `pages.json`, while it loads, when it fails, without a network, empty, and with words far too long: axe."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from devkit.snapping import client_pages
from service.accounts.roles import Role
from tests.bad_days.processes import RealInstance
from tests.client.conftest import Pick
from tests.client.habits import all_here, forgives, routed, signs_in
from tests.client.hands import Hands
from tests.client.measures import too_small
from tests.world import Place

pytestmark = pytest.mark.browser
API = re.compile(r"/api/v1/(?!sessions)")
LONG = {
    "name": "阿卜杜热合曼·买买提明·依布拉音江·库尔班尼亚孜",
    "title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "constituency": "كوچا چىرىغى بۇزۇلۇپ قالدى، تېزراق ئوڭشاپ بېرىڭلار",
    "address": "https://example.invalid/" + "a" * 120,
    "content": "路灯坏了很久。" * 285,
    "text": "a" * 300 + "كوچا چىرىغى" * 20,
}
LIKE = {
    "person_name": "name",
    "deputy_name": "name",
    "station_name": "name",
    "note": "text",
    "body": "text",
    "introduction": "content",
    "place": "address",
    "reason": "text",
    "next_step": "title",
    "state_title": "title",
    "method": "text",
    "topic": "text",
}
NO_NAMES = {"fields", "type", "unit", "document", "required"}
"""Whatever has one of these uses `name` for a program, not for people."""


def stretched(value: Any) -> Any:
    """The same answer with everything people wrote far too long, without a place to break, or from right to left."""
    if isinstance(value, list):
        return [stretched(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = not NO_NAMES & value.keys()
    return {key: _longer(key, one) if names or key != "name" else one for key, one in value.items()}


def _longer(key: str, value: Any) -> Any:
    kind = LIKE.get(key, key)
    return LONG[kind] if isinstance(value, str) and kind in LONG else stretched(value)


def emptied(value: Any) -> Any:
    """No list of it has anything."""
    if isinstance(value, dict):
        return {key: emptied(one) for key, one in value.items()}
    return [] if isinstance(value, list) else value


class Walk:
    """One phone, one person, one mode; each page is opened from a quiet one and left again. ``again``: after the light one."""

    def __init__(self, hands: Hands, queries: dict[str, str], *, elder: bool, again: bool) -> None:
        self.hands, self.queries, self.elder, self.again = hands, queries, elder, again
        self.found: dict[str, Any] = {}

    def goes(self, state: str, pages: list[str]) -> None:
        hands = self.hands
        for page in pages:
            hands.page.evaluate("(to) => { location.hash = to }", f"#/{page}{self.queries.get(page, '')}")
            hands.page.wait_for_function("(to) => location.hash.startsWith(to)", arg=f"#/{page}")
            shown = hands.page.locator('uni-page:visible [data-test^="page-"]:visible')
            expect(shown.last).to_be_visible()
            if state != "loading":
                hands.settles()
            self._looks(f"{state} {page}")
            hands.page.evaluate("history.back()")
            hands.page.wait_for_function("() => location.hash.startsWith('#/pages/privacy')")

    def _looks(self, where: str) -> None:
        faults = [*self.hands.violations(looks=self.again), *too_small(self.hands, elder=self.elder)]
        sideways = self.hands.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if sideways > 0:
            faults.append(f"{sideways} px beyond the side")
        if faults:
            self.found[where] = faults


def _starts(hands: Hands, account: str) -> None:
    signs_in(hands, account)
    hands.opens("/m/?walk#/pages/privacy/index")
    hands.is_on("privacy")
    all_here(hands)


def _answers(hands: Hands, how: str) -> None:
    def answer(route: Route) -> None:
        if how == "loading":
            return  # for ever
        if how == "error":
            route.fulfill(status=503, json={"detail": "服务器暂时不能应答，请稍后再试。"})
            return
        try:
            told = route.fetch()
            change = stretched if how == "long" else emptied
            route.fulfill(response=told, json=change(told.json()) if told.status == 200 else told.json())
        except Exception:  # the page was left before the answer came
            route.abort()

    hands.page.unroute_all(behavior="ignoreErrors")
    if how != "offline":
        hands.page.route(API, answer)
    hands.context.set_offline(how == "offline")


STATES = {
    "light": ("loading", "error", "offline", "empty", "long"),
    "dark": ("error", "long"),
    "elder": ("error", "long"),
}


@pytest.mark.parametrize("mode", list(STATES))
def test_no_page_in_no_state_has_anything_axe_finds(
    pick_up: Pick, town: Place, instance: RealInstance, published: str, mode: str
) -> None:
    _resident, issue_id, number = routed(instance, town, "桥头的护栏又松了，每一页都看一遍")
    queries = {
        "pages/scan/index": f"?s={town.grid_code}",
        "pages/issue/new": f"?s={town.grid_code}",
        "pages/issue/receipt": f"?number={number}",
        "pages/issue/detail": f"?id={issue_id}",
        "pages/station/detail": f"?id={town.station}",
        "pages/public/issue": f"?number={published}",
        "pages/deputy/detail": f"?id={town.primary}&s={town.grid_code}",
    }
    hands = pick_up(dark=mode == "dark")
    if mode == "elder":
        hands.opens("/m/")
        hands.taps_on("elder")
    walk = Walk(hands, queries, elder=mode == "elder", again=mode != "light")
    desk = [page for page in client_pages() if page.startswith("pages/work/")]
    for account, pages in (
        (town.deputy_accounts[town.primary], [page for page in client_pages() if page != "pages/privacy/index"]),
        (town.accounts[Role.STATION_HEAD], desk),
    ):
        hands.page.unroute_all(behavior="ignoreErrors")
        hands.context.set_offline(False)
        if hands.page.url.startswith("http"):
            hands.context.clear_cookies()
            hands.page.evaluate("localStorage.removeItem('session')")
        _starts(hands, account)
        for state in STATES[mode]:
            _answers(hands, state)
            walk.goes(state, pages)
    hands.page.unroute_all(behavior="ignoreErrors")
    forgives(hands, "503", "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to load resource")
    assert walk.found == {}, json.dumps(walk.found, ensure_ascii=False)[:4000]
