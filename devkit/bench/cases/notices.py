"""Notices: from a submission to the deputy's phone (WeChat's sandbox), and how fast a heap of them goes out."""

from __future__ import annotations

import time
from statistics import median

import requests
from redis import Redis
from rq import Queue

from devkit.bench import cpu
from devkit.bench.cases.submitting import submissions
from devkit.bench.clock import shifted_clock
from devkit.bench.controls.one_job_per_row import JOB, TEMPLATE
from devkit.bench.domain import domain
from devkit.bench.figures import Figure, at_least, at_most, ratio_at_least
from devkit.bench.ground import Ground, Options
from devkit.bench.load import Outcome, Plan
from devkit.bench.processes import until
from devkit.bench.site import Site
from devkit.demo.accounts import PROVIDER
from service.jobs import DELIVER_NOTIFICATIONS, DELIVER_QUEUE
from service.notifications.actions import Notice, write
from service.wake import redis_wake

SUBMISSIONS = 600
PACE, PACED_SECONDS = 20.0, 30.0
ROWS, ROWS_OF_CONTROL = 2_000, 120
LATENCY = 0.05
SEND = "/cgi-bin/message/subscribe/send"
PATIENCE = 180.0
PUBLISHED = "published: best peer 11/s (issue 3)"

TOLD = """
select extract(epoch from n.pushed_at - i.created_at), extract(epoch from n.pushed_at)
from issues i join notifications n on n.issue_id = i.id
join grants g on g.account_id = n.account_id and g.role = 'deputy' and g.deputy_id = i.deputy_id
where n.push_state = 'sent' and n.kind = 'task' and extract(epoch from i.created_at) >= %(since)s
"""

REACHABLE = """
select i.account_id from identities i join subscription_credits c using (account_id)
where i.provider = %(provider)s and c.template_id = %(template)s
"""


def notice(ground: Ground) -> list[Figure]:
    """Submitted, checked, routed, written, pushed and accepted by the sandbox, for every single issue (no digests)."""
    options, site = ground.options, ground.site("notices")
    asked = submissions(site)
    total = max(32, int(SUBMISSIONS * min(1.0, options.seconds / Options.seconds)))
    rates, submitted, used = [], [], []
    with site.workers() as workers:
        roots = (site.web_pid, site.postgres_pid, *workers)
        _through(site, Plan(site.port, tuple(asked), 32))
        for _ in range(min(options.rounds, 3)):
            before = cpu.seconds(roots)
            outcome, _, seconds = _through(site, Plan(site.port, tuple(asked), total))
            used.append((cpu.seconds(roots) - before) * 1000 / total)
            rates.append(total / seconds)
            submitted.append(outcome.rate)
        paced = int(PACE * min(PACED_SECONDS, options.seconds * 15))
        _, waits, _ = _through(site, Plan(site.port, tuple(asked), paced, pace=PACE))
    ratio = median(told / sent for told, sent in zip(rates, submitted, strict=True))
    words = f"{median(used):.3g} ms CPU each (web, workers, database); control: the same until they are answered"
    late = sorted(waits)[int(len(waits) * 0.95)]
    return [
        Figure("notice", median(rates), "submits/s", median(submitted), ratio, at_least(60), f"{words}; {PUBLISHED}"),
        Figure("notice-p95", late, "s", None, None, at_most(2), f"submit → notice at {PACE:g}/s, {paced} submissions"),
    ]


def _through(site: Site, plan: Plan) -> tuple[Outcome, list[float], float]:
    """(what the generator saw, seconds from each submission to its notice, seconds until the last one)."""
    began = shifted_clock(site.environment)().timestamp()
    outcome = site.load(plan)
    until(lambda: len(_told(site, began)) >= plan.total, f"{plan.total} notices", PATIENCE, pause=0.25)
    rows = _told(site, began)
    return outcome, [float(wait) for wait, _ in rows], max(float(when) for _, when in rows) - began


def _told(site: Site, since: float) -> list[tuple[float, float]]:
    return site.sql(TOLD, {"since": since})


def deliver(ground: Ground) -> list[Figure]:
    """A heap of due notices, two workers, 50 ms at WeChat, each by itself (no digests); against one job per row.

    Both send to the sandbox, a Python server on the same cores that keeps its rules and every message: past some hundred
    rows a second it is the limit. How fast the product is by itself says ``wechat-notices``.
    """
    options, site = ground.options, ground.site("deliver")
    share = min(1.0, options.seconds / Options.seconds)
    rows, few = max(100, int(ROWS * share)), max(10, int(ROWS_OF_CONTROL * share))
    order = {"endpoint": SEND, "kind": "latency", "value": LATENCY, "times": 10**9}
    ours, control, used = [], [], []
    try:
        with site.workers(scheduler=False) as workers:
            requests.post(f"{site.sandbox_url}/sandbox/faults", json=order, timeout=5).raise_for_status()
            for turn in range(-1, min(options.rounds, 3)):
                number, before = f"{turn + 2}", cpu.seconds(workers)
                rate, spent = _in_batches(site, rows, number), cpu.seconds(workers) - before
                single = _one_by_one(site, few, number)
                if turn >= 0:
                    ours.append(rate)
                    control.append(single)
                    used.append(spent * 1000 / rows)
    finally:
        requests.post(f"{site.sandbox_url}/sandbox/reset", timeout=5)
    ratio = median(mine / its for mine, its in zip(ours, control, strict=True))
    words = f"{rows} rows, 2 workers, {LATENCY * 1000:g} ms at WeChat; {median(used):.3g} ms CPU of the workers a row"
    return [
        Figure(
            "deliver",
            median(ours),
            "rows/s",
            median(control),
            ratio,
            ratio_at_least(15),
            f"{words}; control: one RQ job per row",
        )
    ]


def _in_batches(site: Site, rows: int, turn: str) -> float:
    _write(site, rows, f"batch-{turn}", later=0.0)
    wake, began = redis_wake(site.environment["REDIS_URL"]), time.perf_counter()
    for _ in range(2):  # one job for each worker
        wake(DELIVER_NOTIFICATIONS)
    return _rate_until_sent(site, f"batch-{turn}", rows, began)


def _one_by_one(site: Site, rows: int, turn: str) -> float:
    """Not due for a day, so that the product's own job leaves them alone."""
    _write(site, rows, f"single-{turn}", later=86_400.0)
    ids = [
        row[0] for row in site.sql("select id from notifications where dedupe_key like %(key)s", _key(f"single-{turn}"))
    ]
    connection = Redis.from_url(site.environment["REDIS_URL"])
    queue, began = Queue(DELIVER_QUEUE, connection=connection), time.perf_counter()
    for one in ids:
        queue.enqueue(JOB, one, result_ttl=60, failure_ttl=3600, job_timeout=120)
    rate = _rate_until_sent(site, f"single-{turn}", rows, began)
    connection.close()
    return rate


def _rate_until_sent(site: Site, key: str, rows: int, began: float) -> float:
    statement = "select count(*) from notifications where push_state = 'sent' and dedupe_key like %(key)s"
    until(lambda: site.sql(statement, _key(key))[0][0] >= rows, f"{rows} rows to be sent", PATIENCE)
    return rows / (time.perf_counter() - began)


def _key(key: str) -> dict[str, str]:
    return {"key": f"{key}:%"}


def _write(site: Site, rows: int, key: str, *, later: float) -> None:
    """Notices for the demo's accounts that agreed to them, in turn, due ``later`` seconds from now."""
    accounts = [row[0] for row in site.sql(REACHABLE, {"provider": PROVIDER, "template": TEMPLATE})]
    now = shifted_clock(site.environment)()
    with domain(site.environment) as session:
        for place in range(rows):
            one = Notice(accounts[place % len(accounts)], "task", "您有一件待处理事项", "请打开小程序查看。")
            write(session, [one], key=f"{key}:{place}", district_id=site.environment["MAIN_DISTRICT"], now=now)
    site.sql(
        "update notifications set next_at = next_at + make_interval(secs => %(later)s) where dedupe_key like %(key)s",
        {"later": later, **_key(key)},
    )
