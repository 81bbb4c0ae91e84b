"""Which kinds of picture come in, and opening one: only these, never what a file name says."""

from __future__ import annotations

import importlib
import io
from enum import StrEnum

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
"""Pillow's own limit (179 megapixels) comes too late and warns first; ours is checked by :mod:`.inspection`."""

ORIENTATION_TAG = 0x0112


class Format(StrEnum):
    """What a phone takes pictures in; the value is what people call it."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    HEIC = "HEIC"


PLUGIN = {Format.JPEG: "JPEG", Format.PNG: "PNG", Format.WEBP: "WEBP", Format.HEIC: "HEIF"}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
DECODING_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ArithmeticError,
    EOFError,
    RuntimeError,
)
"""What Pillow and its codecs raise on broken input (``struct.error`` and zlib's come wrapped)."""


def format_of(data: bytes) -> Format | None:
    """By the first bytes; None for everything that is not taken."""
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return Format.HEIC
    return None


def opened(data: bytes, kind: Format) -> Image.Image:
    """The picture with its header read and nothing decoded; no other plugin is tried."""
    if kind is Format.HEIC:
        importlib.import_module("service.uploads.heic")
    return Image.open(io.BytesIO(data), formats=[PLUGIN[kind]])


def orientation(image: Image.Image) -> int:
    """EXIF orientation 1–8; 1 where it is missing, broken, or the decoder has applied it already (HEIC)."""
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # whatever a broken EXIF block raises: the picture itself may be fine
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
