"""What the files of an import may be: sheets by kind, and how many lines. Light: pages that only ask load nothing more."""

from __future__ import annotations

from collections.abc import Mapping

from service.imports.states import Kind
from service.register.shape import REGISTER
from service.roster.shapes import DEPUTIES, GRID_DEPUTIES, SHEETS
from service.territory.imports import TOWNSHIP_SHAPE, VILLAGE_SHAPE

MOST_LINES = 20_000
"""Of one run; more is for the operators' commands, where nobody waits."""
PARTS: dict[Kind, dict[str, str]] = {
    Kind.TERRITORY: {shape.name: shape.title for shape in (TOWNSHIP_SHAPE, VILLAGE_SHAPE)},
    Kind.ROSTER: {shape.name: shape.title for shape in SHEETS},
    Kind.REGISTER: {REGISTER.name: REGISTER.title},
    Kind.TERM: {shape.name: shape.title for shape in (DEPUTIES, GRID_DEPUTIES)},
}
"""What a file may be, by kind: name of the sheet → its title."""
Files = Mapping[str, tuple[str, bytes]]
"""Part → (file name, bytes); the part is empty for a workbook whose sheets say what they are."""
