"""How soon `./dev run` is ready, and how much memory all of it takes once nothing happens any more."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import requests

from devkit import children
from devkit.bench import cpu
from devkit.bench.figures import Figure, at_most
from devkit.bench.ground import Ground
from devkit.demo.loading import notes
from devkit.instance import OVERRIDABLE, free_port
from devkit.terminal import PROJECT_ROOT, CommandFailed

READY_WITHIN = 180.0
VISITS = 100
CALM = 0.01
"""Memory has settled once two looks differ by less than this share."""
KINDS = (
    ("valkey", "Redis"),
    ("wechat-sandbox", "WeChat sandbox"),
    ("workers worker", "workers"),
    ("workers scheduler", "scheduler"),
    ("granian", "web"),
    ("devkit run", "supervisor"),
)


@contextlib.contextmanager
def running_instance(data: Path, *more: str) -> Iterator[tuple[int, int, float]]:
    """`./dev run` until it prints `ready`: (process id, port, seconds that took).

    :raises CommandFailed: when it ends or is not ready in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "devkit", "run", "--port", str(port), "--data", str(data), *more]
    environment = {name: value for name, value in os.environ.items() if name not in OVERRIDABLE}
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=children.die_with_parent(),
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "ready":
                break
        else:
            raise CommandFailed("./dev run ended before it was ready")
        yield process.pid, port, time.perf_counter() - began
    finally:
        process.terminate()
        process.communicate()


def start(ground: Ground) -> list[Figure]:
    """On SQLite, as a newcomer runs it, from the second start on; the first one loads the demo and counts apart."""
    found, used, controls = [], [], []
    with tempfile.TemporaryDirectory(prefix="msdb-start-") as folder:
        with running_instance(Path(folder)) as (_, _, first):
            pass
        for _ in range(min(ground.options.rounds, 3)):
            controls.append(_import_alone())
            with running_instance(Path(folder)) as (pid, _, seconds):
                found.append(seconds)
                used.append(cpu.seconds([pid]))
    words = (
        f"{median(used):.3g} s CPU; first start, with the demo: {first:.3g} s; control: an interpreter that imports app"
    )
    ratio = median(mine / its for mine, its in zip(found, controls, strict=True))
    return [Figure("start", median(found), "s", median(controls), ratio, at_most(8), words)]


def _import_alone() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import app"], cwd=PROJECT_ROOT, check=True)
    return time.perf_counter() - began


def memory(ground: Ground) -> list[Figure]:
    """On PostgreSQL, which is not counted, after some visits and once the figures stand still."""
    database = ground.empty_database("memory")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="msdb-memory-"))
        pid, port, _ = stack.enter_context(running_instance(Path(folder), "--database-url", database))
        base_url = f"http://127.0.0.1:{port}"
        code = notes(base_url)["scan_codes"][0]["code"]
        for _ in range(VISITS):
            requests.get(f"{base_url}/api/v1/scan/{code}", timeout=10).raise_for_status()
        items = _settled(pid)
    words = ", ".join(f"{kind} {size / 2**20:.0f}" for kind, size in items.most_common())
    published = "published: best peer 923 MiB with its database (issue 3)"
    total = items.total() / 2**20
    return [Figure("memory", total, "MiB PSS", None, None, at_most(500), f"{words}; {published}")]


def _settled(root: int) -> Counter[str]:
    """Bytes by kind of process, once the workers have built their application and nothing grows any more."""
    before: Counter[str] = Counter()
    for _ in range(15):
        time.sleep(4)
        now = by_kind(root)
        if before and abs(now.total() - before.total()) < CALM * now.total():
            return now
        before = now
    return before


def by_kind(root: int) -> Counter[str]:
    """Proportional set size in bytes of everything below ``root``, by what it is."""
    sizes: Counter[str] = Counter()
    for pid in cpu.tree([root]):
        with contextlib.suppress(OSError):  # it ended meanwhile
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
            kilobytes = next(int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:"))
            sizes[kind_of(pid, line)] += kilobytes * 1024
    return sizes


def kind_of(pid: int, command: str) -> str:
    """What a process is, by its command line; a forked or spawned helper is what its parent is."""
    for mark, kind in KINDS:
        if mark in command:
            return kind
    parent = int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    line = Path(f"/proc/{parent}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((kind for mark, kind in KINDS if mark in line), "other")
