"""Codes and printable posters. A leaf: it knows codes and paper, not stations."""

from qr.code import Code, code_png, code_svg, make_code
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
    "code_png",
    "code_svg",
    "compose",
    "draw_png",
    "make_code",
    "poster_png",
    "posters_pdf",
    "write_pdf",
]
