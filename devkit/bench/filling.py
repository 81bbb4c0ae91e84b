"""A database of the size a benchmark asks for: what `./dev demo --issues N` writes, on the benchmark's clock."""

from __future__ import annotations

from collections.abc import Mapping

from devkit.bench.clock import shifted_clock
from devkit.bench.domain import domain
from devkit.demo.accounts import plan_sign_ins
from devkit.demo.copies.filling import Filling
from devkit.demo.plan import plan_districts
from devkit.demo.rows import SEED

MOST_SEARCHED = 100_000
"""Issues up to which the benchmarks search; beyond, they measure what does not, and spare the time to index."""


def fill(environment: Mapping[str, str], issues: int) -> None:
    """Add issues to the demo district until it has so many."""
    plans = plan_districts()
    with domain(environment) as session:
        now = shifted_clock(environment)()
        Filling(session, plans[0], plan_sign_ins(plans), total=issues, now=now, seed=SEED).fill(
            index=issues <= MOST_SEARCHED
        )
