"""A database of the size a benchmark asks for: what `./dev demo --issues N` writes, on the benchmark's clock."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping

from devkit.bench.clock import shifted_clock
from devkit.bench.domain import domain
from devkit.demo.accounts import plan_sign_ins
from devkit.demo.plan import plan_districts
from devkit.demo.rows import SEED
from devkit.terminal import CommandFailed

FILLING = "devkit.demo.copies"


def fill(environment: Mapping[str, str], issues: int) -> None:
    """Add issues to the demo district until it has so many.

    :raises CommandFailed: where the demo cannot do that.
    """
    if importlib.util.find_spec(FILLING) is None:
        raise CommandFailed("the demo district cannot be filled with issues yet")
    filling = importlib.import_module(f"{FILLING}.filling").Filling
    plans = plan_districts()
    with domain(environment) as session:
        now = shifted_clock(environment)()
        filling(session, plans[0], plan_sign_ins(plans), total=issues, now=now, seed=SEED).fill(lambda done: None)
