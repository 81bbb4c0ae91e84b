"""A WeChat with bad days, for chaos: takes messages, fails at random, and remembers what it really took."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TROUBLES = ("none", "http_500", "busy", "no_answer_not_taken", "no_answer_but_taken", "garbage", "refused")
BUSY = b'{"errcode":-1,"errmsg":"system error"}'
ODDS = (60, 10, 8, 5, 7, 5, 5)


class FaultyWeChat:
    """``taken``: number in the message → how often it was really accepted. ``whole``: no faults any more."""

    def __init__(self, seed: int, hang: float) -> None:
        self._dice, self._lock = random.Random(seed), threading.Lock()
        self.hang = hang
        self.whole = False
        self.taken: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.over = threading.Event()

    def message(self, body: bytes) -> tuple[int, bytes]:
        with self._lock:
            trouble = "none" if self.whole else self._dice.choices(TROUBLES, ODDS)[0]
            self.troubles[trouble] += 1
            if trouble in ("none", "no_answer_but_taken"):
                self.taken[json.loads(body)["data"]["character_string2"]["value"]] += 1
            number = sum(self.taken.values())
        if trouble.startswith("no_answer"):
            self.over.wait(self.hang)
        answers: dict[str, tuple[int, bytes]] = {
            "http_500": (500, b"Internal Server Error"),
            "busy": (200, BUSY),
            "no_answer_not_taken": (200, BUSY),  # where the one who asks is slower than we are, it still gets an answer
            "garbage": (502, b"<html>bad gateway</html>"),
            "refused": (200, b'{"errcode":43101,"errmsg":"user refuse to accept the msg"}'),
        }
        return answers.get(trouble, (200, b'{"errcode":0,"errmsg":"ok","msgid":%d}' % number))


@contextmanager
def serving(wechat: FaultyWeChat) -> Iterator[str]:
    """The address of ``wechat`` for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # wechatpy asks for nothing by GET here
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True  # whoever asked was killed in the middle of the word
                return
            sending = self.path.startswith("/cgi-bin/message/subscribe/send")
            token = (200, b'{"access_token":"t","expires_in":7200}')
            code, answer = wechat.message(body) if sending else token
            try:
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True  # whoever asked has given up

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        wechat.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
