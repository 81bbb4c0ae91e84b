"""What the console (工作台) costs when a district has years behind it: its lists, and the memory of a long export."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from console import cookies
from devkit.bench import cpu
from devkit.bench.cases.growing import FEW, HUNDRED_THOUSAND
from devkit.bench.clock import shifted_clock
from devkit.bench.domain import domain
from devkit.bench.figures import Figure, at_most, not_measured, ratio_at_most
from devkit.bench.ground import Ground
from devkit.bench.load import Request
from devkit.bench.profile import with_profile
from devkit.bench.rounds import alternate, latencies, middle, ratio, side
from devkit.bench.site import Site
from devkit.demo.accounts import plan_sign_ins
from devkit.demo.desks import desk_sign_ins
from devkit.demo.plan import plan_districts
from devkit.terminal import CommandFailed
from service.accounts import sessions
from service.supervision import projection

LISTS = (
    ("queue", "district", "/issues?box=district"),
    ("queue-newest", "district", "/issues?box=district&sort=newest"),
    ("queue-overdue", "district", "/issues?box=district&overdue=1"),
    ("queue-state", "district", "/issues?box=district&state=handling"),
    ("queue-text", "district", "/issues?box=district&q=%E8%B7%AF%E7%81%AF"),
    ("queue-township", "township", "/issues?box=district"),
    ("queue-station", "station-clerk", "/issues?box=station"),
    ("inbox", "station-clerk", "/issues?box=inbox"),
    ("unit", "unit-clerk", "/unit"),
    ("reviews", "reviewer", "/reviews"),
    ("stations", "district", "/stations"),
    ("accounts", "district", "/accounts"),
    ("identities", "district", "/identities"),
    ("receptions", "station-head", "/receptions"),
    ("parked", "admin", "/parked"),
)
"""Name, demo login that opens it, address: every kind of list a desk has."""
EVER = {"since": "2000-01-01", "until": "2099-12-31", "reason": "benchmark", "_name": "take"}
FORM = re.compile(r'name="_form" value="([0-9a-f]{64})"')
MEGABYTE = 10**6
PAUSE = 0.01
PATIENCE = 900


@dataclass(frozen=True)
class Seats:
    """Desk sessions on one site, by demo login."""

    site: Site
    tokens: dict[str, str]

    def asks(self, login: str, path: str) -> Request:
        head = f"GET /console{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.site.port}\r\n"
        return Request(f"{head}Cookie: {cookies.SESSION}={self.tokens[login]}\r\n\r\n".encode(), 200)

    def exports(self, login: str, ending: str) -> int:
        """Take the whole district along and throw it away; its bytes."""
        with requests.Session() as web:
            web.trust_env = False
            web.headers.update(Cookie=f"{cookies.SESSION}={self.tokens[login]}", Origin=self.site.base_url)
            form = FORM.search(web.get(f"{self.site.base_url}/console/me", timeout=60).text)
            if form is None:
                raise CommandFailed("the desk is not signed in")
            key = f"bench-{time.monotonic_ns()}"
            fields = EVER | {"_form": form[1], "_key": key, "format": ending}
            address = f"{self.site.base_url}/console/overview/issues"
            with web.post(address, data=fields, stream=True, timeout=PATIENCE) as answer:
                if answer.status_code != 200:
                    raise CommandFailed(f"the export was answered {answer.status_code}: {answer.text[:300]}")
                return sum(len(piece) for piece in answer.iter_content(1 << 16))


def seats(site: Site) -> Seats:
    """A desk session for each demo login; what supervision counts is brought up to date, as the scheduler would."""
    found = {}
    now = shifted_clock(site.environment)()
    with domain(site.environment) as session:
        for login, one in desk_sign_ins(plan_sign_ins(plan_districts())).items():
            signed = sessions.open_desk_session(session, one.account_id, provider=sessions.PASSWORD, now=now)
            found[login.removeprefix("demo-")] = signed.token
    return Seats(site, found)


def console(ground: Ground) -> list[Figure]:
    """Lists first, then what leaves as a file, on the same two sites."""
    most = min(HUNDRED_THOUSAND, ground.options.most)
    few = FEW if most > FEW else FEW // 10
    if most <= few:
        why = f"--issues {most} leaves nothing to compare with {few}"
        return [not_measured("console", "ms p95", why, ratio_at_most(1.3))]
    pair = (seats(ground.site_of(most)), seats(ground.site_of(few)))
    return [*_lists(ground, *pair), *_exports(ground, *pair)]


def _lists(ground: Ground, many: Seats, few: Seats) -> list[Figure]:
    """Each kind of list with many issues, against itself with few: 95 of 100 answers."""
    figures = []
    for name, login, path in LISTS:
        asked = many.asks(login, path)
        sides = {"many": side(many.site, [asked]), "few": side(few.site, [few.asks(login, path)])}
        found = alternate(sides, ground.options)
        ours, control = found["many"], found["few"]
        beside = f"CPU {middle(ours, 'cpu'):.3g} against {middle(control, 'cpu'):.3g} ms; {latencies(ours)}"
        p95 = (middle(ours, "p95"), "ms p95", middle(control, "p95"), ratio(ours, control, "p95"))
        figures += with_profile([Figure(f"console-{name}", *p95, ratio_at_most(1.3), beside)], many.site, asked)
    return figures


def _exports(ground: Ground, many: Seats, few: Seats) -> list[Figure]:
    """What the web processes take for themselves while a district's issues leave as a table."""
    for one in (many, few):
        _count_facts(one.site)
    return [_exported(ground, ending, many, few) for ending in ("csv", "xlsx")]


def _exported(ground: Ground, ending: str, many: Seats, few: Seats) -> Figure:
    grown: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(min(ground.options.rounds, 3)):
        for name, seat in (("few", few), ("many", many)):
            began = time.perf_counter()
            with growth(seat.site.web_pid) as seen:
                size = seat.exports("district", ending)
            seconds = time.perf_counter() - began
            grown[name].append(seen() / MEGABYTE)
    value, control = max(grown["many"]), max(grown["few"])
    beside = f"{size / MEGABYTE:.3g} MB in {seconds:.3g} s; at most of {len(grown['many'])} rounds, first use included"
    return Figure(f"console-export-{ending}", value, "MB more", control, None, at_most(150), beside)


@contextmanager
def growth(root: int) -> Iterator[Callable[[], int]]:
    """How many bytes of its own a process tree had more than before, at its most; looked at a hundred times a second."""
    pids = cpu.tree([root])
    before, most, over = _own(pids), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(PAUSE):
            most = max(most, _own(pids) - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: most
    finally:
        over.set()
        watcher.join()


def _own(pids: list[int]) -> int:
    """Anonymous resident memory: what is mapped from files is the kernel's to take back."""
    total = 0
    for pid in pids:
        with suppress(OSError):  # it ended meanwhile
            rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
            total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("RssAnon:"))
    return total


def _count_facts(site: Site) -> None:
    """The facts an export is made of, each issue's once: reading the whole ledger as the workers do takes minutes."""
    ids = [row[0] for row in site.sql("select id from issues order by id")]
    for place in range(0, len(ids), projection.BATCH):
        with domain(site.environment) as session:
            projection.write(session, ids[place : place + projection.BATCH])
    site.sql("vacuum analyze issue_facts")
