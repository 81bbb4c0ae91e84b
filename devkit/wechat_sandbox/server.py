"""Serves the sandbox over HTTP on loopback: one thread, one event loop, because faults make hundreds of requests wait at once."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from urllib.parse import parse_qsl

from aiohttp import web

from devkit.wechat_sandbox.app import Sandbox
from devkit.wechat_sandbox.http import Answer, Call
from devkit.wechat_sandbox.state import SandboxState

BACKLOG = 1024
LARGEST_BODY = 2 * 1024 * 1024
PATIENCE = 0.1  # seconds that open connections get when the server stops


class SandboxServer:
    """Bound from the start; ``serve_forever`` until another thread or a signal handler calls ``shutdown``."""

    def __init__(self, state: SandboxState, port: int) -> None:
        self.sandbox = Sandbox(state)
        self._socket = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        self.server_port = int(self._socket.getsockname()[1])
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.RLock()  # a signal may come while it is held
        self._stopping = False
        self._stopped: asyncio.Event | None = None

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Answer requests until told to stop. ``poll_interval`` is not needed; servers of the standard library take it."""
        asyncio.run(self._serve())

    def shutdown(self) -> None:
        """Ask for the end; also before the beginning, and from a signal handler."""
        with self._lock:
            self._stopping = True
            loop, stopped = self._loop, self._stopped
        if loop is not None and stopped is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stopped.set)

    def server_close(self) -> None:
        """Give the port back and end the threads that push."""
        self._socket.close()
        self.sandbox.pusher.close()

    async def _serve(self) -> None:
        stopped = asyncio.Event()
        with self._lock:
            self._loop, self._stopped = asyncio.get_running_loop(), stopped
            if self._stopping:
                return
        http = web.Server(self._handle, access_log=None, max_line_size=16_384)
        server = await self._loop.create_server(http, sock=self._socket)
        await stopped.wait()
        server.close()
        await http.shutdown(PATIENCE)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        query = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
        headers = {name.lower(): value for name, value in request.headers.items()}
        base_url = f"http://{request.host}"
        try:
            body = await request.read()
        except web.HTTPException:
            return web.Response(status=413)
        call = Call(request.method, request.path, query, body, headers, base_url)
        answer = await self.sandbox.answer(call)
        if answer.reset:
            _break(request)
        return _response(answer)


def _response(answer: Answer) -> web.Response:
    headers = {"Content-Type": answer.content_type, **answer.headers}
    return web.Response(body=answer.body, status=answer.status, headers=headers)


def _break(request: web.BaseRequest) -> None:
    """Cut the line: closing a socket that lingers for no time sends a reset instead of an orderly end."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def build_server(state: SandboxState, port: int) -> SandboxServer:
    """A server on loopback; port 0 takes any free one."""
    return SandboxServer(state, port)
