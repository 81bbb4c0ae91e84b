"""A real instance that a test may hurt: web, workers, scheduler and sandbox under devkit's supervisor, Redis beside it.

``python -m tests.bad_days.processes DIR PORT`` is the supervisor's own process: it lives and dies as ``./dev run``
does, without the demo district. Redis belongs to the test, because a supervisor would start it again at once.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from devkit.children import die_with_parent, stop
from devkit.instance import Instance, free_port
from devkit.services import Services, http_ready
from devkit.supervisor import StopRequested, Supervisor
from devkit.terminal import PROJECT_ROOT
from devkit.throwaway_redis import running_redis
from devkit.wechat_sandbox.identities import openid_for
from service.accounts.models import Identity
from service.accounts.roles import Role
from service.bootstrap import utc_now, wire
from service.crypto import ring
from service.db import Base, db
from service.deputies.models import CongressTerm
from service.notifications import consents
from service.notifications.delivery import PROGRESS_TEMPLATE, TASK_TEMPLATE
from service.parameters.models import Parameter
from service.stations.models import DutySlot
from tests.bad_days.process_table import below, command_lines, parents
from tests.conftest import make_settings
from tests.world import Place, build_world

API = "/api/v1"
SAID = "村口小学门前的路灯坏了一个多月，晚上孩子放学很黑"
# The keys of the in-process tests: the key ring is one per process, and this process reads the instance's rows too.
KEYS = {"SECRET_KEY": "s" * 40, "FIELD_KEYS": "k1:" + base64.urlsafe_b64encode(bytes(32)).decode()}
BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_pause = threading.Event()


def eventually(condition: Callable[[], object], within: float, what: str = "it") -> float:
    """Wait for a condition, never for the clock; returns the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"{what} did not happen within {within} s"
        _pause.wait(0.05)
    return time.monotonic() - began


class OwnRedis:
    """The embedded Redis, to be stopped, frozen and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = contextlib.ExitStack()
        self.url = ""

    def start(self) -> None:
        self.url = self._running.enter_context(running_redis(self._folder, durable=True))

    def stop(self) -> None:
        self._running.close()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Its socket takes connections, but nobody answers: worse than gone."""
        pid = next(pid for pid, line in command_lines().items() if str(self._folder / "redis.sock") in line)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


@dataclass
class RealInstance:
    """One running service. ``kinds`` of processes to kill: ``web``, ``worker``, ``scheduler``."""

    folder: Path
    database_url: str
    redis: OwnRedis
    port: int = field(default_factory=free_port)
    supervisor: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "PUBLIC_BASE_URL": self.base_url,
            "PYTHONPATH": str(PROJECT_ROOT),
        }
        with (self.folder / "supervisor.log").open("ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "tests.bad_days.processes", str(self.folder), str(self.port)],
                cwd=PROJECT_ROOT,
                env=os.environ | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(),
            )
        ready = http_ready(f"{self.base_url}/readyz")
        eventually(lambda: self._alive() and ready(), 60, "the instance's start")

    def _alive(self) -> bool:
        assert self.supervisor is not None
        assert self.supervisor.poll() is None, self.logs()
        return True

    def stop(self) -> None:
        if self.supervisor is not None:
            stop([self.supervisor], grace=10)

    def logs(self) -> str:
        """Everything the processes have written."""
        files = sorted(self.folder.glob("**/*.log"))
        return "\n".join(f"== {file.name}\n{file.read_text('utf-8', errors='replace')}" for file in files)

    def pids(self, kind: str) -> list[int]:
        """Living processes of one kind below this supervisor."""
        assert self.supervisor is not None
        lines, started_by = command_lines(), parents()
        marks = {"web": "-m granian", "worker": "-m workers worker", "scheduler": "-m workers scheduler"}
        found = [pid for pid in below(self.supervisor.pid, started_by) if marks[kind] in lines.get(pid, "")]
        if kind == "web":  # granian's first process only looks after the ones that answer
            return [pid for pid in found if started_by[pid] in found]
        return found

    def kill(self, kind: str, choose: Callable[[list[int]], int]) -> bool:
        """SIGKILL for one process; False while the supervisor is still starting a new one."""
        living = self.pids(kind)
        if not living:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(choose(living), signal.SIGKILL)
        return True


@contextlib.contextmanager
def running_instance(folder: Path, database_url: str) -> Iterator[RealInstance]:
    """A service with a Redis of its own below ``folder``, up and answering; both are gone afterwards."""
    (folder / "redis").mkdir(parents=True)
    redis = OwnRedis(folder / "redis")
    redis.start()
    running = RealInstance(folder / "data", database_url, redis)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        redis.stop()


class Phone:
    """A client that does what the mini-program does: the same key again until there is an answer."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url + API
        self._http = requests.Session()
        self._http.trust_env = False
        self.headers: dict[str, str] = {}
        self.retries = 0

    def signs_in(self) -> Phone:
        answer = self.post("/sessions", {"provider": "guest"})
        assert answer.status_code == 201, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self

    def post(self, path: str, body: Any, *, key: str | None = None, within: float = 60.0) -> requests.Response:
        """The first answer that is not 5xx; connection errors and 5xx are tried again with the same key."""
        headers = self.headers | {"Idempotency-Key": key or uuid.uuid4().hex}
        deadline = time.monotonic() + within
        while True:
            with contextlib.suppress(requests.RequestException):
                answer = self._http.post(self._base + path, json=body, headers=headers, timeout=20)
                if answer.status_code < 500:
                    return answer
            assert time.monotonic() < deadline, f"no answer to {path} within {within} s"
            self.retries += 1
            _pause.wait(0.05)

    def once(self, path: str, body: Any, *, key: str | None = None) -> requests.Response:
        """Without a second try."""
        headers = self.headers | {"Idempotency-Key": key or uuid.uuid4().hex}
        return self._http.post(self._base + path, json=body, headers=headers, timeout=20)

    def get(self, path: str) -> Any:
        answer = self._http.get(self._base + path, headers=self.headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()


def said(place: Place, **changes: Any) -> dict[str, Any]:
    """The body of an ordinary submission."""
    return {
        "station_code": place.scan_code,
        "content": SAID,
        "grid_id": place.grid,
        "anonymity": "receipt_only",
        "consents": {"privacy": True},
    } | changes


def core_on(database_url: str) -> Flask:
    """The domain over the instance's database, for looking at its rows."""
    app = Flask("looking-at-an-instance")
    wire(app, make_settings(database_url), wake=lambda _job: None)
    return app


def furnish(database_url: str) -> Place:
    """All tables and the tests' world, with terms and duty that hold today, and deputies the sandbox can reach."""
    app = core_on(database_url)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        session = db.session()
        place = build_world(session).a
        session.execute(sa.update(CongressTerm).values(ends_on=dt.date(2199, 12, 31)))
        session.execute(sa.delete(DutySlot))
        for key in (
            "push.quiet_from",
            "push.quiet_to",
        ):  # whoever runs the tests at night sees the messages arrive, too
            session.add(Parameter(district_id=place.district_id, key=key, value=0, valid_from=BEGINNING))
        _reachable(session, place)
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return place


def _reachable(session: Any, place: Place) -> None:
    """Whoever works here has an openid of the sandbox's form; deputies have agreed to many messages."""
    staff = set(place.accounts.values()) - set(place.deputy_accounts.values()) - {place.accounts[Role.RESIDENT]}
    for account in (*place.deputy_accounts.values(), *sorted(staff)):
        openid = openid_for(f"demo-{account}")
        identity = session.scalars(sa.select(Identity).where(Identity.account_id == account)).one()
        identity.subject = openid
        identity.subject_index = ring().blind_index(openid, f"identity.{identity.provider}")
    for account in place.deputy_accounts.values():
        for _ in range(3):
            agreed = {TASK_TEMPLATE: True, PROGRESS_TEMPLATE: True}
            consents.reported(session, account_id=account, answers=agreed, now=utc_now())


def main(arguments: list[str]) -> int:
    """The supervisor: what ``./dev run`` starts, without migration, demo district and embedded Redis."""
    instance, port = Instance(Path(arguments[0])), int(arguments[1])
    sandbox_port = instance.choose_sandbox_port()
    environment = instance.environment() | KEYS | {"RATE_LIMIT_SCALE": "0"}
    Settings.from_env(environment)
    services = Services(environment, instance.logs)
    supervisor = Supervisor()
    with supervisor.signals():
        try:
            started = [supervisor.begin(services.sandbox(instance.directory, sandbox_port, lenient=True))]
            started += [supervisor.begin(spec) for spec in (services.scheduler(), *services.workers())]
            started.append(supervisor.begin(services.web("127.0.0.1", port)))
            for child in started:
                supervisor.wait_for(child, timeout=60)
            supervisor.watch()
        except StopRequested:
            pass
        finally:
            supervisor.stop_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
