"""What a person does with a phone: looks, taps, types; and what must never happen meanwhile."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from devkit.node import CLIENT
from tests.client import mini

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"type": "tag", "values": [*WCAG, "best-practice"]}
IN_WECHAT = {"type": "tag", "values": WCAG}
LOOKS = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable", "region"]}
"""Of the rules those that another width, size of text or other colours can change: what the same page is held against again."""
LOADS = "正在加载"
AXE = CLIENT / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (only) => {
  const shown = [...document.querySelectorAll('uni-page')].filter((page) => page.offsetParent !== null)
  const asked = { resultTypes: ['violations'], runOnly: only }
  const found = await axe.run(shown.at(-1) ?? document, asked)
  const places = (nodes) => nodes.map((node) => node.html.slice(0, 160))
  return found.violations.map((one) => ({ rule: one.id, impact: one.impact, nodes: places(one.nodes) }))
}"""


def bring_axe(page: Page) -> None:
    """Once into each document: it is half a megabyte."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))


@dataclass
class Hands:
    """One person's phone. ``taps`` counts what was pressed; typing is not counted.

    ``in_wechat``: it runs the mini-program, on the runner; the same marks stand on the same things. ``beyond``: another host this
    person may go to, WeChat's; what its pages do is its own affair.
    """

    context: BrowserContext
    base_url: str
    in_wechat: bool = False
    taps: int = 0
    trouble: list[str] = field(default_factory=list)
    beyond: str | None = None

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: Any) -> None:
        where = message.location.get("url", "")
        if message.type in ("error", "warning") and not self._elsewhere(where):
            self.trouble.append(f"{message.type}: {message.text} ({where})")

    def _elsewhere(self, url: str) -> bool:
        return self.beyond is not None and url.startswith(self.beyond)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.base_url, "data:", "blob:")) and not self._elsewhere(url):
            self.trouble.append(f"request to another host: {url}")

    def opens(self, address: str) -> None:
        """``address`` as in a browser; a mini-program opens the page that is meant by it."""
        if self.in_wechat:
            self.page.goto("about:blank")  # from one hash to another nothing would be loaded anew
            address = mini.address(self.base_url, address)
        self.page.goto(self.base_url + address)

    def belongs_to(self, person: str) -> None:
        """Whom WeChat knows the phone by, from the next page opened: what `wx.login` tells."""
        known = f"localStorage.setItem('who', {json.dumps(person)})"
        self.context.add_init_script(f"if (location.protocol === 'http:') {known}")

    def sees(self, name: str) -> Locator:
        """What carries this mark on the page shown on top."""
        found = self.page.locator(f'[data-test="{name}"]:visible')
        expect(found.first).to_be_visible()
        return found.first

    def taps_on(self, name: str) -> None:
        self.sees(name).tap()
        self.taps += 1

    def finds(self, number: str) -> Locator:
        """An issue in a list, however far down it stands."""
        wanted = self.page.locator(f'[data-test="issue-{number}"]:visible')
        lines, more = (self.page.locator(f"[data-test{mark}]:visible") for mark in ('^="issue-"', '="more"'))
        expect(wanted.or_(more).first).to_be_visible()
        while not wanted.count():
            seen = lines.count()
            more.tap()
            expect(lines.nth(seen)).to_be_visible()
        return wanted.first

    def types(self, name: str, text: str) -> None:
        self.sees(name).locator("textarea, input").first.fill(text)

    def is_on(self, page: str) -> None:
        self.sees(f"page-{page}")

    def texts(self, name: str) -> str:
        return self.sees(name).inner_text()

    def settles(self) -> None:
        """Until the page on top no longer says that it is loading."""
        expect(self.page.locator("uni-page:visible").last).not_to_contain_text(LOADS)

    def violations(self, *, looks: bool = False) -> list[dict[str, Any]]:
        """What axe finds on the page on top; ``looks``: of what other colours and sizes can change.

        The bar with a mini-program's title is WeChat's, not on the page: no heading and no landmarks are asked for there.
        """
        bring_axe(self.page)
        found: list[dict[str, Any]] = self.page.evaluate(
            _RUN, LOOKS if looks else IN_WECHAT if self.in_wechat else RULES
        )
        return found

    def assert_clean(self) -> None:
        found = self.violations()
        assert found == [], json.dumps(found, ensure_ascii=False, indent=1)

    def assert_no_trouble(self) -> None:
        assert not self.trouble, "\n".join(self.trouble)
