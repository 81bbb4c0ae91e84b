"""Codes and printable posters. A leaf: it knows codes and paper, not stations."""

from qr.code import Code, make_code, png, svg
from qr.pdf import posters_pdf, write_pdf
from qr.png import draw_png, poster_png
from qr.poster import Poster, PosterText, compose
from qr.reading import UnreadableCode, check

__all__ = [
    "Code",
    "Poster",
    "PosterText",
    "UnreadableCode",
    "check",
    "compose",
    "draw_png",
    "make_code",
    "png",
    "poster_png",
    "posters_pdf",
    "svg",
    "write_pdf",
]
