"""What WeChat pushes is believed only with its signature; garbage is refused by one kind of error."""

import base64
import hashlib
import os
import random
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from service.wechat_client import PushCipher

TOKEN, APPID, OTHER = "a-token-of-the-console", "wx0123456789abcdef", "wxfedcba9876543210"
KEY = base64.b64encode(bytes(range(32))).decode()[:43]
TIME, NONCE = "1760000000", "n-1"


@pytest.fixture
def cipher() -> PushCipher:
    return PushCipher(TOKEN, KEY, [APPID, OTHER])


def signed(*parts: str) -> str:
    """By the documentation: SHA-1 over the sorted parts, the token among them."""
    return hashlib.sha1("".join(sorted([TOKEN, *parts])).encode()).hexdigest()


def encrypted(text: bytes, appid: str) -> str:
    """By the documentation, without the library: 16 random bytes, length, text, app id; AES-256-CBC, PKCS#7 to 32."""
    key = bytes(range(32))
    plain = os.urandom(16) + struct.pack(">I", len(text)) + text + appid.encode()
    pad = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


@pytest.mark.parametrize("appid", [APPID, OTHER])
def test_a_push_to_either_account_is_opened(cipher: PushCipher, appid: str) -> None:
    body = encrypted("<xml>你好</xml>".encode(), appid)
    assert cipher.open(body, signed(TIME, NONCE, body), TIME, NONCE) == "<xml>你好</xml>".encode()


def test_what_is_sealed_can_be_opened(cipher: PushCipher) -> None:
    sealed = cipher.seal("收到", TIME, NONCE)
    assert sealed["MsgSignature"] == signed(TIME, NONCE, sealed["Encrypt"])
    assert (
        cipher.open(sealed["Encrypt"], sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"]) == "收到".encode()
    )


def test_the_plain_signature_is_checked(cipher: PushCipher) -> None:
    assert cipher.plain(signed(TIME, NONCE), TIME, NONCE)
    assert not cipher.plain(signed(TIME, NONCE), TIME, "n-2")
    assert not cipher.plain("", TIME, NONCE)
    assert not cipher.plain("签名", TIME, NONCE)
    assert not cipher.plain("\ud800", TIME, "\ud800")


def test_a_push_for_a_stranger_or_changed_on_the_way_is_refused(cipher: PushCipher) -> None:
    stranger = encrypted(b"x", "wx-somebody-else")
    ours = encrypted(b"x", APPID)
    for body, signature in ((stranger, signed(TIME, NONCE, stranger)), (ours, signed(TIME, NONCE)), (ours, "")):
        with pytest.raises(ValueError, match="not a push of WeChat"):
            cipher.open(body, signature, TIME, NONCE)


def test_garbage_is_a_value_error_also_where_its_signature_is_right(cipher: PushCipher) -> None:
    dice = random.Random(7)
    bodies = ["", "=", "AAAA", "中文", "\ud800", base64.b64encode(bytes(32)).decode()]
    bodies += [base64.b64encode(dice.randbytes(dice.choice((15, 16, 32, 48, 64)))).decode() for _ in range(300)]
    for body in bodies:
        signature = "0" * 40 if "\ud800" in body else signed(TIME, NONCE, body)
        with pytest.raises(ValueError, match="not a push of WeChat"):
            cipher.open(body, signature, TIME, NONCE)


@pytest.mark.parametrize("key", ["", "short", KEY + "A", "*" * 43])
def test_a_key_that_is_none_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError):
        PushCipher(TOKEN, key, [APPID])
