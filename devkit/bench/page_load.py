"""One page loaded by a phone that has never been here, over a slow network: what it showed when, and what it fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page

from devkit.browser import phone

LATENCY_MS, DOWN_KBIT, UP_KBIT, SLOWER = 150, 1_638.4, 750, 4
"""Lighthouse's slow 4G and CPU (core/config/constants.js, mobileSlow4G), applied by the browser itself."""
PATIENCE_MS = 60_000
_WATCH = """
window.__painted = []
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    const what = one.element ? one.element.tagName.toLowerCase() + ' ' + one.element.innerText.slice(0, 20) : ''
    window.__painted.push({ ms: one.startTime, bytes: one.size, what })
  }
}).observe({ type: 'largest-contentful-paint', buffered: true })
"""


@dataclass
class Load:
    """``lcp`` in seconds since the address was entered; ``first_bytes``: what had been fetched by then, as packed."""

    lcp: float = 0.0
    largest: str = ""
    first_bytes: int = 0
    requests: int = 0
    hosts: set[str] = field(default_factory=set)
    timeline: list[str] = field(default_factory=list)


@dataclass
class _Fetched:
    url: str
    began: float
    ended: float = 0.0
    size: int = 0


class _Wire:
    """What passes between the page and the network, by the browser's own count."""

    def __init__(self, cdp: CDPSession) -> None:
        self.fetched: dict[str, list[_Fetched]] = {}
        cdp.on("Network.requestWillBeSent", self._sent)
        cdp.on("Network.loadingFinished", self._finished)
        cdp.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        followed = self.fetched.setdefault(event["requestId"], [])  # a redirect keeps its id
        followed.append(_Fetched(event["request"]["url"], event["timestamp"]))

    def _finished(self, event: dict[str, Any]) -> None:
        one = self.fetched[event["requestId"]][-1]
        one.ended, one.size = event["timestamp"], int(event["encodedDataLength"])

    def all(self) -> list[_Fetched]:
        real = [one for some in self.fetched.values() for one in some if one.url.startswith("http")]
        return sorted(real, key=lambda one: one.began)


def load(browser: Browser, address: str, shown: str, *, slow: bool = True) -> Load:
    """Open ``address`` with an empty cache until what carries the mark ``shown`` stands there and nothing loads."""
    context = phone(browser)
    try:
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        cdp = context.new_cdp_session(page)
        wire = _Wire(cdp)
        if slow:
            _slow_down(cdp)
        page.goto(address)
        page.locator(f'[data-test="{shown}"]').first.wait_for()
        page.wait_for_load_state("networkidle")
        return _seen(page, wire)
    finally:
        context.close()


def _slow_down(cdp: CDPSession) -> None:
    conditions = {"offline": False, "latency": LATENCY_MS}
    speeds = {"downloadThroughput": DOWN_KBIT * 1000 / 8, "uploadThroughput": UP_KBIT * 1000 / 8}
    cdp.send("Network.emulateNetworkConditions", conditions | speeds)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _seen(page: Page, wire: _Wire) -> Load:
    painted = page.evaluate("window.__painted")[-1]
    fetched = wire.all()
    start = fetched[0].began
    lcp = painted["ms"] / 1000
    first = [one for one in fetched if one.ended and one.ended - start <= lcp]
    return Load(
        lcp=lcp,
        largest=painted["what"].replace("\n", " "),
        first_bytes=sum(one.size for one in first),
        requests=len(first),
        hosts={urlsplit(one.url).netloc for one in fetched},
        timeline=[_line(one, start) for one in fetched if one.began - start <= lcp],
    )


def _line(one: _Fetched, start: float) -> str:
    end = f"{one.ended - start:6.2f}" if one.ended else "     –"
    return f"{one.began - start:6.2f} {end} s {one.size:8,} B  {urlsplit(one.url).path}"
