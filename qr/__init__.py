"""Codes and printable posters. A leaf: it knows codes and paper, not stations."""

from qr.code import Code, code_png, code_svg, make_code
from qr.mini import NotTheCode, Reading, inspect
from qr.pdf import posters_pdf, write_pdf
from qr.png import draw_png, poster_png
from qr.poster import Layout, Poster, PosterText, compose
from qr.reading import UnreadableCode, check

__all__ = [
    "Code",
    "Layout",
    "NotTheCode",
    "Poster",
    "PosterText",
    "Reading",
    "UnreadableCode",
    "check",
    "code_png",
    "code_svg",
    "compose",
    "draw_png",
    "inspect",
    "make_code",
    "poster_png",
    "posters_pdf",
    "write_pdf",
]
