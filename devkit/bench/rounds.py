"""Rounds in turn (A B A B …): what one side suffers from the machine's other users, the other suffers too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from devkit.bench.ground import Options
from devkit.bench.load import Request
from devkit.bench.site import Sample, Site

WARM_UP = 160
FEWEST = 32

Side = Callable[[int], Sample]
"""Carries out so many requests."""


def side(site: Site, asked: Sequence[Request]) -> Side:
    return lambda total: site.measure(asked, total)


def alternate(sides: Mapping[str, Side], options: Options) -> dict[str, list[Sample]]:
    """Samples per side, one for each round. What a side does before that to warm up is not counted."""
    totals = {name: _total(run, options) for name, run in sides.items()}
    found: dict[str, list[Sample]] = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, run in sides.items():
            found[name].append(run(totals[name]))
    return found


def _total(run: Side, options: Options) -> int:
    """How many requests fill a round's time; a slow side gets a smaller first taste."""
    first = run(FEWEST)
    warm = run(WARM_UP) if first.rate * options.seconds > WARM_UP else first
    return max(FEWEST, int(warm.rate * options.seconds))


def middle(samples: Sequence[Sample], of: str) -> float:
    return median(getattr(sample, of) for sample in samples)


def ratio(ours: Sequence[Sample], control: Sequence[Sample], of: str) -> float:
    """The median of the in-round ratios."""
    return median(getattr(a, of) / getattr(b, of) for a, b in zip(ours, control, strict=True))


def latencies(samples: Sequence[Sample]) -> str:
    values = "/".join(f"{middle(samples, of):.3g}" for of in ("p50", "p95", "p99"))
    return f"p50/95/99 {values} ms"
