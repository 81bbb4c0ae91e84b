"""Mini-program codes (小程序码) as WeChat drew them: looked at before they are kept, since paper cannot be taken back.

No program here can read WeChat's own round code; an ordinary QR code, such as the sandbox draws, can be read.
"""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from qr.kinds import Reading
from qr.reading import read

TOLERANCE = 0.1
"""Of the asked width. Whether WeChat keeps it to the pixel is unverified."""


class NotTheCode(Exception):
    """No picture, one of another size, or one that says something else."""


def inspect(picture: bytes, *, scene: str, width: int) -> Reading:
    """Look at a code of ``width`` pixels that should say ``scene``.

    :raises NotTheCode: when it must not be printed.
    """
    try:
        image = Image.open(io.BytesIO(picture), formats=["PNG", "JPEG"])
        if any(abs(side - width) > width * TOLERANCE for side in image.size):
            raise NotTheCode(f"{image.size[0]} × {image.size[1]} instead of {width} pixels")
        found = read(image.convert("RGB"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NotTheCode(f"no picture ({type(error).__name__})") from None
    if found and found != [scene]:
        raise NotTheCode("it says something else")
    return Reading.READ if found else Reading.UNREADABLE_KIND


def as_png(picture: bytes) -> bytes:
    """The same code as a PNG, whichever of the two kinds WeChat sent."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture), formats=["PNG", "JPEG"]).convert("RGB").save(out, "PNG")
    return out.getvalue()
