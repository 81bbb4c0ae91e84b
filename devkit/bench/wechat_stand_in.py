"""A WeChat that only answers, each message after a fixed wait: so that a benchmark measures the sender and not the sandbox.

``python -m devkit.bench.wechat_stand_in PORT SECONDS``. It knows a token and the sending of messages, checks nothing, and
keeps the bodies it was sent for whoever asks ``GET /bodies``.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
TOKEN = {"access_token": "bench", "expires_in": 7200}


class StandIn:
    """``latency``: seconds WeChat takes for a message."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.bodies: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = LENGTH.search(head)
                body = await reader.readexactly(int(found.group(1))) if found else b""
                answer = await self.answer(head.split(b" ", 2)[1].decode(), body)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, path: str, body: bytes) -> bytes:
        if path == "/bodies":
            kept, self.bodies = self.bodies, []
            return b"\n".join(kept)
        if not path.startswith("/cgi-bin/message/"):
            return json.dumps(TOKEN).encode()
        self.bodies.append(body.replace(b"\n", b" "))
        await asyncio.sleep(self.latency)
        return b'{"errcode":0,"errmsg":"ok","msgid":%d}' % (1_000_000_000 + len(self.bodies))


async def run(port: int, latency: float) -> None:
    server = await asyncio.start_server(StandIn(latency).serve, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2])))
