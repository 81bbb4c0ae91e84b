"""Scan codes without a poster around them: what drawing the squares alone costs with ``qrcode``."""

from __future__ import annotations

import io
from collections.abc import Iterable

import qrcode
from qrcode.constants import ERROR_CORRECT_H


def draw(texts: Iterable[str]) -> list[bytes]:
    """One PNG per text, at the level posters use."""
    return [_png(text) for text in texts]


def _png(text: str) -> bytes:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_H)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()
