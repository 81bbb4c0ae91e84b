"""Black boxes over a picture (遮盖): where they lie, which of them must stay, and burning them into new copies. Pure.

A box is drawn into the pixels of the metadata-free copy and everything is encoded afresh: nothing of what it hides is in
the new file. Coordinates are percents of width and height, so that a box fits the large copy and a form alike.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from service.errors import Invalid
from service.uploads.fitting import THUMBNAIL_LONGEST, fit
from service.uploads.pictures import PHOTO_QUALITY, THUMBNAIL_QUALITY, Copies, jpeg

MOST = 20
LEAST = 0.5
"""Percent: a smaller box hides nothing, it is a slip of the hand."""
_BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Box:
    """Left and top edge, width and height, in percent of the picture; inside it, at least :data:`LEAST` each way."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edition:
    """The boxes somebody left on a picture at some moment; none: everything was taken off."""

    boxes: tuple[Box, ...]
    account_id: str
    at: dt.datetime


def boxes_of(rows: Iterable[Sequence[float]]) -> tuple[Box, ...]:
    """Boxes from four numbers each, cut off at the picture's edges, each once.

    :raises Invalid: too many, outside the picture, or too small to hide anything; names the row, counted from 1.
    """
    found: dict[Box, None] = {}
    for number, (x, y, width, height) in enumerate(rows, start=1):
        left, top = max(0.0, x), max(0.0, y)
        right, bottom = min(100.0, x + width), min(100.0, y + height)
        if right - left < LEAST or bottom - top < LEAST:
            raise Invalid(fields={"boxes": f"第 {number} 个框太小或在照片外面，请改好或清空这一行。"})
        found[Box(*(round(value, 1) for value in (left, top, right - left, bottom - top)))] = None
    if len(found) > MOST:
        raise Invalid(fields={"boxes": f"一张照片最多 {MOST} 个框，可以用大一些的框。"})
    return tuple(found)


def must_stay(editions: Sequence[Edition], *, account_id: str, since: dt.datetime) -> tuple[Box, ...]:
    """Boxes that this person may not take off: all but those they drew themselves since ``since``. Newest edition first."""
    for edition in editions:
        if edition.account_id != account_id or edition.at < since:
            return edition.boxes
    return ()


def burn(photo: bytes, boxes: Sequence[Box]) -> Copies:
    """Large copy and thumbnail of our own JPEG with the boxes in it; whole pixels, never less than the box."""
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as image:
        picture = image.convert("RGB")
    draw = ImageDraw.Draw(picture)
    across, down = picture.width / 100, picture.height / 100
    for box in boxes:
        left, top = math.floor(box.x * across), math.floor(box.y * down)
        right, bottom = math.ceil((box.x + box.width) * across), math.ceil((box.y + box.height) * down)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=_BLACK)
    small = picture.resize(fit(picture.size, THUMBNAIL_LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return Copies(jpeg(picture, PHOTO_QUALITY), jpeg(small, THUMBNAIL_QUALITY), *picture.size)
