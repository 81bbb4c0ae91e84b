"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import (
    accounts,
    bulk,
    codes,
    counter,
    elsewhere,
    health,
    identities,
    imports,
    invitations,
    issue,
    leaves,
    meeting,
    new_term,
    own,
    parked,
    queue,
    receptions,
    reviews,
    roster,
    set_up,
    sign_in,
    station_forms,
    station_merge,
    stations,
    unit,
    word_lists,
)
from console.overview import pages as overview
from console.overview import taking
from console.pages import Door

PLACES = (
    stations.door,
    station_forms.door,
    station_merge.door,
    roster.door,
    codes.door,
    receptions.door,
    leaves.door,
)
OFFICE = (imports.door, new_term.door, accounts.door, invitations.door, parked.door, health.door)
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
    *PLACES,
    *OFFICE,
    elsewhere.door,
)
