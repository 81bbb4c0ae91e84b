"""Every group of pages. A new module of pages is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from console import (
    accounts,
    audit,
    audit_seen,
    bulk,
    codes,
    counter,
    covering,
    deputies,
    deputy_facts,
    deputy_places,
    desk_bookings,
    elsewhere,
    health,
    identities,
    imports,
    invitations,
    issue,
    leaves,
    meeting,
    minutes,
    new_term,
    notes,
    own,
    parked,
    portraits,
    queue,
    receptions,
    reviews,
    roster,
    set_up,
    sheets,
    sign_in,
    slips,
    station_forms,
    station_merge,
    stations,
    unit,
    word_lists,
)
from console.overview import pages as overview
from console.overview import taking
from console.pages import Door
from console.settings import categories, holidays, parameters, policies, wording

PLACES = (
    deputies.door,
    deputy_facts.door,
    deputy_places.door,
    stations.door,
    station_forms.door,
    station_merge.door,
    roster.door,
    codes.door,
    receptions.door,
    desk_bookings.door,
    minutes.door,
    leaves.door,
    portraits.door,
)
ISSUE_PAGE = (notes.door, covering.door, slips.door, sheets.door)
SETTINGS = (parameters.door, policies.door, categories.door, wording.door, holidays.door)
LOGS = (audit.door, audit_seen.door)
OFFICE = (imports.door, new_term.door, accounts.door, invitations.door, parked.door, health.door, *LOGS)
DOORS: tuple[Door, ...] = (
    sign_in.door,
    set_up.door,
    own.door,
    queue.door,
    bulk.door,
    issue.door,
    *ISSUE_PAGE,
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
