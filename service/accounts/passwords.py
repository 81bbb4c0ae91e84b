"""What a password must be, and how it is kept: Argon2id. Pure but for the chance in a salt.

Long, and not one that everybody tries; no rules about kinds of characters and no expiry (as NIST SP 800-63B advises).
"""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
TOO_SHORT = f"密码至少 {SHORTEST} 位。可以用几个不相干的词连起来，好记又安全。"
TOO_COMMON = "这个密码太常见，别人一猜就中。请换一个，例如几个不相干的词连起来。"
TOO_SIMPLE = "密码里重复或者连续的太多，容易被猜中，请换一个。"
HAS_LOGIN = "密码里不要包含登录名。"
FEWEST_DIFFERENT = 5

_COMMON = """
    123456789012 1234567890ab 123456123456 112233445566 123123123123 147258369147 password1234 passwordpassword
    password12345 administrator admin1234567 admin123456789 adminadminadmin qwertyuiop12 qwertyuiop123 qwerty123456
    qwertyuiopasdf 1qaz2wsx3edc 1q2w3e4r5t6y zaq12wsxcde3 1qazxsw23edc iloveyou1234 woaini123456 woaini1314520
    woaini5201314 5201314520131 letmein12345 welcome12345 changeme1234 abcd12345678 abc123456789 abcdefghijkl
    a123456789012 aa1234567890 asdfghjkl123 zxcvbnm12345 p@ssw0rd1234 p@ssword1234 renda1234567 rendadaibiao
    mashangdaibiao daibiao12345 lianluozhan1 lianluozhan123 zhengfu12345 gongzuotai123
"""
COMMON = frozenset(_COMMON.split())
"""A small list of what is tried first, long ones only; shorter ones fail by their length."""

_SEQUENCES = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_LONGEST_RUN = 7
HASHER = PasswordHasher()
"""RFC 9106's second recommendation: 64 MiB, three passes, four lanes."""


def normal(password: str) -> str:
    """The same on every keyboard: NFKC, so that full-width letters of a Chinese input method do not lock anybody out."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *, login: str) -> str | None:
    """Why ``password`` cannot be taken, as a sentence; None when it can."""
    plain = normal(password)
    lower = plain.lower()
    if not SHORTEST <= len(plain) <= LONGEST:
        return TOO_SHORT if len(plain) < SHORTEST else f"密码最多 {LONGEST} 位。"
    if lower in COMMON:
        return TOO_COMMON
    if login.lower() in lower:
        return HAS_LOGIN
    if len(set(lower)) < FEWEST_DIFFERENT or _runs(lower):
        return TOO_SIMPLE
    return None


def _runs(text: str) -> bool:
    """More than half of it is one run along the keyboard, the alphabet or the digits."""
    least = max(_LONGEST_RUN, len(text) // 2 + 1)
    pieces = {text[start : start + least] for start in range(len(text) - least + 1)}
    return any(piece in line or piece in line[::-1] for piece in pieces for line in _SEQUENCES)


def hashed(password: str) -> str:
    return HASHER.hash(normal(password))


@cache
def _nobodys() -> str:
    """Compared with where there is no such login: the answer then takes as long as any other. Made when first needed: most
    processes never look at a password, and it takes a tenth of a second."""
    return hashed("nobody has this password, it only takes as long")


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long when there is none."""
    nobodys = _nobodys()  # whether there is one or not: the first look of a process takes longer, whoever is looked for
    try:
        return HASHER.verify(stored or nobodys, normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
