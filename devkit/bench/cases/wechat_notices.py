"""A heap of due notices, two workers, 50 ms at WeChat: how fast they leave, and what each costs beside a bare post."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import requests

from devkit.bench import cpu
from devkit.bench.cases.notices import LATENCY, PATIENCE, REACHABLE
from devkit.bench.clock import shifted_clock
from devkit.bench.controls.one_job_per_row import TEMPLATE
from devkit.bench.domain import domain
from devkit.bench.figures import Figure, at_least, ratio_at_most
from devkit.bench.ground import Ground, Options
from devkit.bench.processes import until
from devkit.bench.site import Site
from devkit.demo.accounts import PROVIDER
from devkit.instance import free_port
from devkit.services import WORKER_PROCESSES, Services
from devkit.terminal import CommandFailed
from service.jobs import DELIVER_NOTIFICATIONS
from service.notifications.actions import Notice, write
from service.notifications.delivery import THREADS
from service.wake import redis_wake

ROWS = 10_000
SEND = "/cgi-bin/message/subscribe/send?access_token=bench"
UNDONE = "select count(*) from notifications where push_state in ('pending', 'sending')"
SENT = "select count(*) from notifications where push_state = 'sent' and dedupe_key like %(key)s"


@dataclass(frozen=True)
class Side:
    """Rows a second, and CPU of the senders in milliseconds a row."""

    rate: float
    cpu: float


def wechat_notices(ground: Ground) -> list[Figure]:
    """The product and the bare client in turn, with the very same bodies."""
    options = ground.options
    rows = max(100, int(ROWS * min(1.0, options.seconds / Options.seconds)))
    ours, bare = [], []
    with stand_in() as url:
        site = _towards(ground.site("wechat_notices"), url)
        with site.workers(scheduler=False) as workers:
            for turn in range(-1, min(options.rounds, 3)):
                mine = _deliver(site, workers, rows, f"heap-{turn}")
                its = _post(url)
                if turn >= 0:
                    ours.append(mine)
                    bare.append(its)
    spent, plain = median(side.cpu for side in ours), median(side.cpu for side in bare)
    rates = median(side.rate for side in ours), median(side.rate for side in bare)
    ratio = median(mine.cpu / its.cpu for mine, its in zip(ours, bare, strict=True))
    words = f"{rows} rows, {WORKER_PROCESSES} workers, {LATENCY * 1000:g} ms at WeChat"
    control = "control: the same bodies by requests.Session, equal processes and threads"
    return [
        Figure(
            "wechat-notices", rates[0], "rows/s", rates[1], rates[0] / rates[1], at_least(800), f"{words}; {control}"
        ),
        Figure("wechat-notices-cpu", spent, "ms/row", plain, ratio, ratio_at_most(1.3), "CPU of the senders alone"),
    ]


@contextlib.contextmanager
def stand_in() -> Iterator[str]:
    """The address of a WeChat that only answers."""
    port = free_port()
    command = [sys.executable, "-m", "devkit.bench.wechat_stand_in", str(port), str(LATENCY)]
    process = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url), "the stand-in for WeChat to start")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{url}/bodies", timeout=2).ok
    return False


def _towards(site: Site, url: str) -> Site:
    """The same site, its workers speaking to ``url``."""
    environment = {**site.environment, "WECHAT_API_BASE_URL": url}
    return replace(site, environment=environment, services=Services(environment, site.services.logs))


def _deliver(site: Site, workers: list[int], rows: int, key: str) -> Side:
    _write(site, rows, key)
    wake, before, began = redis_wake(site.environment["REDIS_URL"]), cpu.seconds(workers), time.perf_counter()
    for _ in range(WORKER_PROCESSES):  # one job for each worker
        wake(DELIVER_NOTIFICATIONS)
    until(lambda: site.sql(UNDONE)[0][0] == 0, f"{rows} rows to be done with", PATIENCE, pause=0.1)
    rate, used = rows / (time.perf_counter() - began), cpu.seconds(workers) - before
    sent = site.sql(SENT, {"key": f"{key}:%"})[0][0]
    if sent != rows:
        raise CommandFailed(f"of {rows} rows {sent} were sent")
    return Side(rate, used * 1000 / rows)


def _write(site: Site, rows: int, key: str) -> None:
    """Notices for the demo's accounts that agreed to them, in turn; in the benchmarks' district none becomes a digest."""
    accounts = [row[0] for row in site.sql(REACHABLE, {"provider": PROVIDER, "template": TEMPLATE})]
    now = shifted_clock(site.environment)()
    with domain(site.environment) as session:
        for lap, first in enumerate(range(0, rows, len(accounts))):
            several = accounts[: rows - first]
            notices = [Notice(one, "task", "您有一件待处理事项", "请打开小程序查看。") for one in several]
            write(session, notices, key=f"{key}:{lap}", district_id=site.environment["MAIN_DISTRICT"], now=now)


def _post(url: str) -> Side:
    """The bodies of the product's last heap, by the control: as many processes and threads."""
    bodies = requests.get(f"{url}/bodies", timeout=30).content.splitlines()
    with tempfile.TemporaryDirectory(prefix="msdb-bodies-") as folder:
        programs = []
        for number in range(WORKER_PROCESSES):
            share = Path(folder) / f"{number}.jsonl"
            share.write_bytes(b"\n".join(bodies[number::WORKER_PROCESSES]))
            command = ["-m", "devkit.bench.controls.bare_posts", str(share), url + SEND, str(THREADS)]
            programs.append(subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE))
        answers = [json.loads(program.communicate(timeout=PATIENCE)[0]) for program in programs]
    requests.get(f"{url}/bodies", timeout=30)
    seconds = max(answer["seconds"] for answer in answers)
    return Side(len(bodies) / seconds, sum(answer["cpu"] for answer in answers) * 1000 / len(bodies))
