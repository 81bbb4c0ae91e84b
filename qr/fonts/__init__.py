"""The one font of the posters, and what it can write. Licence and origin: OFL.txt and README.md beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFont

FILE = Path(__file__).parent / "PosterSansSC.ttf"
NAME = "PosterSansSC"
SUBSTITUTE = "〓"
"""Printers' mark for a type that is not in the case: a missing character is seen, never silently blank."""


@cache
def font() -> TTFont:
    """Read once per process (0.1 s); every PDF embeds only the characters it uses."""
    return TTFont(NAME, str(FILE))


def missing(text: str) -> str:
    """Characters of ``text`` the font lacks, each once, in order of appearance."""
    known = font().face.charToGlyph
    return "".join(dict.fromkeys(char for char in tidy(text) if ord(char) not in known))


def printable(text: str) -> str:
    """``text`` on one line, every character the font lacks replaced by :data:`SUBSTITUTE`."""
    known = font().face.charToGlyph
    return "".join(char if ord(char) in known else SUBSTITUTE for char in tidy(text))


def tidy(text: str) -> str:
    """Line breaks and runs of blanks become one blank."""
    return " ".join(text.split())


def width(text: str, size: float) -> float:
    """Width of ``text`` in the unit of ``size``."""
    widths, default = font().face.charWidths, font().face.defaultWidth
    total: float = sum(widths.get(ord(char), default) for char in text)
    return total * size / 1000
