"""Personal data at rest: AES-256-GCM columns under a key ring, and a blind index to look phones up by equality."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.types import TypeDecorator

from service.ids import keyed_digest

NONCE_BYTES = 12
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class KeyRing:
    """Keys by name, newest first: the first encrypts, every one decrypts, so a key can be rotated without a stop."""

    def __init__(self, keys: Sequence[tuple[str, bytes]], index_secret: str) -> None:
        if not keys:
            raise ValueError("a key ring needs at least one key")
        self._ciphers = {kid: AESGCM(key) for kid, key in keys}
        self._newest = keys[0][0]
        self._index_secret = index_secret

    @property
    def newest(self) -> str:
        """The name of the key that encrypts."""
        return self._newest

    @property
    def marks(self) -> tuple[str, bytes]:
        """What every text, and every file, that is encrypted with the newest key begins with."""
        name = self._newest.encode()
        return f"{self._newest}.", bytes([len(name)]) + name

    def encrypt(self, text: str, purpose: str) -> str:
        """``kid.base64(nonce + ciphertext)``; ``purpose`` is authenticated, so a value cannot be moved to another column."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), purpose.encode())
        return f"{self._newest}.{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, purpose: str) -> str:
        """:raises ValueError: when the key is unknown or the value was altered."""
        kid, _, encoded = stored.partition(".")
        cipher = self._ciphers.get(kid)
        if cipher is None:
            raise ValueError(f"no field key named {kid!r}")
        raw = base64.b64decode(encoded)
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
        except InvalidTag as error:
            raise ValueError("an encrypted field was altered, or moved from another column") from error

    def encrypt_bytes(self, data: bytes, purpose: str) -> bytes:
        """As :meth:`encrypt`, for files: length of the key's name, name, nonce, ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, data, purpose.encode())
        return self.marks[1] + nonce + sealed

    def decrypt_bytes(self, stored: bytes, purpose: str) -> bytes:
        """:raises ValueError: when the key is unknown or the file was altered, or belongs under another name."""
        start = 1 + (stored[0] if stored else 0)
        cipher = self._ciphers.get(stored[1:start].decode(errors="replace"))
        if cipher is None:
            raise ValueError("no field key of the name in this file")
        nonce, sealed = stored[start : start + NONCE_BYTES], stored[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, purpose.encode())
        except InvalidTag as error:
            raise ValueError("an encrypted file was altered, or moved to another name") from error

    def is_newest(self, stored: bytes) -> bool:
        """Whether a file was encrypted with the key that encrypts now."""
        return stored.startswith(self.marks[1])

    def blind_index(self, value: str, purpose: str) -> str:
        """Keyed digest for look-up by equality; says nothing without the server's secret."""
        return keyed_digest(self._index_secret, f"index:{purpose}", value)


class _Installed:
    """The ring of this process: set once by bootstrap, because a column type cannot be handed one per call."""

    ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    _Installed.ring = ring


def ring() -> KeyRing:
    """:raises RuntimeError: before bootstrap has installed the keys."""
    if _Installed.ring is None:
        raise RuntimeError("no key ring installed")
    return _Installed.ring


class EncryptedText(TypeDecorator[str]):
    """Text that is readable only with a field key. ``purpose`` names the column, e.g. ``issue.phone``."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else ring().encrypt(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else ring().decrypt(value, self.purpose)


class EncryptedJson(TypeDecorator[Any]):
    """A JSON value under the same protection as :class:`EncryptedText`."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        text = _JSON.encode(value)
        return None if value is None else ring().encrypt(text, self.purpose)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(ring().decrypt(value, self.purpose))


class EncryptedBytes(TypeDecorator[bytes]):
    """A file kept in a column, under the same protection as :class:`EncryptedText`."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else ring().encrypt_bytes(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else ring().decrypt_bytes(value, self.purpose)
