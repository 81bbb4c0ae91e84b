"""Our own mark in the middle of a code: a house in a speech bubble. No national emblem: the law keeps that for the state."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]

RED = "#a3171c"
WHITE = "#ffffff"

MARGIN = 0.07
"""White around the emblem, as a share of the square that is cleared for it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon."""

    points: tuple[Point, ...]
    colour: str


def rounded(x: float, y: float, width: float, height: float, radius: float) -> tuple[Point, ...]:
    """A rectangle with round corners, as a polygon."""
    corners = (
        (x + width - radius, y + radius, -90),
        (x + width - radius, y + height - radius, 0),
        (x + radius, y + height - radius, 90),
        (x + radius, y + radius, 180),
    )
    return tuple(
        (cx + radius * math.cos(angle), cy + radius * math.sin(angle))
        for cx, cy, start in corners
        for angle in (math.radians(start + step * 15) for step in range(7))
    )


def circle(x: float, y: float, radius: float) -> tuple[Point, ...]:
    """Around (x, y), as a polygon of 48 corners."""
    angles = (math.tau * step / 48 for step in range(48))
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


_BUBBLE = (*rounded(16, 17, 68, 52, 11)[:14], (48, 69), (30, 86), (32, 69), *rounded(16, 17, 68, 52, 11)[14:])
_HOUSE = ((50, 24), (72, 42), (66, 42), (66, 60), (55, 60), (55, 48), (45, 48), (45, 60), (34, 60), (34, 42), (28, 42))
_UNIT = (
    Shape(rounded(0, 0, 100, 100, 18), RED),
    Shape(_BUBBLE, WHITE),
    Shape(_HOUSE, RED),
)


def emblem(x: float, y: float, side: float) -> tuple[Shape, ...]:
    """The emblem in a square of ``side`` whose top left corner is (x, y); y grows downwards."""
    scale = side / 100
    return tuple(
        Shape(tuple((x + px * scale, y + py * scale) for px, py in shape.points), shape.colour) for shape in _UNIT
    )
