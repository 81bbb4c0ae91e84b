"""Where benchmarks take place: one PostgreSQL, one Redis, one WeChat sandbox, and sites on copies of the demo district."""

from __future__ import annotations

import contextlib
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import psycopg

from devkit.bench import filling
from devkit.bench.clock import VARIABLE, shift_to_begin, shifted_clock
from devkit.bench.domain import domain
from devkit.bench.processes import running
from devkit.bench.site import Site
from devkit.bench.wsgi import ANSWERS
from devkit.children import ChildSpec, start
from devkit.demo.loading import load as load_demo
from devkit.instance import Instance, free_port
from devkit.postgres_server import DURABLE, FAST_AND_UNSAFE, PostgresServer
from devkit.services import Services
from devkit.terminal import CommandFailed, say, tail
from devkit.throwaway_redis import running_redis
from service.parameters.actions import LARGEST_NUMBER, set_parameter

NO_LIMITS = "1000000"
"""Requests are counted against their limits as in production; the limits themselves are out of reach."""
MANY_CONSENTS = "update subscription_credits set remaining = 10000000"
FACTORY = "devkit.bench.wsgi:create_app"
SEED = "seeded"


@dataclass(frozen=True)
class Options:
    """``seconds``: of each side of a round; ``most``: no benchmark fills a database with more issues than that.

    ``profiles``: whether a missed figure is explained.
    """

    rounds: int = 5
    seconds: float = 2.0
    most: int = 1_000_000
    durable: bool = True
    profiles: bool = True


class Ground(contextlib.ExitStack):
    """Starts the servers when a benchmark first asks for one of them; everything ends with the block."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        self._sites: dict[str, Site] = {}
        self._begun = False

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        self._folder = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="msdb-bench-")))
        self.answers = self._folder / "answers"
        self.answers.mkdir()
        self._instance = Instance(self._folder / "data")
        self.postgres = PostgresServer(settings=DURABLE if self.options.durable else FAST_AND_UNSAFE)
        self.callback(self.postgres.stop)
        self.postgres.start()
        self.redis_url = self.enter_context(running_redis(durable=True))
        self._generator = self.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
        port = self._instance.choose_sandbox_port()
        self.sandbox_url = f"http://127.0.0.1:{port}"
        self._shift = shift_to_begin()
        environment = self.environment(SEED, self.redis_url)
        services = Services(environment, self._instance.logs)
        self.enter_context(running(services.sandbox(self._instance.directory, port, lenient=True)))
        self._seed(services.migration(), environment)

    def environment(self, database: str, redis_url: str) -> dict[str, str]:
        """What a process of a benchmark is started with."""
        return (
            self._instance.environment()
            | self._instance.embedded_wechat
            | {
                VARIABLE: self._shift,
                ANSWERS: str(self.answers),
                "APP_ENV": "development",
                "DATABASE_URL": f"{self.postgres.url.rpartition('/')[0]}/{database}",
                "REDIS_URL": redis_url,
                "RATE_LIMIT_SCALE": NO_LIMITS,
            }
        )

    def _sql(self, database: str, statement: str) -> None:
        address = self.environment(database, "")["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _seed(self, migration: ChildSpec, environment: dict[str, str]) -> None:
        """The demo district, with consents for any number of notices, and each notice by itself; every site is a copy.

        More than ``push.digest_above`` tasks of one deputy become one message: a benchmark that loads one deputy would
        count messages that nobody sent.
        """
        self._sql("postgres", f"create database {SEED}")
        if start(migration).wait(60) != 0:
            raise CommandFailed(f"the migration failed:\n{tail(migration.log)}")
        with domain(environment) as session:
            now = shifted_clock(environment)()
            load_demo(session, now=now, issues=False)
            district_id = environment["MAIN_DISTRICT"]
            set_parameter(session, district_id, "push.digest_above", LARGEST_NUMBER, valid_from=now, now=now)
        self._sql(SEED, MANY_CONSENTS)
        self._sql(SEED, "vacuum analyze")

    def site(self, name: str) -> Site:
        """The web server on a database of its own: the demo, and no other issue."""
        self._begin()
        if name not in self._sites:
            self._sql("postgres", f"create database {name} template {SEED}")
            self._sites[name] = self._open(name)
        return self._sites[name]

    def site_of(self, issues: int) -> Site:
        """The web server on a database with so many issues, filled on first use and shared by the benchmarks."""
        self._begin()
        name = f"issues_{issues}"
        if name not in self._sites:
            self._sql("postgres", f"create database {name} template {SEED}")
            if issues:
                say(f"filling a database with {issues:,} issues …")
                filling.fill(self.environment(name, self.redis_url), issues)
                self._sql(name, "vacuum analyze")
            self._sites[name] = self._open(name)
        return self._sites[name]

    def empty_database(self, name: str) -> str:
        """The address of a new database without tables."""
        self._begin()
        self._sql("postgres", f"create database {name}")
        return self.environment(name, "")["DATABASE_URL"]

    def _open(self, name: str) -> Site:
        redis_url = self.redis_url.replace("db=0", f"db={len(self._sites) + 1}")
        environment, port = self.environment(name, redis_url), free_port()
        services = Services(environment, self._instance.logs / name)
        web = self.enter_context(running(services.web("127.0.0.1", port, FACTORY)))
        return Site(
            name=name,
            port=port,
            environment=environment,
            services=services,
            web_pid=web.pid,
            postgres_pid=self.postgres.pid,
            generator=self._generator,
            answers=self.answers,
            sandbox_url=self.sandbox_url,
            profiles=self.options.profiles,
        )
