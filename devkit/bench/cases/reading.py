"""What people read: the scan page, an issue by its receipt, a queue's pages; against the same bytes out of memory."""

from __future__ import annotations

from urllib.parse import urlencode

from devkit.bench.figures import Figure, Reach, at_most, ratio_at_least
from devkit.bench.ground import Ground
from devkit.bench.load import Request
from devkit.bench.profile import with_profile
from devkit.bench.rounds import alternate, latencies, middle, ratio, side
from devkit.bench.site import API, Site

QUEUE_SIZE = 100_000
DEEP_ROWS = 2_500
LONGEST_PAGE = 100


def scan(ground: Ground) -> list[Figure]:
    """The page behind a poster's code, which names the deputy."""
    site = ground.site("reading")
    asked = site.request("GET", f"{API}/scan/{site.town.scan_code}?grid_id={site.town.grid()}")
    return _against_memory(ground, site, "scan", asked, None, "")


def receipt(ground: Ground) -> list[Figure]:
    """An answered issue with its history, by receipt code."""
    site = ground.site("reading")
    with site.workers():
        holder, deputy, issue = site.town.routed()
        deputy.does(issue, "accept")
        deputy.does(issue, "answer", text="我去看过了，已联系供电所，今晚修好。")
    asked = site.request("GET", f"{API}/receipts/{holder.code}")
    return _against_memory(ground, site, "receipt", asked, at_most(0.8), "published: best peer 12 ms (issue 3)")


def _against_memory(
    ground: Ground, site: Site, name: str, asked: Request, cpu_reach: Reach | None, published: str
) -> list[Figure]:
    sides = {"product": side(site, [asked]), "control": side(site, [site.bare_copy(asked, name)])}
    found = alternate(sides, ground.options)
    product, control = found["product"], found["control"]
    figures = [
        Figure(
            name,
            middle(product, "rate"),
            "requests/s",
            middle(control, "rate"),
            ratio(product, control, "rate"),
            ratio_at_least(0.4),
            f"{latencies(product)}; control: equal JSON out of memory",
        ),
        Figure(
            f"{name}-cpu",
            middle(product, "cpu"),
            "ms/request",
            middle(control, "cpu"),
            ratio(product, control, "cpu"),
            cpu_reach,
            published,
        ),
    ]
    return with_profile(figures, site, asked)


def queue(ground: Ground) -> list[Figure]:
    """Pages of 20 of the district office's queue, the widest there is."""
    size = min(QUEUE_SIZE, ground.options.most)
    site = ground.site_of(size)
    figures = []
    for name, query, published in _pages(site):
        asked = queue_page(site, query)
        sides = {"product": side(site, [asked]), "control": side(site, [site.bare_copy(asked, name)])}
        found = alternate(sides, ground.options)
        figure = Figure(
            f"queue-{name}",
            middle(found["product"], "cpu"),
            "ms/request",
            middle(found["control"], "cpu"),
            ratio(found["product"], found["control"], "cpu"),
            at_most(4),
            f"{size:,} issues; {latencies(found['product'])}; {published}",
        )
        figures += with_profile([figure], site, asked)
    return figures


def queue_page(site: Site, query: dict[str, str]) -> Request:
    """A page of the district's box as its office asks for it."""
    token = site.town.role("district").token
    return site.request("GET", f"{API}/issues?{urlencode({'box': 'district', 'limit': '20'} | query)}", token=token)


def _pages(site: Site) -> list[tuple[str, dict[str, str], str]]:
    """(name, query, published figure). The words searched for are taken from an issue in the middle."""
    row = site.sql(
        "select state, category_id, content from issues order by created_at, id"
        " limit 1 offset (select count(*) / 2 from issues)"
    )[0]
    state, category, content = row
    filtered = "published: best peer 343 ms (issue 3)"
    return [
        ("first", {}, "published: best peer 163 ms (issue 3)"),
        (
            "deep",
            {"cursor": _deep_cursor(site)},
            f"at most {DEEP_ROWS:,} rows down; published: best peer 1,371 ms (issue 3)",
        ),
        ("filtered", {"state": state} | ({"category": category} if category else {}), f"state, category; {filtered}"),
        ("text", {"q": content[2:6]}, f"text that occurs; {filtered}"),
        ("no-text", {"q": "穷桑扶摇"}, f"text that does not occur; {filtered}"),
    ]


def _deep_cursor(site: Site) -> str:
    """Where the list goes on after :data:`DEEP_ROWS`, found as a client finds it: page after page."""
    office, cursor = site.town.role("district"), ""
    for _ in range(DEEP_ROWS // LONGEST_PAGE):
        query = {"box": "district", "limit": str(LONGEST_PAGE)} | ({"cursor": cursor} if cursor else {})
        following = office.get(f"/issues?{urlencode(query)}")["next_cursor"]
        if following is None:
            break
        cursor = following
    return cursor
