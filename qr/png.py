"""A poster as PNG, for a printer shop or a group chat: the same marks as the PDF, in pixels."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from qr.code import QUIET, picture
from qr.emblem import Shape
from qr.fonts import FILE
from qr.poster import HEIGHT, WIDTH, Area, Line, Mark, Poster, PosterText, compose

DPI = 200
BOLDER = 0.013
"""Half of the line drawn around bold type, in type sizes."""


def poster_png(text: PosterText, dpi: int = DPI) -> bytes:
    """One A4 page.

    :raises UnreadableCode: before anything is handed out.
    """
    out = io.BytesIO()
    draw_png(compose(text), dpi).save(out, "PNG", dpi=(dpi, dpi), compress_level=6)
    return out.getvalue()


def draw_png(poster: Poster, dpi: int = DPI) -> Image.Image:
    """The poster in RGB."""
    image = _backdrop(poster.backdrop, dpi).copy()
    scale = dpi / 25.4
    if poster.code_at:
        modules = poster.code.side + 2 * QUIET
        _paste(image, picture(poster.code, int(poster.code_at.width * scale / modules)), poster.code_at, scale)
    if poster.picture and poster.picture_at:
        mini = Image.open(io.BytesIO(poster.picture)).convert("RGB")
        side = int(poster.picture_at.width * scale)
        _paste(image, mini.resize((side, side), Image.Resampling.LANCZOS), poster.picture_at, scale)
    _draw(image, poster.marks, scale)
    return image


def _paste(image: Image.Image, code: Image.Image, at: Area, scale: float) -> None:
    spare = (at.width * scale - code.width) / 2
    image.paste(code, (round(at.x * scale + spare), round(at.y * scale + spare)))


@lru_cache(maxsize=2)
def _backdrop(marks: tuple[Mark, ...], dpi: int) -> Image.Image:
    scale = dpi / 25.4
    image = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), "white")
    _draw(image, marks, scale)
    return image


def _draw(image: Image.Image, marks: tuple[Mark, ...], scale: float) -> None:
    pencil = ImageDraw.Draw(image)
    for mark in marks:
        if isinstance(mark, Shape):
            _draw_shape(image, mark, scale)
        else:
            _draw_line(pencil, mark, scale)


def _draw_shape(image: Image.Image, shape: Shape, scale: float) -> None:
    """Pillow draws polygons with steps: it is drawn three times as large and brought down as a mask."""
    xs, ys = [x * scale for x, _ in shape.points], [y * scale for _, y in shape.points]
    left, top = int(min(xs)) - 1, int(min(ys)) - 1
    size = (int(max(xs)) - left + 3, int(max(ys)) - top + 3)
    mask = Image.new("L", (size[0] * 3, size[1] * 3))
    corners = [((x - left) * 3, (y - top) * 3) for x, y in zip(xs, ys, strict=True)]
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    image.paste(shape.colour, (left, top), mask.resize(size, Image.Resampling.BOX))


def _draw_line(pencil: ImageDraw.ImageDraw, line: Line, scale: float) -> None:
    size = line.size * scale
    pencil.text(
        (line.x * scale, line.y * scale),
        line.text,
        fill=line.colour,
        font=_type(round(size, 2)),
        anchor="ls",
        stroke_width=size * BOLDER if line.bold else 0,
    )


@lru_cache(maxsize=64)
def _type(pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FILE), pixels)
