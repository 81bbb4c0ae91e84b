"""Pictures WeChat may answer with: a QR code such as the sandbox draws, and something as round as the real one."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from qr.code import make_code, raster


def qr_of(text: str, width: int) -> bytes:
    return _png(raster(make_code(text), 8).resize((width, width)))


def round_code(_text: str, width: int) -> bytes:
    image = Image.new("RGB", (width, width), "white")
    pencil = ImageDraw.Draw(image)
    for step in range(6):
        pencil.ellipse((40 * step, 40 * step, width - 40 * step, width - 40 * step), outline="black", width=9)
    return _png(image, "JPEG")


def _png(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
