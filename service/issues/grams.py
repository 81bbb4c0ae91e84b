"""Text as the search index keeps it: single characters and neighbouring pairs, as numbers. Pure.

Chinese is written without spaces, so words cannot be cut out reliably; whatever contains 路灯坏 contains 路灯 and 灯坏.
The same holds for numbers and Latin letters, so they are treated alike.
"""

from __future__ import annotations

import string
import zlib
from collections.abc import Iterable
from itertools import pairwise

MOST_WORDS = 8
_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(text: str) -> str:
    """Latin capitals as small letters, and nothing else: a database can do exactly the same."""
    return text.translate(_FOLD)


def words_of(text: str) -> list[str]:
    """What a person typed, as the pieces that must all occur; at most :data:`MOST_WORDS`."""
    return list(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


def grams(*texts: str) -> list[int]:
    """Everything a text may be found by, each once; pairs never reach across a space."""
    found: set[int] = set()
    for text in texts:
        for piece in fold(text).split():
            found.update(map(_single, piece))
            found.update(_pairs(piece))
    return sorted(found)


def grams_of_words(words: Iterable[str]) -> list[int]:
    """What a text that contains all ``words`` must have: their pairs, and of a single character itself."""
    found: set[int] = set()
    for word in words:
        found.update(_pairs(word) if len(word) > 1 else map(_single, word))
    return sorted(found)


def place_gram(place: str) -> int:
    """A station or township as a number among the others: what looks the same by chance is sorted out with the hits."""
    return _signed(zlib.crc32(place.encode()))


def _pairs(piece: str) -> Iterable[int]:
    return (_signed((ord(first) & 0xFFFF) << 16 | (ord(second) & 0xFFFF)) for first, second in pairwise(piece))


def _single(character: str) -> int:
    return _signed((ord(character) & 0xFFFF) << 16)


def _signed(number: int) -> int:
    """As a database's four-byte integer. Rare characters beyond the first 65,536 may share a number: hits are checked."""
    return number - (1 << 32) if number >= 1 << 31 else number
