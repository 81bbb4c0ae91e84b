"""A server that says what a test told it to, and remembers what it was asked. The sandbox is the one that knows the rules."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

TOKEN = "/cgi-bin/stable_token"
DROP, HANG = "drop", "hang"
"""Close the connection without an answer; never answer while the test runs."""


class Asked(NamedTuple):
    path: str
    query: dict[str, list[str]]
    body: Any

    @property
    def token(self) -> str:
        return self.query.get("access_token", [""])[0]


class LittleWeChat:
    """``orders[path]``: what to say, first in first out; afterwards ``errcode 0``, or the current token."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.orders: dict[str, list[object]] = defaultdict(list)
        self.serial = 1
        self.checks_tokens = False
        self.slow_token = 0.0
        self.over = threading.Event()
        self._lock = threading.Lock()

    def token(self) -> str:
        return f"token-number-{self.serial}-" + "t" * 120

    def revoke(self) -> None:
        with self._lock:
            self.serial += 1

    def fetches(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == TOKEN]

    def answer(self, asked: Asked) -> object:
        with self._lock:
            self.asked.append(asked)
            if self.orders[asked.path]:
                return self.orders[asked.path].pop(0)
        if asked.path == TOKEN:
            self.over.wait(self.slow_token)
            if asked.body.get("force_refresh"):
                self.revoke()
            return {"access_token": self.token(), "expires_in": 7200}
        if self.checks_tokens and asked.token != self.token():
            return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.asked)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving(little: LittleWeChat) -> Iterator[str]:
    """Its address, for the length of a with block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._say(little.answer(Asked(parts.path, parse_qs(parts.query), json.loads(body) if body else None)))

        do_GET = do_POST  # noqa: N815 (http.server looks it up by this name)

        def _say(self, answer: object) -> None:
            if answer == HANG:
                little.over.wait(20)
            if answer in (HANG, DROP):
                self.close_connection = True
                return
            status = answer if isinstance(answer, int) else 200
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        little.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
