"""Which benchmarks run, and how their figures are shown."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from devkit.bench.cases import client, console, footprint, growing, notices, paper, reading, submitting, wechat_notices
from devkit.bench.figures import Figure, markdown_table, not_measured, text_table
from devkit.bench.ground import Ground, Options
from devkit.bench.load import LoadFailed
from devkit.terminal import CommandFailed, complain, say
from devkit.tour.printer import StepFailed

Case = Callable[[Ground], list[Figure]]
CASES: dict[str, Case] = {
    "submit": submitting.submit,
    "scan": reading.scan,
    "receipt": reading.receipt,
    "queue": reading.queue,
    "queue-growth": growing.queue_growth,
    "lifecycle": growing.lifecycle,
    "console": console.console,
    "notice": notices.notice,
    "deliver": notices.deliver,
    "wechat-notices": wechat_notices.wechat_notices,
    "posters": paper.posters,
    "photo": paper.photo,
    "start": footprint.start,
    "memory": footprint.memory,
    "client": client.client,
}
QUICK = Options(rounds=1, seconds=0.2, most=1_000, profiles=False)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev bench`."""
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="The benchmarks; every figure beside its control measured in the same run."
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones (default all): {' '.join(CASES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/performance.md")
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="interleaved rounds (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=Options.seconds, help="of each side of a round")
    parser.add_argument("--issues", type=int, default=Options.most, help="the largest database (default %(default)s)")
    parser.add_argument(
        "--no-fsync", action="store_true", help="PostgreSQL as the tests run it: commits are not durable"
    )
    parser.add_argument("--quick", action="store_true", help="one tiny round each: does it still run? Proves no figure")
    return parser.parse_args(arguments)


def chosen(names: Sequence[str]) -> dict[str, Case]:
    """The cases asked for, in the table's order.

    :raises CommandFailed: for a name that is none.
    """
    for name in names:
        if name not in CASES:
            raise CommandFailed(f"no benchmark is called {name}; there are: {' '.join(CASES)}", exit_code=2)
    return {name: case for name, case in CASES.items() if not names or name in names}


def options_of(given: argparse.Namespace) -> Options:
    if given.quick:
        return replace(QUICK, durable=not given.no_fsync)
    return Options(given.rounds, given.seconds, given.issues, durable=not given.no_fsync)


def run_all(cases: dict[str, Case], ground: Ground) -> list[Figure]:
    """A benchmark that fails is a missed figure with the reason; the others still run."""
    figures: list[Figure] = []
    for name, case in cases.items():
        began = time.monotonic()
        try:
            figures += case(ground)
            say(f"{name}: {time.monotonic() - began:.0f} s")
        except (CommandFailed, LoadFailed, StepFailed) as failure:
            complain(f"{name} failed: {failure}")
            figures.append(not_measured(name, "", str(failure).splitlines()[0]))
    return figures


def _stop_like_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # what was started ends, and its folders go


def main(arguments: list[str]) -> int:
    """Run, print the table, write the files; 1 only when a benchmark could not run: a missed figure is an answer."""
    signal.signal(signal.SIGTERM, _stop_like_ctrl_c)
    given = parse(arguments)
    cases = chosen(given.names)
    options, before = options_of(given), busy()
    with Ground(options) as ground:
        figures = run_all(cases, ground)
    conditions = f"{machine(options)}; load average {before} before, {busy()} after"
    show(figures)
    say(f"\n{conditions}")
    if given.markdown:
        say(f"\n{markdown_table(figures)}\n\n{conditions}")
    if given.json:
        given.json.write_text(json.dumps([figure.as_json() for figure in figures], ensure_ascii=False, indent=2) + "\n")
    return 1 if any(figure.value is None for figure in figures) else 0


def busy() -> str:
    """How many processes wanted a core in the last minute, whoever they belong to."""
    return f"{os.getloadavg()[0]:.1f}"


def machine(options: Options) -> str:
    """What a figure depends on besides the code."""
    disk = "commits on disk" if options.durable else "commits not durable"
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {options.rounds} rounds, PostgreSQL with {disk}"
    )


def show(figures: Sequence[Figure]) -> None:
    """The table, then the profiles of what was missed."""
    say()
    say(text_table(figures))
    shown: set[str] = set()
    for figure in figures:
        if figure.profile and figure.profile not in shown:
            shown.add(figure.profile)
            say(f"\n{figure.name} missed {figure.reach}:\n{figure.profile}")
