"""A throwaway Redis for the tests: the embedded server without a memory."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit.children import die_with_parent, stop
from devkit.redis_address import redis_url
from devkit.redis_server import answers, server_arguments
from devkit.terminal import CommandFailed, tail

START_WITHIN = 20.0


@contextmanager
def running_redis(directory: Path | None = None, *, durable: bool = False) -> Iterator[str]:
    """A running server's URL, for the length of a with block; a folder given by the caller is kept."""
    folder = directory or Path(tempfile.mkdtemp(prefix="msdb-redis-"))
    socket, log = folder / "redis.sock", folder / "redis.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            server_arguments(folder, socket, durable=durable),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(),
        )
    try:
        _wait(process, redis_url(socket), log)
        yield redis_url(socket)
    finally:
        stop([process], grace=3)
        if directory is None:
            shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise CommandFailed(f"Redis 没有启动:\n{tail(log)}")
        time.sleep(0.02)
