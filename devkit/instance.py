"""One local instance: where its data lies, its secrets, and the settings its processes are started with."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from devkit.redis_address import fits_socket, redis_url
from devkit.terminal import PROJECT_ROOT, CommandFailed

DEFAULT_DATA_DIR = PROJECT_ROOT / ".data"
DEFAULT_PORT = 8000
# Taken from the caller's environment when the command line says nothing.
OVERRIDABLE = ("DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL", "UPLOAD_URL")


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there; checked without SO_REUSEPORT, which would share a taken port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _aes_key() -> str:
    """An EncodingAESKey as WeChat issues it: 43 letters and digits that decode to 32 bytes."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if key.isalnum():
            return key


def generate_secrets() -> dict[str, str]:
    """Fresh secrets for one instance; no two instances share any, so none can serve as a known default."""
    field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{field_key}",
        "WECHAT_MINIPROGRAM_APPID": f"wx{secrets.token_hex(8)}",
        "WECHAT_MINIPROGRAM_SECRET": secrets.token_hex(16),
        "WECHAT_OFFICIAL_APPID": f"wx{secrets.token_hex(8)}",
        "WECHAT_OFFICIAL_SECRET": secrets.token_hex(16),
        "WECHAT_OFFICIAL_TOKEN": secrets.token_hex(16),
        "WECHAT_OFFICIAL_AES_KEY": _aes_key(),
    }


class Instance:
    """The data folder of one instance; making the object makes the folder and, once, the secrets in it."""

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir.expanduser().absolute()
        if any(mark in str(self.directory) for mark in "?#"):
            raise CommandFailed(f"数据目录的路径不能含有 ? 或 #:{self.directory}")
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._exclusively("instance.lock"):
            self._state = self._load() if self._file.exists() else self._create()
            self._ensure_socket_directory()

    @property
    def _file(self) -> Path:
        return self.directory / "instance.json"

    @property
    def logs(self) -> Path:
        """Where the children's output goes."""
        return self.directory / "logs"

    @property
    def redis_directory(self) -> Path:
        """Where the embedded Redis keeps its append-only file."""
        return self.directory / "redis"

    @property
    def redis_socket(self) -> Path:
        """The embedded Redis's socket; elsewhere than in the data folder when that lies too deep."""
        return Path(self._state["redis_socket"])

    @property
    def wechat_credentials(self) -> dict[str, str]:
        """The accounts the WeChat sandbox knows: app id → secret."""
        values = self._state["secrets"]
        return {
            values["WECHAT_MINIPROGRAM_APPID"]: values["WECHAT_MINIPROGRAM_SECRET"],
            values["WECHAT_OFFICIAL_APPID"]: values["WECHAT_OFFICIAL_SECRET"],
        }

    def choose_sandbox_port(self) -> int:
        """The remembered port of the WeChat sandbox, or a new one when somebody else took it meanwhile."""
        port = self._state["ports"].get("sandbox")
        if port is None or not port_is_free(port):
            port = free_port()
            self._state["ports"]["sandbox"] = port
            self._save()
        return int(port)

    def remember_run(self, **settings: str) -> None:
        """Keep what this run was started with, so that `./dev flask` reaches the same database afterwards."""
        self._state["last_run"] = settings
        self._save()

    def environment(self) -> dict[str, str]:
        """The settings of this instance's processes, on top of the caller's own environment.

        An address given by the caller's environment wins, then what the last run used, then the embedded one.
        """
        settings = self._embedded_settings() | self._state["last_run"]
        settings |= {name: os.environ[name] for name in OVERRIDABLE if os.environ.get(name)}
        return dict(os.environ) | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(PROJECT_ROOT)} | settings

    def embedded_settings_for(self, overrides: Mapping[str, str | None]) -> dict[str, str]:
        """The addresses of a run: what was given, else the embedded ones; never those of an earlier run."""
        embedded = self._embedded_settings()
        return {name: overrides.get(name) or os.environ.get(name) or embedded[name] for name in OVERRIDABLE}

    @property
    def embedded_redis_url(self) -> str:
        """The address of this instance's own Redis."""
        return redis_url(self.redis_socket)

    def _embedded_settings(self) -> dict[str, str]:
        sandbox_port = self._state["ports"].get("sandbox", 0)
        return {
            **self._state["secrets"],
            "APP_ENV": "development",
            "TZ": "Asia/Shanghai",
            "DATABASE_URL": f"sqlite:///{self.directory / 'msdb.sqlite3'}",
            "REDIS_URL": self.embedded_redis_url,
            "RATE_LIMIT_SCALE": "20",  # one address plays everybody in a demonstration; guesses stay unscaled
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{DEFAULT_PORT}",
            "UPLOAD_URL": str(self.directory / "uploads"),
            "WECHAT_API_BASE_URL": f"http://127.0.0.1:{sandbox_port}",
            "MAIN_DISTRICT": "512002",  # of the two demo districts
            "MSDB_DATA_DIR": str(self.directory),
        }

    @contextlib.contextmanager
    def run_lock(self) -> Iterator[None]:
        """Held while the instance runs; the kernel gives it back even when the supervisor is killed.

        Raises CommandFailed when another supervisor holds it.
        """
        with (self.directory / "run.lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandFailed(f"这个数据目录已有一个实例在运行:{self.directory}") from None
            yield

    @contextlib.contextmanager
    def _exclusively(self, name: str) -> Iterator[None]:
        with (self.directory / name).open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _load(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
            _ = state["secrets"], state["ports"], state["redis_socket"], state["last_run"]
        except (ValueError, KeyError, TypeError) as error:
            raise CommandFailed(f"{self._file} 已损坏,请从备份恢复;删除它会失去加密密钥。") from error
        return state

    def _create(self) -> dict[str, Any]:
        socket_path = str(self.directory / "redis.sock")
        self._state = {
            "secrets": generate_secrets(), "ports": {}, "redis_socket": socket_path, "last_run": {},
        }  # fmt: skip
        self._save()
        return self._state

    def _ensure_socket_directory(self) -> None:
        """Put the socket where its path is short enough; a temporary folder may vanish between two starts.

        The preferred place is looked at anew each time: a data folder that was moved must not keep the old one.
        """
        preferred = self.directory / "redis.sock"
        if fits_socket(preferred):
            chosen = preferred
        elif self.redis_socket != preferred and _is_private(self.redis_socket.parent):
            return
        else:
            chosen = Path(tempfile.mkdtemp(prefix="msdb-", dir="/tmp")) / "redis.sock"
        if chosen != self.redis_socket:
            self._state["redis_socket"] = str(chosen)
            self._save()

    def _save(self) -> None:
        """Write atomically and readable by the owner only: these are keys to personal data."""
        temporary = self._file.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            json.dump(self._state, handle, ensure_ascii=False, indent=2)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(self._file)


def _is_private(directory: Path) -> bool:
    """Whether the folder exists and nobody else could have put something into it."""
    if not directory.is_dir() or directory.is_symlink():
        return False
    status = directory.stat()
    return status.st_uid == os.getuid() and status.st_mode & 0o077 == 0
