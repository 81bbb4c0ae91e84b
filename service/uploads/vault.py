"""Encryption above the store: what lies in a folder or a bucket is unreadable without a field key, and cannot be moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from service.crypto import ring
from service.errors import Unavailable
from service.uploads.storage import Storage

NO_PLACE = "这里还不能上传照片，请先只写文字，或到联络站当面反映。"


class Kind(StrEnum):
    """What is kept of a picture: first the received bytes, then the two copies in their stead; and of the boxes over it
    the two copies that everybody gets, under a name of their own."""

    RECEIVED = "received"
    PHOTO = "photo"
    THUMBNAIL = "thumbnail"
    COVERED = "covered"
    COVEREDSMALL = "coveredsmall"


class Vault:
    """Encrypted objects by kind and upload id."""

    def __init__(self, storage: Storage | None) -> None:
        self._storage = storage

    def put(self, kind: Kind, upload_id: str, data: bytes) -> None:
        self._store().put(f"{kind}/{upload_id}", ring().encrypt_bytes(data, _purpose(kind, upload_id)))

    def get(self, kind: Kind, upload_id: str) -> bytes:
        """:raises Missing: when there is none."""
        return ring().decrypt_bytes(self._store().get(f"{kind}/{upload_id}"), _purpose(kind, upload_id))

    def delete(self, upload_id: str, *kinds: Kind) -> None:
        """Remove those of an upload; all of them when none is named."""
        for kind in kinds or Kind:
            self._store().delete(f"{kind}/{upload_id}")

    def renew(self, name: str) -> bool:
        """Encrypt an object with the newest key, as the store names it; whether there was anything to do.

        :raises Missing: when it was deleted meanwhile. :raises ValueError: when its key is gone, or it was altered.
        """
        stored, (kind, _, upload_id) = self._store().get(name), name.partition("/")
        if ring().is_newest(stored):
            return False
        purpose = _purpose(Kind(kind), upload_id)
        self._store().put(name, ring().encrypt_bytes(ring().decrypt_bytes(stored, purpose), purpose))
        return True

    def names(self) -> Iterable[tuple[str, dt.datetime]]:
        """Everything stored, as the store names it; nothing where no store is set up."""
        return self._storage.names() if self._storage else ()

    def delete_name(self, name: str) -> None:
        self._store().delete(name)

    def _store(self) -> Storage:
        """:raises Unavailable: where no store is set up."""
        if self._storage is None:
            raise Unavailable(NO_PLACE)
        return self._storage


def _purpose(kind: Kind, upload_id: str) -> str:
    return f"upload.{kind}.{upload_id}"
