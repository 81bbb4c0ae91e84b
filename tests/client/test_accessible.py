"""Every page, in light, dark and elder: axe finds nothing, targets and letters are as large as the rule asks (§7.6)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from service.accounts.roles import Role
from tests.bad_days.processes import SAID
from tests.client.conftest import Pick
from tests.client.hands import Hands
from tests.client.measures import too_small
from tests.world import Place

pytestmark = pytest.mark.browser


def _elder(hands: Hands) -> None:
    hands.opens("/m/")
    hands.taps_on("elder")


def _walk(hands: Hands, town: Place, number: str, check: Callable[[str], None]) -> None:
    """Each page a resident sees, empty, with faults and filled; ``number``: of a published issue; ``check`` looks at it."""
    hands.opens("/m/")
    hands.is_on("scan")
    check("home")
    hands.opens(f"/m/?s={town.grid_code}&")
    hands.sees("report")
    check("scan")
    hands.taps_on("report")
    hands.types("content", "路")
    check("write")
    hands.page.locator('[data-test="submit"]:visible, [data-test="next"]:visible').first.tap()
    check("write with faults")
    hands.types("content", SAID)
    if hands.page.locator('[data-test="submit"]:visible').count() == 0:
        hands.taps_on("next")
        check("photos")
        hands.taps_on("next")
        check("place")
        hands.taps_on("next")
    hands.taps_on("anonymity-named")
    hands.sees("phone")
    check("anonymity")
    if hands.page.locator('[data-test="submit"]:visible').count() == 0:
        hands.taps_on("next")
    hands.taps_on("privacy")
    hands.taps_on("about")
    check("consents")
    hands.taps_on("about")
    hands.taps_on("submit")
    hands.is_on("receipt")
    check("receipt")
    hands.taps_on("drop")
    hands.sees("no")
    check("question")
    hands.taps_on("no")
    hands.taps_on("see")
    hands.sees("state")
    check("detail")
    hands.taps_on("action-withdraw")
    check("form")
    for page, mark in (
        ("issue/mine", "mine"),
        ("station/find", "find"),
        ("settings/index", "settings"),
        ("privacy/index", "privacy"),
        ("inbox/index", "inbox"),
        ("notices/index", "notices"),
        ("work/desk", "desk"),
        ("work/bind", "bind"),
        ("work/me", "identities"),
        ("work/requests", "requests"),
        ("public/issues", "published"),
        (f"public/issue?number={number}", "published-issue"),
        ("public/statistics", "statistics"),
        (f"deputy/detail?id={town.primary}", "deputy"),
        ("feedback/index", "feedback"),
        ("me/data", "data"),
        ("me/bookings", "bookings"),
    ):
        hands.page.goto(re.sub(r"#.*", "", hands.page.url) + f"#/pages/{page}")
        hands.is_on(mark)
        hands.settles()
        check(mark)


def _walk_office(hands: Hands, town: Place, check: Callable[[str], None]) -> None:
    """Each page of those who work: a deputy's, then a head's."""
    for account, pages in (
        (town.deputy_accounts[town.primary], ("receptions", "leave", "record", "portraits")),
        (town.accounts[Role.STATION_HEAD], ("register", "portraits")),
    ):
        hands.opens(f"/m/?{account}#/pages/settings/index")
        if hands.sees("who-am-i") and hands.page.locator('[data-test="sign-out"]:visible').count():
            hands.taps_on("sign-out")
            hands.taps_on("yes")
        hands.types("demo-code", f"demo-{account}")
        hands.taps_on("demo-go")
        hands.is_on("inbox")
        hands.taps_on("filters")
        hands.settles()
        check(f"inbox of {pages[-1]}")
        for page in pages:
            hands.opens(f"/m/?{account}{page}#/pages/work/{page}")
            hands.is_on(page)
            hands.settles()
            check(page)


@pytest.mark.parametrize("mode", ["light", "dark", "elder"])
def test_axe_finds_nothing_on_any_page_and_fingers_and_eyes_find_everything(
    pick_up: Pick, town: Place, published: str, mode: str
) -> None:
    hands = pick_up(dark=mode == "dark")
    if mode == "elder":
        _elder(hands)
    found = {}

    def check(page: str) -> None:
        faults = [*hands.violations(looks=mode == "dark"), *too_small(hands, elder=mode == "elder")]
        if faults:
            found[page] = faults

    _walk(hands, town, published, check)
    _walk_office(hands, town, check)
    assert found == {}


def test_elder_text_grows_to_thirty(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    _elder(hands)
    hands.taps_on("to-settings")
    hands.page.locator('[data-test^="size-"]:visible').last.tap()
    size = hands.page.locator('[data-test="who-am-i"]:visible').evaluate(
        "(one) => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size >= 30
    hands.opens(f"/m/?s={town.grid_code}&again")
    hands.sees("report")
    sideways = hands.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert sideways <= 0, "nothing is cut off at the side"


def test_the_form_can_be_filled_with_the_keyboard_alone(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    hands.opens(f"/m/?s={town.grid_code}")
    hands.sees("report").focus()
    hands.page.keyboard.press("Enter")
    hands.types("content", "路口的斑马线磨没了，学生过马路危险")
    for name in ("anonymity-receipt_only", "privacy"):
        hands.sees(name).focus()
        hands.page.keyboard.press("Space")
        expect(hands.sees(name)).to_have_attribute("aria-checked", "true")
    hands.sees("submit").focus()
    hands.page.keyboard.press("Enter")
    hands.is_on("receipt")
