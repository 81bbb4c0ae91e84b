"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import (
    bulk,
    counter,
    elsewhere,
    identities,
    issue,
    meeting,
    own,
    queue,
    reviews,
    set_up,
    sign_in,
    unit,
    word_lists,
)
from console.overview import pages as overview
from console.overview import taking
from console.pages import Door

DOORS: tuple[Door, ...] = (
    sign_in.door,
    set_up.door,
    own.door,
    queue.door,
    bulk.door,
    issue.door,
    counter.door,
    meeting.door,
    unit.door,
    reviews.door,
    word_lists.door,
    identities.door,
    overview.door,
    taking.door,
    elsewhere.door,
)
