"""``python -m tests.wechat.callers BASE_URL REDIS_URL``: a process whose twenty threads all want the token at once."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.wechat.clients import client_of, send

THREADS = 20


def main(base_url: str, redis_url: str) -> None:
    client = client_of(base_url, redis_url)
    together = threading.Barrier(THREADS)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()

    def call(_: int) -> str:
        together.wait(10)
        return send(client)

    with ThreadPoolExecutor(THREADS) as pool:
        sent = list(pool.map(call, range(THREADS)))
    sys.stdout.write(f"sent {len(sent)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
