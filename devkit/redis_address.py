"""Where the embedded Redis listens. Apart from the server, so that whoever only needs the address loads no client."""

from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's own limit is 104 (macOS) or 108 (Linux)


def fits_socket(path: Path) -> bool:
    """Whether a unix socket can have this path."""
    return len(str(path).encode()) < SOCKET_PATH_LIMIT


def redis_url(socket: Path, database: int = 0) -> str:
    """The address clients use; quoted, because a folder name may hold spaces or Chinese characters."""
    return f"unix://{quote(str(socket))}?db={database}"
