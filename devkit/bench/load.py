"""A load generator that costs little: one thread, raw sockets, requests built beforehand. Runs in a process of its own."""

from __future__ import annotations

import secrets
import select
import socket
import time
from collections import deque
from dataclasses import dataclass, field

CONNECTIONS = 16
TOKEN = b"@@unique-token@@"
"""Stands in a request for something new each time, of the same length."""
PATIENCE = 60.0


class LoadFailed(RuntimeError):
    """An answer that was not expected; a benchmark of errors is none."""


@dataclass(frozen=True)
class Request:
    """A whole HTTP/1.1 request and the status it must get."""

    raw: bytes
    expect: int


@dataclass(frozen=True)
class Plan:
    """``total`` requests over keep-alive connections, connection n repeating ``requests[n % len]``.

    ``pace``: so many begin per second whatever the server does; None: each connection sends again once it is answered.
    """

    port: int
    requests: tuple[Request, ...]
    total: int
    pace: float | None = None
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Outcome:
    """``latencies`` in seconds, from when a request was due until its last byte; ``bodies`` of the first few."""

    seconds: float
    latencies: list[float]
    bodies: list[bytes]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """E.g. 0.95: the latency that 95 % stay within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class _Connection:
    """One socket with at most one request under way."""

    socket: socket.socket
    request: Request
    began: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    wanted: int = 0

    def send(self, token: bytes, began: float) -> None:
        self.began, self.wanted = began, 0
        self.received.clear()
        self.socket.sendall(self.request.raw.replace(TOKEN, token))

    def receive(self) -> bytes | None:
        """The body once the answer is complete.

        :raises LoadFailed: for another status, an answer without a length, or a closed connection.
        """
        piece = self.socket.recv(262144)
        if not piece:
            raise LoadFailed("the server closed a connection")
        self.received += piece
        if not self.wanted:
            self.wanted = self._length()
        if not self.wanted or len(self.received) < self.wanted:
            return None
        body = bytes(self.received).partition(b"\r\n\r\n")[2]
        status = int(self.received[9:12])
        if status != self.request.expect:
            raise LoadFailed(
                f"answered {status} instead of {self.request.expect}: {body[:500].decode(errors='replace')}"
            )
        return body

    def _length(self) -> int:
        head, end, _ = bytes(self.received).partition(b"\r\n\r\n")
        if not end:
            return 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return len(head) + 4 + int(value)
        raise LoadFailed(f"an answer without a length: {head[:200]!r}")


def run(plan: Plan, keep_bodies: int = 1) -> Outcome:
    """Carry out ``plan``.

    :raises LoadFailed: at the first answer that was not expected, or when the server falls silent.
    """
    connections = {}
    poll = select.poll()
    for place in range(min(plan.connections, plan.total)):
        one = _Connection(socket.create_connection(("127.0.0.1", plan.port)), plan.requests[place % len(plan.requests)])
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections[one.socket.fileno()] = one
        poll.register(one.socket, select.POLLIN)
    try:
        return _drive(plan, connections, poll, keep_bodies)
    finally:
        for one in connections.values():
            one.socket.close()


def _drive(plan: Plan, connections: dict[int, _Connection], poll: select.poll, keep_bodies: int) -> Outcome:
    prefix = secrets.token_hex(4)
    idle, sent = deque(connections.values()), 0
    latencies: list[float] = []
    bodies: list[bytes] = []
    start = heard = time.perf_counter()
    while len(latencies) < plan.total:
        now = time.perf_counter()
        while idle and sent < plan.total and (plan.pace is None or start + sent / plan.pace <= now):
            due = now if plan.pace is None else start + sent / plan.pace
            idle.popleft().send(f"{prefix}{sent:08x}".encode(), due)
            sent += 1
        for descriptor, _ in poll.poll(_wait(plan, start, sent, bool(idle))):
            one = connections[descriptor]
            body = one.receive()
            heard = time.perf_counter()
            if body is None:
                continue
            latencies.append(heard - one.began)
            idle.append(one)
            if len(bodies) < keep_bodies:
                bodies.append(body)
        if time.perf_counter() - heard > PATIENCE:
            raise LoadFailed(f"no answer within {PATIENCE:g} seconds")
    return Outcome(time.perf_counter() - start, latencies, bodies)


def _wait(plan: Plan, start: float, sent: int, has_idle: bool) -> float:
    """Milliseconds to wait for answers: until the next request is due, if one can be sent then."""
    if plan.pace is None or not has_idle or sent >= plan.total:
        return 1000.0
    return max(0.0, (start + sent / plan.pace - time.perf_counter()) * 1000)
