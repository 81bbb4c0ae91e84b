"""Keeps a handful of children running until told to stop, then ends every one of them in order."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

from devkit.children import ChildSpec, adopt_orphans, adopted, end_adopted, signal_group, start, stop
from devkit.terminal import CommandFailed, say, tail

TICK = 0.1
FIRST_DELAY = 0.5
LONGEST_DELAY = 15.0
REAP_EVERY = 5.0
HEALTHY_AFTER = 30.0  # a child that lived this long starts again with the first delay


class StopRequested(Exception):
    """Somebody asked us to stop while we were still waiting for something."""


@dataclass
class Child:
    """One running child and how its restarts went so far."""

    spec: ChildSpec
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    restart_at: float | None = None

    def delay(self, now: float) -> float:
        """Seconds until the next attempt: doubled with every quick death, so that a broken child cannot spin."""
        self.failures = 1 if now - self.started > HEALTHY_AFTER else self.failures + 1
        return float(min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.failures - 1)))


def _describe(code: int) -> str:
    return f"信号 {-code}" if code < 0 else f"退出码 {code}"


class Supervisor:
    """Starts children one after the other, restarts those that die, stops all. One thread, one loop."""

    def __init__(self, announce: Callable[[str], None] = say) -> None:
        self._announce = announce
        self._children: list[Child] = []
        self._stop_requested = False
        adopt_orphans()

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Within this block Ctrl-C, SIGTERM and a closed terminal ask for an orderly stop."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def request_stop(self) -> None:
        """Ask the loop to end at its next turn."""
        self._stop_requested = True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.request_stop()

    def add(self, spec: ChildSpec, timeout: float = 30.0) -> None:
        """Start a child and wait until it is ready.

        Raises CommandFailed with the end of its log when it dies or stays unready for `timeout` seconds,
        StopRequested when asked to stop meanwhile.
        """
        self.wait_for(self.begin(spec), timeout)

    def begin(self, spec: ChildSpec) -> Child:
        """Start a child without waiting: something else may be done meanwhile, until :meth:`wait_for`."""
        child = Child(spec, start(spec), time.monotonic())
        self._children.append(child)
        return child

    def wait_for(self, child: Child, timeout: float = 30.0) -> None:
        """Until it is ready; raises as :meth:`add` does."""
        spec, deadline = child.spec, time.monotonic() + timeout
        while not spec.ready():
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise CommandFailed(f"{spec.name} 没有正常启动,日志 {spec.log}:\n{tail(spec.log)}")
            self._turn()

    def run_once(self, spec: ChildSpec) -> None:
        """Run something that ends by itself. Raises CommandFailed with the end of its log when it fails."""
        process = start(spec)
        try:
            while process.poll() is None:
                self._turn()
        finally:
            stop([process], spec.grace)
        if process.returncode != 0:
            raise CommandFailed(f"{spec.name} 失败({_describe(process.returncode)}),日志 {spec.log}:\n{tail(spec.log)}")

    def watch(self) -> None:
        """Restart whatever dies, until asked to stop."""
        reaped = time.monotonic()
        with contextlib.suppress(StopRequested):
            while True:
                self._turn()
                if time.monotonic() - reaped > REAP_EVERY:
                    adopted(known={child.process.pid for child in self._children})
                    reaped = time.monotonic()

    def _turn(self) -> None:
        if self._stop_requested:
            raise StopRequested
        for child in self._children[:]:
            self._look_after(child)
        time.sleep(TICK)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is None:
            code = child.process.poll()
            if code is not None:
                # Workers of a killed leader would hold its port and its work: they go before it comes back.
                signal_group(child.process.pid, signal.SIGKILL)
                delay = child.delay(now)
                child.restart_at = now + delay
                self._announce(f"{child.spec.name} 意外退出({_describe(code)}),{delay:g} 秒后重新启动")
        elif now >= child.restart_at:
            child.process, child.started, child.restart_at = start(child.spec), now, None
            self._announce(f"{child.spec.name} 已重新启动(进程 {child.process.pid})")

    def stop_all(self) -> None:
        """End every child, stage by stage, and whatever they left behind."""
        for stage in sorted({child.spec.stage for child in self._children}, reverse=True):
            together = [child for child in self._children if child.spec.stage == stage]
            stop([child.process for child in together], max(child.spec.grace for child in together))
        self._children.clear()
        end_adopted(known=set())
