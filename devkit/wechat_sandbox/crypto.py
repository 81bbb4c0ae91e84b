"""How WeChat signs and encrypts what it pushes, written from its description alone: it checks the product's own reading.

Documentation: 消息加解密说明 and 消息推送 (developers.weixin.qq.com, pages Technical_Plan and message-push): AES-256-CBC, key =
Base64(EncodingAESKey + "="), IV = its first 16 bytes, PKCS#7 to blocks of 32; plain text = 16 random bytes, 4 bytes of
length in network order, the message, the app id. Signature = SHA-1 of the sorted parts put together.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def signature(*parts: str) -> str:
    """Of token, timestamp, nonce and, for `msg_signature`, the encrypted message."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(message: str, aes_key: str, appid: str) -> str:
    """The content of `Encrypt`. `aes_key`: 43 characters."""
    content = message.encode()
    plain = secrets.token_bytes(16) + len(content).to_bytes(4, "big") + content + appid.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(encrypted: str, aes_key: str, appid: str) -> str:
    """The message inside an encrypted reply. Raises ValueError when it is none, or another account's."""
    decryptor = _cipher(aes_key).decryptor()
    padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    padding = padded[-1] if padded else 0
    if not 1 <= padding <= BLOCK or len(padded) < 20 + padding:
        raise ValueError("bad padding")
    plain = padded[:-padding]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if plain[end:] != appid.encode():
        raise ValueError("another app id")
    return plain[20:end].decode()
