"""A received picture becomes two copies: upright, at most 2048 pixels, without any metadata; and a thumbnail."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image

from service.uploads.fitting import THUMBNAIL_LONGEST, fit, plan
from service.uploads.formats import DECODING_FAULTS, Format, format_of, opened, orientation

PHOTO_QUALITY, THUMBNAIL_QUALITY = 82, 75
MEDIA_TYPE = "image/jpeg"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WHITE = (255, 255, 255)


class NotAPicture(ValueError):
    """The bytes cannot be decoded; trying again will not help."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Two JPEGs and the size of the larger one, in pixels."""

    photo: bytes
    thumbnail: bytes
    width: int
    height: int


def make_copies(data: bytes) -> Copies:
    """Decode once, as small as possible, and encode afresh: nothing of the received file but its pixels survives.

    Needs up to some hundred megabytes for 40 megapixels: one at a time per process, and in a process that may die.

    :raises NotAPicture: for broken bytes.
    """
    try:
        picture = _decoded(data)
        thumbnail = picture.resize(fit(picture.size, THUMBNAIL_LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (*DECODING_FAULTS, struct.error, zlib.error) as error:
        raise NotAPicture(type(error).__name__) from None
    return Copies(jpeg(picture, PHOTO_QUALITY), jpeg(thumbnail, THUMBNAIL_QUALITY), *picture.size)


def _decoded(data: bytes) -> Image.Image:
    """Upright and opaque, in the size of the plan."""
    kind = format_of(data)
    if kind is None:
        raise NotAPicture("format")
    with opened(data, kind) as image:
        turn = _TURNS.get(orientation(image))
        wanted = plan(image.size, is_jpeg=kind is Format.JPEG)
        if wanted.scale > 1:
            image.draft("RGB", (image.width // wanted.scale, image.height // wanted.scale))
        image.load()
        picture = _opaque(image, wanted.size)
    return picture if turn is None else picture.transpose(turn)


def _opaque(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """RGB in the wanted size; what is transparent becomes white, as on paper."""
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    if image.mode.startswith("I"):  # 16 bits per pixel, which Pillow would cut off instead of scaling
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode not in ("RGB", "RGBA", "L", "LA"):
        image = image.convert("RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, _WHITE)
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB")


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """A file without metadata: with no ``info`` there is no EXIF, XMP, comment or colour profile to copy along."""
    picture.info = {}
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
