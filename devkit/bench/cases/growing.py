"""What a district's years cost: the same work on an empty database and on a million issues."""

from __future__ import annotations

from statistics import median

from devkit.bench import cpu, lives
from devkit.bench.cases.reading import queue_page
from devkit.bench.cases.submitting import submission
from devkit.bench.figures import Figure, not_measured, ratio_at_least, ratio_at_most
from devkit.bench.ground import Ground
from devkit.bench.load import CONNECTIONS
from devkit.bench.profile import with_profile
from devkit.bench.rounds import alternate, middle, ratio, side
from devkit.bench.site import Site

FEW, HUNDRED_THOUSAND, MILLION = 1_000, 100_000, 1_000_000
ROUNDS_OF_LIVES = 4
LIVES_LAST = 5
"""A round lasts so many times ``seconds`` at least: what jobs do once when they are started must not be what is measured."""
PEER = "published: DIGIT's own load tests, 37/s → 6.3/s at a million, −83 %, on 16 cores (issue 3)"


def queue_growth(ground: Ground) -> list[Figure]:
    """The first page of the widest queue: 95 of 100 answers come within the control's time and a little."""
    few, many = FEW, min(MILLION, ground.options.most)
    name, unit, reach = "queue-growth", "ms p95", ratio_at_most(1.3)
    if many <= few:
        return [not_measured(name, unit, f"--issues {many} leaves nothing to compare with {few:,}", reach)]
    site, small = ground.site_of(many), ground.site_of(few)
    asked = queue_page(site, {})
    found = alternate({"many": side(site, [asked]), "few": side(small, [queue_page(small, {})])}, ground.options)
    ours, control = found["many"], found["few"]
    figure = Figure(
        name,
        middle(ours, "p95"),
        unit,
        middle(control, "p95"),
        ratio(ours, control, "p95"),
        reach,
        f"{many:,} issues; control: itself at {few:,}; CPU {middle(ours, 'cpu'):.3g} against {middle(control, 'cpu'):.3g} ms",
    )
    return with_profile([figure], site, asked)


def lifecycle(ground: Ground) -> list[Figure]:
    """Create, route, answer, rate; the workers of one site at a time, so that none pays for another."""
    sizes = sorted({min(size, ground.options.most) for size in (0, HUNDRED_THOUSAND, MILLION)})
    sites = {size: ground.site_of(size) for size in sizes}
    found: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    warm = [_lives(site, 1)[0] for site in sites.values()]  # says how many fill a round
    each = max(1, int(max(warm) * ground.options.seconds * LIVES_LAST / CONNECTIONS))
    for _ in range(min(ground.options.rounds, ROUNDS_OF_LIVES)):
        for size, site in sites.items():
            found[size].append(_lives(site, each))
    return [_figure(size, found[size], found[sizes[0]]) for size in sizes]


def _lives(site: Site, each: int) -> tuple[float, float]:
    """(lives per second, CPU milliseconds of web, workers and database per life)."""
    plan = lives.Lives(
        port=site.port,
        submission=submission(site) | {"anonymity": "receipt_only", "contact": None},
        guests=tuple(str(site.town.guest().token) for _ in range(CONNECTIONS)),
        deputies=deputy_tokens(site),
        each=each,
    )
    with site.workers() as workers:
        roots = (site.web_pid, site.postgres_pid, *workers)
        before = cpu.seconds(roots)
        seconds = site.generator.submit(lives.run, plan).result()
        used = cpu.seconds(roots) - before
    total = each * CONNECTIONS
    return total / seconds, used * 1000 / total


def deputy_tokens(site: Site) -> dict[str, str]:
    """Deputy id → bearer token, of every deputy with an account listed in the demo."""
    accounts = [account for account in site.town.notes["sign_ins"] if account["role"] == "deputy"]
    return {account["id"]: str(site.town.person(account).token) for account in accounts}


def _figure(size: int, ours: list[tuple[float, float]], control: list[tuple[float, float]]) -> Figure:
    rate, used = (median(one[place] for one in ours) for place in (0, 1))
    beside = f"{used:.3g} ms CPU a life (web, workers, database)"
    if ours is control:
        return Figure(f"lifecycle-{size}", rate, "lives/s", beside=f"{beside}; {PEER}")
    loss = median(mine[0] / its[0] for mine, its in zip(ours, control, strict=True))
    its_rate = median(one[0] for one in control)
    return Figure(
        f"lifecycle-{size}", rate, "lives/s", its_rate, loss, ratio_at_least(0.9), f"{beside}; control: itself at 0"
    )
