"""Identifiers and codes. All random: an id must tell neither who nor when (receipt-only issues, secret ballots)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = bytes(ord("abcdefghijklmnopqrstuvwxyz234567"[byte % 32]) for byte in range(256))
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": "", " ": ""})


def new_id() -> str:
    """A 26-character lower-case id of 130 random bits."""
    return secrets.token_bytes(26).translate(_LETTERS).decode()


def derived_id(secret: str, purpose: str, value: str) -> str:
    """An id of 128 bits that the same request makes again and nobody can guess: what it names is made once."""
    digest = bytes.fromhex(keyed_digest(secret, purpose, value))
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def new_token() -> str:
    """A bearer token of 256 random bits; only its digest is ever stored."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Digest for looking a token up; tokens carry enough entropy to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(secret: str, purpose: str, value: str) -> str:
    """Hex HMAC-SHA256 of ``value``; ``purpose`` keeps one kind of digest from being used as another."""
    return hmac.new(secret.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def crockford(data: bytes, length: int) -> str:
    """The first ``length`` base-32 digits (Crockford's alphabet: no I, L, O, U) of ``data``."""
    number = int.from_bytes(data, "big")
    bits = len(data) * 8
    if bits < length * 5:
        raise ValueError("not enough bits for the wanted length")
    return "".join(_CROCKFORD[(number >> (bits - 5 * (place + 1))) & 31] for place in range(length))


def clean_code(text: str) -> str:
    """What a person typed, as it was printed: upper case, without dashes, with look-alikes corrected."""
    return text.strip().upper().translate(_LOOKALIKES)


def receipt_code(secret: str, key: str, body_digest: str) -> str:
    """Receipt code (查询码) of a submission: 20 digits, 100 bits, derived so that a repeated request gets the same one.

    Contract: HMAC(server secret, key + body digest); only a digest of the code is stored.
    """
    mac = hmac.new(secret.encode(), f"receipt\0{key}\0{body_digest}".encode(), hashlib.sha256).digest()
    return crockford(mac, 20)


def rating_code(secret: str, code: str) -> str:
    """Six digits printed on a paper receipt, read out on the phone to rate (rulebook §11, rating by robot/SMS)."""
    return f"{int(keyed_digest(secret, 'rating', code)[:12], 16) % 1_000_000:06d}"


def grouped(code: str) -> str:
    """``ABCDEFGH`` → ``ABCD-EFGH``: easier to read out and type."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def new_scan_code() -> str:
    """Opaque printed code: 9 random digits (45 bits) and one check digit."""
    body = "".join(secrets.choice(_CROCKFORD) for _ in range(9))
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Weighted check digit: odd weights find every single wrong digit, and nearly every swap of neighbours."""
    total = sum((2 * place + 1) * _CROCKFORD.index(char) for place, char in enumerate(body))
    return _CROCKFORD[total % 32]


def scan_code_is_well_formed(code: str) -> bool:
    """Whether the check digit fits: a forged or mistyped code is refused without a database look-up."""
    return len(code) == 10 and all(char in _CROCKFORD for char in code) and check_digit(code[:-1]) == code[-1]
