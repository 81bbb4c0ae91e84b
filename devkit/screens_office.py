"""Pictures of the pages for those who work: a deputy, then a station's head, signed in one after the other."""

from typing import Any

from playwright.sync_api import Page

from devkit.snapping import Snap, mark

ANSWER = "我今天下午去看过，情况和您说的一样。已经请社区明天上午来处理，办好了我再告诉您。"
PAGES = {"receptions": "20-receptions", "leave": "21-leave", "record": "22-record", "portraits": "22-portraits"}


def deputy(page: Page, notes: dict[str, Any], snap: Snap) -> None:
    """The first of some deputies who has something to do: inbox, issue, answer, preview, kept offline, own pages."""
    for sign_in in [one for one in notes["sign_ins"] if one["role"] == "deputy"][:8]:
        _sign_in(page, notes, sign_in)
        if page.locator('[data-test^="issue-"]:visible').count():
            break
    snap("12-inbox")
    mark(page, "filters").tap()
    snap("12-inbox-filters")
    page.locator('[data-test^="issue-"]:visible').first.tap()
    mark(page, "state").wait_for()
    snap("13-deputy-issue")
    _answers(page, snap)
    for name, picture in PAGES.items():
        page.goto(f"{notes['base_url']}/m/?{name}#/pages/work/{name}")
        mark(page, f"page-{name}").wait_for()
        page.wait_for_timeout(600)
        snap(picture)


def _answers(page: Page, snap: Snap) -> None:
    """As far as the answer that waits on the phone; it is dropped again."""
    if mark(page, "action-accept").is_visible():
        mark(page, "action-accept").tap()
        mark(page, "yes").tap()
    if not _there(page, "action-answer"):
        return
    mark(page, "action-answer").tap()
    mark(page, "field-text").locator("textarea").fill(ANSWER)
    page.wait_for_timeout(800)
    if mark(page, "past-answers").is_visible():
        mark(page, "past-answers").tap()
    snap("14-deputy-form")
    mark(page, "send-form").tap()
    snap("15-deputy-preview")
    page.context.set_offline(True)
    mark(page, "send").tap()
    mark(page, "doing-waiting").wait_for()
    snap("16-deputy-kept")
    mark(page, "doing-drop").tap()
    mark(page, "yes").tap()
    page.context.set_offline(False)


def _there(page: Page, name: str) -> bool:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    return bool(mark(page, name).is_visible())


def station(page: Page, notes: dict[str, Any], snap: Snap) -> None:
    """A head's queue, what may be done from the phone, and registering for somebody."""
    heads = [one for one in notes["sign_ins"] if one["role"] == "station_head"]
    _sign_in(page, notes, heads[0])
    snap("30-station-inbox")
    mark(page, "view-station").tap()
    _there(page, "view-station")
    snap("31-station-queue")
    page.locator('[data-test^="issue-"]:visible').first.tap()
    mark(page, "state").wait_for()
    if mark(page, "more-actions").is_visible():
        mark(page, "more-actions").tap()
    snap("32-station-issue")
    page.goto(f"{notes['base_url']}/m/?register#/pages/work/register")
    mark(page, "content").locator("textarea").fill("张大爷说，三组的水管从上周起一直漏水。")
    mark(page, "anonymity-station_only").tap()
    snap("33-register")
    page.goto(f"{notes['base_url']}/m/?head#/pages/work/receptions")
    page.wait_for_timeout(800)
    snap("34-station-receptions")
    page.goto(f"{notes['base_url']}/m/?heads#/pages/work/portraits")
    page.wait_for_timeout(800)
    snap("35-station-portraits")


def _sign_in(page: Page, notes: dict[str, Any], sign_in: dict[str, Any]) -> None:
    page.goto(f"{notes['base_url']}/m/?{sign_in['id']}#/pages/settings/index")
    mark(page, "who-am-i").wait_for()
    if mark(page, "sign-out").is_visible():
        mark(page, "sign-out").tap()
        mark(page, "yes").tap()
    mark(page, "demo-code").locator("input").fill(sign_in["body"]["code"])
    mark(page, "demo-go").tap()
    mark(page, "page-inbox").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
