"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import counter, elsewhere, identities, meeting, own, reviews, set_up, sign_in, unit, word_lists
from console.pages import Door

DOORS: tuple[Door, ...] = (
    sign_in.door,
    set_up.door,
    counter.door,
    meeting.door,
    unit.door,
    reviews.door,
    word_lists.door,
    identities.door,
    own.door,
    elsewhere.door,
)
