"""The bare way to send messages: the same bodies, posted by ``requests`` from threads, and nothing is remembered.

``python -m devkit.bench.controls.bare_posts FILE URL THREADS``: every line of the file is one body. Each thread keeps one
connection. Prints seconds and CPU seconds of the posting alone, without the start of the program.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import deque
from pathlib import Path

import requests

TIMEOUT = 30.0


def post_all(bodies: list[bytes], url: str, threads: int) -> None:
    """Post every body once.

    :raises RuntimeError: when one was not accepted.
    """
    waiting, refused = deque(bodies), []

    def run() -> None:
        with requests.Session() as session:
            session.trust_env = False
            while waiting:
                try:
                    body = waiting.popleft()
                except IndexError:
                    return
                answer = session.post(url, data=body, timeout=TIMEOUT).json()
                if answer.get("errcode") != 0:
                    refused.append(answer)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if refused:
        raise RuntimeError(f"{len(refused)} were refused, the first: {refused[0]}")


def main(path: str, url: str, threads: str) -> None:
    bodies = Path(path).read_bytes().splitlines()
    began, used = time.perf_counter(), time.process_time()
    post_all(bodies, url, int(threads))
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
