"""From a message to counted character n-grams: no dictionary of words is needed for Chinese. Pure, and fast.

Training and prediction count with the same function, so they can never see a text differently.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import chain
from operator import add

LONGEST = 600
"""Characters of a message that are read; what it is about is said before that."""
HEADING = 60
"""A first line no longer than this, with more text below it, is a heading (主题) and counts twice."""
KEY = 80
FOLDS = 5
EXAM = 0
"""The fold that is nobody's training data when two models are compared."""

_NOT_WORDS = re.compile(r"[^a-z\u4e00-\u9fff]+")


def plain(text: str) -> str:
    """Lower case; everything but letters and Chinese characters is one space. Digits tell of persons, not of categories."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()


def parts(text: str) -> list[str]:
    """The plain text as it is counted: a heading twice, then the rest up to :data:`LONGEST`."""
    heading, body = _split(text)
    title = plain(heading)
    told = plain(body[: 2 * LONGEST])[:LONGEST]
    return [title, title, told] if title else [told]


def _split(text: str) -> tuple[str, str]:
    """The heading, if there is one, and the message."""
    heading, line_break, body = text.strip().partition("\n")
    return (heading, body) if line_break and body.strip() and len(heading) <= HEADING else ("", text)


def count(text: str) -> Counter[str]:
    """How often each run of one to three characters stands in ``text``; runs over a space are counted and known to nobody."""
    counted: Counter[str] = Counter()
    for part in parts(text):
        pairs = list(map(add, part, part[1:]))
        counted.update(chain(part, pairs, map(add, pairs, part[2:])))
    return counted


def grams(text: str) -> Counter[str]:
    """:func:`count` without the runs over a space: what a vocabulary may be made of."""
    return Counter({gram: number for gram, number in count(text).items() if " " not in gram})


def fold_of(text: str) -> int:
    """Which fifth of all texts this one belongs to, today and next year.

    By the end of the plain text: the same message sent again, under another heading or with other numbers in it, falls
    into the same fold, and so never stands on both sides of a measurement.
    """
    key = plain(_split(text)[1]).replace(" ", "")[-KEY:]
    return hashlib.blake2b(key.encode(), digest_size=8).digest()[0] % FOLDS
