"""Where the time of a missed figure goes: the same request again, inside one process, under cProfile.

``python -m devkit.bench.profile < REQUEST``, with the environment of a site.
"""

from __future__ import annotations

import contextlib
import cProfile
import dataclasses
import io
import os
import pstats
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from devkit.bench.figures import Figure
from devkit.bench.load import TOKEN, Request
from devkit.bench.site import Site
from devkit.bench.wsgi import create_app
from devkit.terminal import PROJECT_ROOT

TIMES = 100
FUNCTIONS = 15
STATEMENTS = 6


def with_profile(figures: Sequence[Figure], site: Site, asked: Request) -> list[Figure]:
    """The figures, each missed one with the profile of its request."""
    if not site.profiles or all(figure.ok for figure in figures):
        return list(figures)
    text = _profile_apart(site, asked)
    return [figure if figure.ok else dataclasses.replace(figure, profile=text) for figure in figures]


def _profile_apart(site: Site, asked: Request) -> str:
    """In a process of its own: a profiler slows whatever shares its interpreter."""
    command = [sys.executable, "-m", "devkit.bench.profile"]
    result = subprocess.run(
        command, input=asked.raw, env=dict(site.environment), cwd=PROJECT_ROOT, capture_output=True, check=False
    )
    return (result.stdout if result.returncode == 0 else b"no profile: " + result.stderr[-500:]).decode()


class Statements:
    """Counts statements and adds up how long the database took over each."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        sa.event.listen(sa.Engine, "before_cursor_execute", self._before)
        sa.event.listen(sa.Engine, "after_cursor_execute", self._after)

    def _before(self, connection: sa.Connection, *_rest: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def _after(self, connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        short = " ".join(statement.split())[:140]
        self.times[short] += time.perf_counter() - connection.info["began"]
        self.counts[short] += 1

    def clear(self) -> None:
        self.times.clear()
        self.counts.clear()

    def lines(self, requests: int) -> list[str]:
        """The slowest statements, with how often and how long per request."""
        head = f"{sum(self.counts.values()) / requests:.1f} statements a request, {self._milliseconds(requests):.2f} ms"
        slowest = self.times.most_common(STATEMENTS)
        return [
            head,
            *(
                f"  {self.counts[text] / requests:.1f} × {took * 1000 / requests:.2f} ms  {text}"
                for text, took in slowest
            ),
        ]

    def _milliseconds(self, requests: int) -> float:
        return sum(self.times.values()) * 1000 / requests


def caller(raw: bytes) -> Callable[[], None]:
    """Puts a request as the server would to the application of this process."""
    application = create_app()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    headers = {name.upper().replace("-", "_"): value for name, _, value in (line.partition(": ") for line in lines)}
    fixed = {name if name.startswith("CONTENT_") else f"HTTP_{name}": value for name, value in headers.items()}
    base = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path), "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip

    def call() -> None:
        token = secrets.token_hex(8)
        fresh = {name: value.replace(TOKEN.decode(), token) for name, value in fixed.items()}
        content = io.BytesIO(body.replace(TOKEN, token.encode()))
        answer = application({**base, **fresh, "wsgi.input": content}, lambda *_: None)
        b"".join(answer)
        getattr(answer, "close", lambda: None)()

    return call


def main() -> None:
    """Print the functions that took longest and the statements behind one request."""
    statements, profile = Statements(), cProfile.Profile()
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # the log's lines
        call = caller(sys.stdin.buffer.read())
        for _ in range(TIMES // 5):
            call()
        statements.clear()
        profile.enable()
        for _ in range(TIMES):
            call()
        profile.disable()
    out = io.StringIO()
    pstats.Stats(profile, stream=out).strip_dirs().sort_stats("tottime").print_stats(FUNCTIONS)
    table = out.getvalue().partition("ncalls")
    print("\n".join([*statements.lines(TIMES), f"{TIMES} requests:", table[1] + table[2].rstrip()]))


if __name__ == "__main__":
    main()
