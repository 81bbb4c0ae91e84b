"""One database with the production web server on it, its workers when wanted, and people who are signed in."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import requests
from redis import Redis
from rq import Worker

from devkit.bench import cpu
from devkit.bench.load import TOKEN, Outcome, Plan, Request, run
from devkit.bench.processes import running, until
from devkit.bench.wsgi import BARE
from devkit.demo.loading import notes
from devkit.services import WORKER_PROCESSES, Services
from devkit.tour.printer import Story
from devkit.tour.town import Town

WORKERS = "devkit.bench.worker"
API = "/api/v1"


@dataclass(frozen=True)
class Sample:
    """One side of one round. ``cpu`` is the server's, web and database, in milliseconds per request."""

    rate: float
    cpu: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Site:
    """``answers``: where the bare routes find the bytes they give back."""

    name: str
    port: int
    environment: Mapping[str, str]
    services: Services
    web_pid: int
    postgres_pid: int
    generator: ProcessPoolExecutor
    answers: Path
    sandbox_url: str
    profiles: bool = True

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def town(self) -> Town:
        """The demo's people, as the guided tour knows them."""
        web = requests.Session()
        web.trust_env = False
        return Town(web, self.base_url, notes(self.base_url), self.sandbox_url, Story())

    def sql(self, statement: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Ask the database directly, each statement a transaction of its own."""
        address = self.environment["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def load(self, plan: Plan, keep_bodies: int = 1) -> Outcome:
        """Carry out ``plan`` in the generator's own process."""
        return self.generator.submit(run, plan, keep_bodies).result()

    def measure(self, asked: Sequence[Request], total: int) -> Sample:
        """``total`` requests as fast as they are answered."""
        roots = (self.web_pid, self.postgres_pid)
        before = cpu.seconds(roots)
        outcome = self.load(Plan(self.port, tuple(asked), total))
        used = (cpu.seconds(roots) - before) * 1000 / total
        return Sample(outcome.rate, used, *(outcome.percentile(share) * 1000 for share in (0.5, 0.95, 0.99)))

    def request(
        self,
        method: str,
        path: str,
        expect: int = 200,
        *,
        token: str | None = None,
        body: object = None,
        key: bool = False,
    ) -> Request:
        """A request ready to send; ``path`` is whole. ``key``: with an Idempotency-Key of its own each time."""
        payload = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        head += [f"Authorization: Bearer {token}"] if token else []
        head += [f"Idempotency-Key: {TOKEN.decode()}"] if key else []
        head += ["Content-Type: application/json", f"Content-Length: {len(payload)}"] if payload else []
        return Request("\r\n".join([*head, "", ""]).encode() + payload, expect)

    def bare_copy(self, asked: Request, name: str) -> Request:
        """The bare route that gives the very bytes the product answers ``asked`` with."""
        body = self.load(Plan(self.port, (asked,), 1)).bodies[0]
        (self.answers / f"{self.name}-{name}").write_bytes(body)
        return self.request("GET", f"{BARE}/answers/{self.name}-{name}")

    @contextlib.contextmanager
    def workers(self, *, scheduler: bool = True) -> Iterator[list[int]]:
        """The two job workers and the scheduler of a real instance; their process ids."""
        connection = Redis.from_url(self.environment["REDIS_URL"])
        specs = [*self.services.workers(WORKERS), *([self.services.scheduler(WORKERS)] if scheduler else [])]
        with contextlib.ExitStack() as stack:
            found = [stack.enter_context(running(spec)) for spec in specs]
            until(lambda: Worker.count(connection=connection) >= WORKER_PROCESSES, "the workers to start")
            yield [process.pid for process in found]
        connection.close()
