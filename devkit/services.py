"""Which children make up a running instance, and in which stage each of them stops."""

import os
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from devkit.children import ChildSpec
from devkit.redis_server import answers, server_arguments
from devkit.terminal import PROJECT_ROOT

WORKER_PROCESSES = 2
BLOCKING_THREADS = 4

# Stages stop from the highest down. Redis goes last: a worker that loses it while stopping would log a traceback.
REDIS, SANDBOX, SCHEDULER, WORKERS, WEB = range(5)
# Seconds before force; together they stay below the ten seconds a stop may take.
GRACE = {WEB: 3.5, WORKERS: 2.0, SCHEDULER: 1.0, SANDBOX: 0.5, REDIS: 1.5}


def http_ready(url: str) -> Callable[[], bool]:
    """A check that says yes once `url` answers 200; a proxy of the environment must not get in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ready() -> bool:
        try:
            with opener.open(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, HTTPException):
            return False

    return ready


@dataclass(frozen=True)
class Services:
    """Builds the children's specifications for one instance."""

    environment: Mapping[str, str]
    logs: Path

    def _spec(self, name: str, stage: int, *arguments: str, ready: Callable[[], bool] = lambda: True) -> ChildSpec:
        return ChildSpec(
            name=name,
            argv=arguments,
            environment=self.environment,
            working_directory=PROJECT_ROOT,
            log=self.logs / f"{name}.log",
            stage=stage,
            grace=GRACE[stage],
            ready=ready,
        )

    def redis(self, directory: Path, socket: Path, url: str) -> ChildSpec:
        """The embedded Redis, keeping its data in `directory`."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._spec("redis", REDIS, *server_arguments(directory, socket), ready=lambda: answers(url))

    def sandbox(self, data_dir: Path, port: int, *, web: str = "", lenient: bool = False) -> ChildSpec:
        """The WeChat sandbox on a loopback port. ``web``: where it pushes events to and opens pages; ``lenient``: for
        benchmarks, which send without consents and more than an account may."""
        arguments = ["wechat-sandbox", "--port", str(port), "--data", str(data_dir)]
        if web:
            arguments += ["--callback", f"{web}/wechat/callback", "--client", f"{web}/m/#/"]
        if lenient:
            arguments += ["--no-consent-check", "--no-visit-check", "--no-quotas"]
        ready = http_ready(f"http://127.0.0.1:{port}/sandbox/healthz")
        return self._python("wechat-sandbox", SANDBOX, "-m", "devkit", *arguments, ready=ready)

    def scheduler(self, module: str = "workers") -> ChildSpec:
        """The clock. Exactly one: two would fire everything twice."""
        return self._python("scheduler", SCHEDULER, "-m", module, "scheduler")

    def workers(self, module: str = "workers") -> list[ChildSpec]:
        """The job workers; ``module`` is what a benchmark runs instead."""
        names = [f"worker-{number}" for number in range(1, WORKER_PROCESSES + 1)]
        return [self._python(name, WORKERS, "-m", module, "worker") for name in names]

    def web(self, host: str, port: int, factory: str = "app:create_app") -> ChildSpec:
        """The production WSGI server. No access log: it would join anonymous issues to addresses."""
        arguments = [
            "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws",
            "--host", host, "--port", str(port),
            "--workers", str(max(2, os.cpu_count() or 2)),
            "--blocking-threads", str(BLOCKING_THREADS),
            "--workers-kill-timeout", "3",
            "--respawn-failed-workers",
            factory,
        ]  # fmt: skip
        return self._python("web", WEB, *arguments, ready=http_ready(f"http://127.0.0.1:{port}/readyz"))

    def migration(self) -> ChildSpec:
        """Brings the tables up to date before anything uses them."""
        return self._python("migrate", WEB, "-m", "flask", "--app", "app", "db", "upgrade")

    def demo(self) -> ChildSpec:
        """Brings the tables up to date; loads the demo district on the first start and leaves it alone afterwards."""
        return self._python("demo", WEB, "-m", "devkit.demo")

    def _python(self, name: str, stage: int, *arguments: str, ready: Callable[[], bool] = lambda: True) -> ChildSpec:
        return self._spec(name, stage, sys.executable, *arguments, ready=ready)
