"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import (
    accounts,
    audit,
    bulk,
    codes,
    counter,
    elsewhere,
    health,
    identities,
    invitations,
    issue,
    leaves,
    meeting,
    own,
    parked,
    queue,
    receptions,
    reviews,
    roster,
    set_up,
    sign_in,
    stations,
    unit,
    word_lists,
)
from console.overview import pages as overview
from console.overview import taking
from console.pages import Door
from console.settings import categories, holidays, parameters, policies, wording

PLACES = (stations.door, roster.door, codes.door, receptions.door, leaves.door)
SETTINGS = (parameters.door, policies.door, categories.door, wording.door, holidays.door)
OFFICE = (accounts.door, invitations.door, parked.door, health.door, audit.door)
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
    *SETTINGS,
    elsewhere.door,
)
