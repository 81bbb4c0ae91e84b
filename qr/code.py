"""A QR code as modules, and drawn as PNG and SVG: level H, whose spare capacity pays for the emblem in the middle."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_H
from qrcode.main import QRCode

from qr.emblem import MARGIN, emblem

QUIET = 4
"""Modules of white around the symbol that the standard asks for."""

LARGEST_EMBLEM = 0.22
"""Of the symbol's side. Measured: readers still read level H at 0.35; at most this much is given away."""

_SUPERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class Code:
    """A square of modules, 1 dark, without the quiet zone; ``emblem`` modules in the middle are cleared for it."""

    text: str
    modules: tuple[bytes, ...]
    emblem: int

    @property
    def side(self) -> int:
        """Modules per side, quiet zone not counted."""
        return len(self.modules)

    @property
    def emblem_at(self) -> int:
        """Column and row where the cleared square begins."""
        return (self.side - self.emblem) // 2


def make_code(text: str) -> Code:
    """The code of ``text`` at level H with room for the emblem.

    The mask is chosen by the standard's penalties: paper outlives the milliseconds a fixed one would save.

    :raises ValueError: when the text is longer than the largest QR code.
    """
    symbol = QRCode(error_correction=ERROR_CORRECT_H, border=0)
    symbol.add_data(text)
    symbol.make(fit=True)
    side = len(symbol.modules)
    emblem_side = _odd(int(side * LARGEST_EMBLEM))
    first = (side - emblem_side) // 2
    cleared = bytes(emblem_side)
    rows = [bytes(map(bool, row)) for row in symbol.modules]
    for place in range(first, first + emblem_side):
        rows[place] = rows[place][:first] + cleared + rows[place][first + emblem_side :]
    return Code(text, tuple(rows), emblem_side)


def _odd(number: int) -> int:
    """Symbols have odd sides, so only an odd square lies in the middle."""
    return number if number % 2 else number - 1


def bars(code: Code) -> Iterator[tuple[int, int, int]]:
    """Dark runs as (column, row, length), in modules from the symbol's top left corner."""
    for y, row in enumerate(code.modules):
        start = row.find(1)
        while start >= 0:
            end = row.find(0, start)
            end = code.side if end < 0 else end
            yield start, y, end - start
            start = row.find(1, end)


def raster(code: Code, box: int) -> Image.Image:
    """Grey-scale picture of modules and quiet zone, without the emblem, ``box`` pixels per module."""
    side = code.side
    pixels = b"".join(code.modules).translate(_INK)
    small = Image.new("L", (side + 2 * QUIET,) * 2, 255)
    small.paste(Image.frombytes("L", (side, side), pixels), (QUIET, QUIET))
    return small.resize((small.width * box,) * 2, Image.Resampling.NEAREST)


_INK = bytes([255, 0]) + bytes(254)
"""Module → grey value."""


def picture(code: Code, box: int = 10) -> Image.Image:
    """The whole code in colour, ``box`` pixels per module."""
    image = raster(code, box).convert("RGB")
    side = code.emblem * box
    large = Image.new("RGB", (side * _SUPERSAMPLING,) * 2, "white")
    pencil = ImageDraw.Draw(large)
    for shape in emblem(large.width * MARGIN, large.width * MARGIN, large.width * (1 - 2 * MARGIN)):
        pencil.polygon(shape.points, fill=shape.colour)
    at = (QUIET + code.emblem_at) * box
    image.paste(large.resize((side, side), Image.Resampling.LANCZOS), (at, at))
    return image


def code_png(code: Code, box: int = 10) -> bytes:
    """PNG with quiet zone, ``box`` pixels per module."""
    out = io.BytesIO()
    picture(code, box).save(out, "PNG")
    return out.getvalue()


def code_svg(code: Code, millimetres: float = 60.0) -> str:
    """SVG with quiet zone; one path for the dark modules, so that no hairlines show between them."""
    whole = code.side + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for x, y, length in bars(code))
    at, side = QUIET + code.emblem_at + code.emblem * MARGIN, code.emblem * (1 - 2 * MARGIN)
    shapes = "".join(
        f'<polygon fill="{shape.colour}" points="{" ".join(f"{x:.3f},{y:.3f}" for x, y in shape.points)}"/>'
        for shape in emblem(at, at, side)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{millimetres}mm" height="{millimetres}mm" '
        f'viewBox="0 0 {whole} {whole}"><rect width="{whole}" height="{whole}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/>{shapes}</svg>\n'
    )
