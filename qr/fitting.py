"""Breaking Chinese text into lines and finding the largest type at which it fits its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qr.fonts import width

LEADING = 1.28
"""Line spacing in type sizes."""

NEVER_FIRST = frozenset("，。、；：！？）》」』】”’…—·,.;:!?)%℃")
NEVER_LAST = frozenset("（《「『【“‘(")
_STEP = 0.94
_PIECES = re.compile(r"(?:人大)?代表(?:联络站|之家|联系点)|[!-'*-~]+|.", re.DOTALL)
"""Words, numbers and addresses in Latin letters stay together; Chinese breaks anywhere but in what a station is called."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines at one type size, in millimetres."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return (len(self.lines) - 1) * self.size * LEADING + self.size


def fit(text: str, room: float, height: float, largest: float, smallest: float = 1.6, most_lines: int = 9) -> Fitted:
    """The largest type from ``largest`` down at which ``text`` fits ``room`` × ``height`` (mm).

    At ``smallest`` what does not fit is cut off with an ellipsis: nothing ever runs into its neighbours.
    """
    size = largest
    while True:
        fitted = Fitted(size, wrap(text, room, size))
        if len(fitted.lines) <= most_lines and fitted.height <= height:
            return fitted
        if size <= smallest:
            return _cut(fitted, room, height, most_lines)
        size = max(size * _STEP, smallest)


def balanced(fitted: Fitted, text: str, room: float) -> Fitted:
    """The same number of lines, as even as they can be: no single character is left alone on the last one."""
    best = fitted.lines
    while len(best) > 1:
        room *= 0.96
        lines = wrap(text, room, fitted.size)
        if len(lines) > len(best):
            break
        best = lines
    return Fitted(fitted.size, best)


def wrap(text: str, room: float, size: float) -> tuple[str, ...]:
    """``text`` in lines no wider than ``room``; closing punctuation begins no line and opening punctuation ends none."""
    if width(text, size) <= room:
        return (text,)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, room, size):
        if not line or width(line + piece, size) <= room:
            line += piece
            continue
        kept, carried = _break(line, piece)
        lines.append(kept.rstrip())
        line = (carried + piece).lstrip()
    return (*lines, line)


def _pieces(text: str, room: float, size: float) -> list[str]:
    """Unbreakable pieces; a word wider than a line is broken between letters after all."""
    return [
        part
        for piece in _PIECES.findall(text)
        for part in (piece if len(piece) > 1 and width(piece, size) > room else (piece,))
    ]


def _break(line: str, piece: str) -> tuple[str, str]:
    """Where to end ``line`` before ``piece``: the last character goes along where punctuation asks for it."""
    place = len(line)
    first = piece[0]
    while place > 1 and (first in NEVER_FIRST or line[place - 1] in NEVER_LAST):
        place -= 1
        first = line[place]
    return (line[:place], line[place:]) if place > 1 else (line, "")


def _cut(fitted: Fitted, room: float, height: float, most_lines: int) -> Fitted:
    rows = max(1, min(most_lines, int((height - fitted.size) / (fitted.size * LEADING)) + 1))
    last = fitted.lines[rows - 1]
    while last and width(last + "…", fitted.size) > room:
        last = last[:-1]
    return Fitted(fitted.size, (*fitted.lines[: rows - 1], last + "…"))
