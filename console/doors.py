"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import elsewhere, own, set_up, sign_in
from console.overview import pages as overview
from console.overview import taking
from console.pages import Door

DOORS: tuple[Door, ...] = (sign_in.door, set_up.door, own.door, overview.door, taking.door, elsewhere.door)
