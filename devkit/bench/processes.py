"""A child process for the length of a with block."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from subprocess import Popen

from devkit import children
from devkit.children import ChildSpec
from devkit.terminal import CommandFailed, tail

PATIENCE = 60.0
PAUSE = 0.02


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE, pause: float = PAUSE) -> None:
    """Wait until ``condition`` holds.

    :raises CommandFailed: when it does not within ``patience`` seconds.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise CommandFailed(f"waited {patience:g} seconds for {what}")
        time.sleep(pause)


@contextlib.contextmanager
def running(spec: ChildSpec) -> Iterator[Popen[bytes]]:
    """The child, once it is ready.

    :raises CommandFailed: with the end of its log, when it dies before that.
    """
    process = children.start(spec)

    def ready() -> bool:
        if process.poll() is not None:
            raise CommandFailed(f"{spec.name} did not start:\n{tail(spec.log)}")
        return spec.ready()

    try:
        until(ready, f"{spec.name} to start")
        yield process
    finally:
        children.stop([process], spec.grace)
