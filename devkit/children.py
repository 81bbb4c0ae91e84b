"""Starting and ending one child process so that neither it nor what it starts can outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOG_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class ChildSpec:
    """How to start one child.

    `grace` is the seconds between the polite signal and SIGKILL; children of one `stage` stop together,
    higher stages first; `ready` is asked until it says yes before the next child starts.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    working_directory: Path
    log: Path
    stage: int = 0
    grace: float = 2.0
    ready: Callable[[], bool] = field(default=lambda: True)


def _prctl(option: int, value: int) -> bool:
    """Call Linux prctl; False elsewhere or when the kernel refuses."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)


def adopt_orphans() -> bool:
    """Make this process the parent of grandchildren whose own parent died, so that we can end them."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` that makes the kernel signal the child when its parent dies, even of SIGKILL.

    Elsewhere than on Linux it does nothing: there only an orderly stop leaves no orphan.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if _prctl(PR_SET_PDEATHSIG, death_signal) and os.getppid() != parent:
            os._exit(1)  # the parent died between fork and prctl: nobody would ever tell us

    return before_exec


def rotate(log: Path) -> None:
    """Keep one previous log, so that a long-lived instance cannot fill the disk from one file."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))


def start(spec: ChildSpec) -> subprocess.Popen[bytes]:
    """Start the child in a process group of its own, with its output in its log."""
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    rotate(spec.log)
    with spec.log.open("ab") as log:
        return subprocess.Popen(
            list(spec.argv),
            env=dict(spec.environment),
            cwd=spec.working_directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(),
        )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the whole process group that the child `pid` leads; nothing to do when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def stop(processes: Sequence[subprocess.Popen[bytes]], grace: float) -> None:
    """Ask these to stop together, wait up to `grace` seconds for all, then end their groups by force.

    Only the leader is asked: it knows how to stop its own workers in order.
    """
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + grace
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _parents() -> dict[int, tuple[int, str]]:
    """(parent, state) by process id, from /proc; empty where there is no /proc."""
    found: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = entry.read_text("utf-8", errors="replace").rpartition(")")[2].split()[:2]
            found[int(entry.parent.name)] = (int(parent), state)
    return found


def adopted(known: set[int]) -> list[int]:
    """Living processes that became ours because their own parent died; dead ones are reaped on the way."""
    living = []
    for pid, (parent, state) in _parents().items():
        if parent != os.getpid() or pid in known:
            continue
        if state == "Z":
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        else:
            living.append(pid)
    return living


def end_adopted(known: set[int], patience: float = 1.0) -> None:
    """End by force what our children left behind, so that stopping leaves no process at all."""
    deadline = time.monotonic() + patience
    while (left := adopted(known)) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
