"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import (
    accounts,
    bulk,
    codes,
    elsewhere,
    health,
    invitations,
    issue,
    leaves,
    own,
    parked,
    queue,
    receptions,
    roster,
    set_up,
    sign_in,
    stations,
)
from console.pages import Door

PLACES = (stations.door, roster.door, codes.door, receptions.door, leaves.door)
OFFICE = (accounts.door, invitations.door, parked.door, health.door)
DOORS: tuple[Door, ...] = (
    sign_in.door,
    set_up.door,
    own.door,
    queue.door,
    bulk.door,
    issue.door,
    elsewhere.door,
    *PLACES,
    *OFFICE,
)
