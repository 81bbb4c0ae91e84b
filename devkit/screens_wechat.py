"""Pictures of what connects people to WeChat and to messages: signing in, binding, a desk's code, notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

Snap = Callable[[str], None]


def strangers(page: Page, notes: dict[str, Any], snap: Snap) -> None:
    """A phone nobody knows yet; and one that comes back from WeChat with a code that is not its own."""
    for name, path in (("20-notices-stranger", "notices/index"), ("21-bind-stranger", "work/bind")):
        _opens(page, notes, path)
        snap(name)
    page.goto(f"{notes['base_url']}/m/?back#wechat_code=of-somebody-else")
    _mark(page, "sign-in-problem").wait_for()
    snap("22-sign-in-problem")


def workers(page: Page, notes: dict[str, Any], snap: Snap) -> None:
    """Whoever the walk before left signed in, a deputy; then the head of a station."""
    _opens(page, notes, "notices/index")
    snap("23-notices")
    _desk(page, notes, snap)
    _opens(page, notes, "work/me")
    _mark(page, "grant").wait_for()
    snap("26-identities")
    _opens(page, notes, "inbox/index")
    first = page.locator('[data-test^="issue-"]:visible').first
    if first.is_visible():
        first.tap()
        _mark(page, "show-notices").tap()
        snap("27-delivery")
    _opens(page, notes, "work/bind")
    _mark(page, "invitation").locator("input").fill("ABCD")
    _mark(page, "bind-ask").tap()
    snap("28-bind-faults")
    _becomes_head(page, notes)
    _opens(page, notes, "work/requests")
    snap("29-requests")


def _desk(page: Page, notes: dict[str, Any], snap: Snap) -> None:
    ticket = page.request.post(f"{notes['base_url']}/api/v1/desk/tickets", data={}).json()
    page.goto(f"{notes['base_url']}/d/{ticket['code']}")
    _mark(page, "check-number").wait_for()
    snap("24-desk")
    _mark(page, "desk-yes").tap()
    _mark(page, "desk-confirmed").wait_for()
    snap("25-desk-confirmed")


def _becomes_head(page: Page, notes: dict[str, Any]) -> None:
    head = next(one for one in notes["sign_ins"] if one["role"] == "station_head")
    _opens(page, notes, "settings/index")
    _mark(page, "sign-out").tap()
    _mark(page, "yes").tap()
    _mark(page, "demo-code").locator("input").fill(head["body"]["code"])
    _mark(page, "demo-go").tap()
    _mark(page, "page-inbox").wait_for()


def _opens(page: Page, notes: dict[str, Any], path: str) -> None:
    page.goto(f"{notes['base_url']}/m/?{path.replace('/', '-')}#/pages/{path}")
    page.wait_for_load_state("networkidle")


def _mark(page: Page, name: str) -> Locator:
    return page.locator(f'[data-test="{name}"]:visible').first
