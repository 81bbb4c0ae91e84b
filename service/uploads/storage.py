"""Where bytes lie: one small interface, a folder behind it or an S3-compatible store. It never sees a readable picture."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from service.errors import Unavailable
from service.ids import new_id

NAME = re.compile(r"[a-z]+/[0-9a-z]{2,40}")
"""``kind/id``; nothing else ever becomes part of a path."""
_UNDER_WAY = "writing"


class Missing(LookupError):
    """Nothing is stored under that name."""


class StorageAway(Unavailable):
    """The store does not answer, or its disk is full."""

    detail = "照片暂时存取不了，请稍后再试。"
    code = "storage_unavailable"


class Storage(Protocol):
    """Names are ``kind/id``. Every method may raise :class:`StorageAway`."""

    def put(self, name: str, data: bytes) -> None:
        """Durable, whole or not at all, once this returns; an earlier object of that name is replaced."""

    def get(self, name: str) -> bytes:
        """:raises Missing: when there is none."""

    def delete(self, name: str) -> None:
        """Gone afterwards; nothing happens when it was not there."""

    def names(self) -> Iterable[tuple[str, dt.datetime]]:
        """Everything stored, with the moment it was written."""


class Folder:
    """Files under ``root``, readable by the service's user only, two levels deep so that no folder grows too long."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes) -> None:
        target, temporary = self._path(name), self._path(f"{_UNDER_WAY}/{new_id()}")
        with _failing_softly():
            for folder in (target.parent, temporary.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            _settle(target.parent)

    def get(self, name: str) -> bytes:
        with _failing_softly():
            return self._path(name).read_bytes()

    def delete(self, name: str) -> None:
        with _failing_softly():
            self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterable[tuple[str, dt.datetime]]:
        for path in sorted(self.root.glob("*/*/*")):
            with contextlib.suppress(FileNotFoundError):  # deleted since
                written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
                yield f"{path.parts[-3]}/{path.name}", written

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("not a name of a stored object")
        kind, _, key = name.partition("/")
        return self.root / kind / key[:2] / key


@contextlib.contextmanager
def _failing_softly() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Missing from None
    except OSError as error:
        raise StorageAway from error


def _settle(folder: Path) -> None:
    """A new name is only durable with its folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_at(url: str) -> Storage | None:
    """The store an ``UPLOAD_URL`` names; None for an empty one.

    boto3 costs every process 21 MB and 0.2 s of CPU, so that only a deployment that uses S3 loads it.
    """
    if not url:
        return None
    if url.startswith("s3://"):
        bucket: Storage = importlib.import_module("service.uploads.s3").bucket_at(url)
        return bucket
    return Folder(Path(url))
