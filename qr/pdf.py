"""Posters as one vector PDF: text stays text, the code is a path, the backdrop is stored once however many pages."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from qr.code import QUIET, Code, bars
from qr.emblem import MARGIN, Shape, emblem
from qr.fonts import NAME, font
from qr.poster import HEIGHT, WIDTH, Area, Line, Mark, Poster, PosterText, compose

MM = 72 / 25.4
BOLDER = 0.026
"""Width of the line drawn around bold type, in type sizes."""


def posters_pdf(texts: Iterable[PosterText]) -> bytes:
    """One page A4 per poster.

    :raises UnreadableCode: before anything is handed out.
    """
    out = io.BytesIO()
    write_pdf((compose(text) for text in texts), out)
    return out.getvalue()


def write_pdf(posters: Iterable[Poster], out: BinaryIO) -> int:
    """Write one page per poster to ``out``; returns how many. Posters are taken one by one: only finished pages are kept."""
    pdfmetrics.registerFont(font())
    canvas = Canvas(out, pagesize=(WIDTH * MM, HEIGHT * MM), pageCompression=1, invariant=1)
    canvas.setTitle("人大代表联络站海报")
    canvas.setAuthor("码上代表")
    forms: dict[int, tuple[str, tuple[Mark, ...]]] = {}
    count = 0
    for poster in posters:
        canvas.doForm(_form(canvas, forms, poster.backdrop))
        canvas.saveState()
        canvas.scale(MM, MM)
        if poster.code_at:
            _draw_code(canvas, poster.code, poster.code_at)
        if poster.picture and poster.picture_at:
            _draw_picture(canvas, poster.picture, poster.picture_at)
        _draw(canvas, poster.marks)
        canvas.restoreState()
        canvas.showPage()
        count += 1
    canvas.save()
    return count


def _form(canvas: Canvas, forms: dict[int, tuple[str, tuple[Mark, ...]]], marks: tuple[Mark, ...]) -> str:
    """The stored drawing of a backdrop, made when it is met first; the marks are kept so that no other takes their id."""
    if id(marks) not in forms:
        name = f"backdrop{len(forms)}"
        canvas.beginForm(name, 0, 0, WIDTH * MM, HEIGHT * MM)
        canvas.scale(MM, MM)
        _draw(canvas, marks)
        canvas.endForm()
        forms[id(marks)] = name, marks
    return forms[id(marks)][0]


def _draw(canvas: Canvas, marks: Iterable[Mark]) -> None:
    for mark in marks:
        if isinstance(mark, Shape):
            _draw_shape(canvas, mark)
        else:
            _draw_line(canvas, mark)


def _draw_shape(canvas: Canvas, shape: Shape) -> None:
    path = " l ".join(f"{x:.3f} {HEIGHT - y:.3f}" for x, y in shape.points)
    first, _, rest = path.partition(" l ")
    canvas.setFillColor(_colour(shape.colour))
    canvas.addLiteral(f"{first} m {rest} l h f")


def _draw_line(canvas: Canvas, line: Line) -> None:
    canvas.setFillColor(_colour(line.colour))
    canvas.setFont(NAME, line.size)
    if line.bold:
        canvas.setStrokeColor(_colour(line.colour))
        canvas.setLineWidth(line.size * BOLDER)
    canvas.drawString(line.x, HEIGHT - line.y, line.text, mode=2 if line.bold else None)
    if line.bold:
        canvas.addLiteral("0 Tr")


def _draw_picture(canvas: Canvas, picture: bytes, at: Area) -> None:
    canvas.drawImage(ImageReader(io.BytesIO(picture)), at.x, HEIGHT - at.y - at.height, at.width, at.height)


def _draw_code(canvas: Canvas, code: Code, at: Area) -> None:
    """One path in a grid of modules: neighbouring rows share their edge, so no hairlines show."""
    module = at.width / (code.side + 2 * QUIET)
    left, top = at.x + QUIET * module, at.y + QUIET * module
    canvas.setFillColor(_colour("#000000"))
    rows = " ".join(f"{x} {-y - 1} {length} 1 re" for x, y, length in bars(code))
    canvas.addLiteral(f"q {module:.6f} 0 0 {module:.6f} {left:.4f} {HEIGHT - top:.4f} cm {rows} f Q")
    inwards, side = (code.emblem_at + code.emblem * MARGIN) * module, code.emblem * (1 - 2 * MARGIN) * module
    _draw(canvas, emblem(left + inwards, top + inwards, side))


@cache
def _colour(hexadecimal: str) -> HexColor:
    return HexColor(hexadecimal)
