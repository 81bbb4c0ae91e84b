"""An independent reader looks at every code before it is handed out: paper cannot be taken back."""

from __future__ import annotations

import zxingcpp
from PIL import Image, ImageDraw

from qr.code import QUIET, Code, raster

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_BOX = 3
"""Pixels per module: small, as a phone sees a poster from across the room."""


class UnreadableCode(Exception):
    """The reader found nothing, or something else than what was meant."""


def read(image: Image.Image) -> list[str]:
    """Texts of the QR codes in a picture, as zxing-cpp reads them."""
    found = zxingcpp.read_barcodes(image, formats=_QR)
    return [barcode.text for barcode in found]


def check(code: Code) -> None:
    """Read the modules as they will be drawn, the emblem's place filled with the grey that helps least.

    :raises UnreadableCode: when they do not say exactly ``code.text``.
    """
    image = raster(code, _BOX)
    first, last = (QUIET + code.emblem_at) * _BOX, (QUIET + code.emblem_at + code.emblem) * _BOX - 1
    ImageDraw.Draw(image).rectangle((first, first, last, last), fill=96)
    found = read(image)
    if found != [code.text]:
        raise UnreadableCode(f"{code.text!r} was read as {found!r}")
