"""How large the copies become: from a header alone, so that an answer can name the size before the work is done. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 2048
"""Pixels of the longer side of a stored photo, at most."""
THUMBNAIL_LONGEST = 400
GOOD_ENOUGH = 1600
"""A JPEG that the decoder itself can shrink to between this and :data:`LONGEST` is taken as it comes: no resampling."""
QUARTER_TURNS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``scale``: by how much a JPEG decoder shrinks while decoding (1, 2, 4, 8). ``size``: before turning upright."""

    scale: int
    size: tuple[int, int]


def fit(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """``size`` in its proportions with no side over ``longest``; never enlarged, never below one pixel."""
    width, height = size
    most = max(width, height)
    if most <= longest:
        return size
    return max(1, round(width * longest / most)), max(1, round(height * longest / most))


def plan(size: tuple[int, int], *, is_jpeg: bool) -> Plan:
    """How to come from a picture of ``size`` to its copy.

    A 12-megapixel photo (4032×3024) is halved by the JPEG decoder to 2016×1512, which costs a third of decoding it whole
    (backend facts §8).
    """
    width, height = size
    most = max(size)
    if is_jpeg and most > LONGEST:
        for scale in (2, 4, 8):
            reduced = -(-width // scale), -(-height // scale)
            if GOOD_ENOUGH <= max(reduced) <= LONGEST:
                return Plan(scale, reduced)
        scale = max((scale for scale in (1, 2, 4, 8) if most // scale >= LONGEST), default=1)
        return Plan(scale, fit(size, LONGEST))
    return Plan(1, fit(size, LONGEST))


def upright(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """``size`` once the EXIF orientation is applied."""
    return (size[1], size[0]) if orientation in QUARTER_TURNS else size
