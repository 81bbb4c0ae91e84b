"""What a phone waits for and carries: the mini-program's package, and the first two pages of the H5 on a slow network."""

from __future__ import annotations

from statistics import median

from devkit.bench.figures import Figure, Reach, at_most
from devkit.bench.ground import Ground
from devkit.bench.page_load import Load, load
from devkit.bench.wsgi import PAGE
from devkit.browser import running_browser
from devkit.client import H5, WECHAT, build
from devkit.mp_package import MiniProgram

KB = 1024
CONTROL = "control"
SLOW_4G = "slow 4G (1.6 Mbit/s, 150 ms), CPU 4 times slower, nothing cached; control: a bare page of the same server"


def client(ground: Ground) -> list[Figure]:
    """Sizes of what is built; largest contentful paint of the printed address and of the form, in rounds in turn."""
    package, _ = MiniProgram(build(WECHAT)), build(H5)
    site = ground.site("reading")
    code = site.town.scan_code
    pages = {
        "landing": (f"{site.base_url}/s/{code}", "report"),
        "form": (f"{site.base_url}/m/?s={code}#/pages/issue/new?s={code}", "submit"),
        CONTROL: (f"{site.base_url}{PAGE}/", "here"),
    }
    found: dict[str, list[Load]] = {name: [] for name in pages}
    with running_browser() as browser:
        for address, shown in pages.values():  # the server's first answer of a kind is nobody's measure
            load(browser, address, shown, slow=False)
        for _ in range(ground.options.rounds):
            for name, (address, shown) in pages.items():
                found[name].append(load(browser, address, shown))
    shown_pages = [figure for name in pages if name != CONTROL for figure in _page(name, found[name], found[CONTROL])]
    return [
        _size("client-package", package.sizes()[""], at_most(400), "main package; WeChat's limit is 2,048"),
        *shown_pages,
    ]


def _page(name: str, loads: list[Load], control: list[Load]) -> list[Figure]:
    last = loads[-1]
    seconds, plain = median(one.lcp for one in loads), median(one.lcp for one in control)
    ratios = median(one.lcp / other.lcp for one, other in zip(loads, control, strict=True))
    reach, beside = at_most(2.5), f"{SLOW_4G}; largest: {last.largest or 'a picture'}"
    profile = "\n".join(last.timeline) if seconds > reach.bound else None
    carried = int(median(one.first_bytes for one in loads))
    requests = f"{last.requests} requests until the largest paint"
    hosts = set().union(*(one.hosts for one in loads))
    return [
        Figure(f"client-{name}-lcp", seconds, "s", plain, ratios, reach, beside, profile),
        _size(f"client-{name}-load", carried, at_most(150), requests, control[-1].first_bytes),
        Figure(f"client-{name}-hosts", float(len(hosts)), "hosts", reach=at_most(1), beside=" ".join(sorted(hosts))),
    ]


def _size(name: str, size: int, reach: Reach, beside: str, control: int | None = None) -> Figure:
    plain = control / KB if control else None
    return Figure(name, size / KB, "KiB", plain, size / control if control else None, reach, beside)
