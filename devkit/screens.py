"""`./dev client --screens`: every page as a phone shows it, light, dark and elder, from a running demo instance."""

import functools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from devkit import screens_office
from devkit.browser import phone, running_browser
from devkit.node import CLIENT
from devkit.screens_chosen import take_chosen
from devkit.screens_wechat import strangers, workers
from devkit.snapping import Notes, Snap, client_pages, run, snapper
from devkit.snapping import mark as _mark
from devkit.terminal import CommandFailed, say

SHOTS = CLIENT / "shots"
MODES = ("light", "dark", "elder")
SAID = "村口小学门前的路灯坏了一个多月，晚上孩子放学很黑，希望尽快修好。"


def take_screens(notes: Notes, *, for_docs: bool = False) -> None:
    """Into :data:`SHOTS`.

    ``for_docs``: the few that README and guides show are renewed on the way.

    :raises CommandFailed: when there is no browser, and when a page was left out.
    """
    SHOTS.mkdir(exist_ok=True)
    seen: set[str] = set()
    for mode in MODES:
        with _phone(mode) as page:
            walks = (strangers, _resident, _station, _public, screens_office.deputy, workers, screens_office.station)
            for walk in walks:
                chosen = functools.partial(take_chosen, page) if for_docs else None
                walk(page, notes, snapper(page, SHOTS, mode, seen, chosen))
        say(f"{mode}  {SHOTS}")
    missing = sorted(set(client_pages()) - seen)
    if missing:
        raise CommandFailed(f"这些页面还没有图片：{'、'.join(missing)}。请在 devkit/screens*.py 里加上。")


@contextmanager
def _phone(mode: str) -> Iterator[Page]:
    with running_browser() as browser:
        context = phone(browser, dark=mode == "dark")
        if mode == "elder":
            elder = {"type": "object", "data": {"elder": True, "theme": "light", "scale": 1}}
            context.add_init_script(
                f"localStorage.settings = localStorage.settings || JSON.stringify({json.dumps(elder)})"
            )
        yield context.new_page()
        context.close()


def _resident(page: Page, notes: Notes, snap: Snap) -> None:
    base, code = notes["base_url"], notes["scan_codes"][0]["code"]
    page.goto(f"{base}/m/?s={code}")
    _mark(page, "report").wait_for()
    snap("01-scan")
    _mark(page, "report").tap()
    _mark(page, "content").locator("textarea").fill(SAID)
    page.wait_for_timeout(1500)
    snap("02-write")
    steps = _mark(page, "next").is_visible
    for step, name in enumerate(("", "", "", "anonymity-receipt_only", "privacy"), start=2):
        if name:
            _mark(page, name).tap()
        if steps():
            _mark(page, "next").tap()
            snap(f"02-write-step-{step}")
    snap("03-consents")
    _mark(page, "submit").tap()
    _mark(page, "receipt-code").wait_for()
    snap("04-receipt")
    _mark(page, "see").tap()
    _mark(page, "state").wait_for()
    snap("05-issue")
    page.goto(f"{base}/m/?mine#/pages/issue/mine")
    _mark(page, "page-mine").wait_for()
    snap("06-mine")
    page.goto(f"{base}/m/?s=AAAAAAAAAA")
    page.wait_for_timeout(800)
    snap("07-unknown")


def _station(page: Page, notes: Notes, snap: Snap) -> None:
    base = notes["base_url"]
    pages = {
        "08-find": "station/find",
        "09-station": f"station/detail?id={notes['scan_codes'][0]['station_id']}",
        "10-settings": "settings/index",
        "11-privacy": "privacy/index",
    }
    for name, path in pages.items():
        page.goto(f"{base}/m/?{name}#/pages/{path}")
        page.wait_for_timeout(600)
        snap(name)


def _public(page: Page, notes: Notes, snap: Snap) -> None:
    """What everybody may read, and what a resident finds about themselves."""
    base = notes["base_url"]
    deputy = next(one["id"] for one in notes["sign_ins"] if one["role"] == "deputy")
    pages = {
        "15-published": "public/issues",
        "17-statistics": "public/statistics",
        "18-deputy-page": f"deputy/detail?id={deputy}&s={notes['scan_codes'][0]['code']}",
        "19-feedback": "feedback/index",
        "20-data": "me/data",
        "21-bookings": "me/bookings",
    }
    for name, path in pages.items():
        page.goto(f"{base}/m/?{name}#/pages/{path}")
        page.wait_for_timeout(600)
        snap(name)
    page.goto(f"{base}/m/?16#/pages/public/issues")
    page.locator('[data-test^="public-"]:visible').first.tap()
    _mark(page, "public-text").wait_for()
    snap("16-published-one")


def main(arguments: list[str]) -> int:
    """0 when every picture was taken; ``--docs``: as in :func:`take_screens`."""
    take = functools.partial(take_screens, for_docs="--docs" in arguments)
    return run("./dev client --screens", take, [one for one in arguments if one != "--docs"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
