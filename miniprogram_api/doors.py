"""Every group of API routes. A new module of routes is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from flask_openapi3 import OpenAPI

from miniprogram_api import (
    access_trail,
    codes,
    deputy_work,
    desk,
    feedback,
    holdings,
    inbox,
    invitations,
    issue_counts,
    issue_lists,
    issue_notices,
    issues,
    leaves,
    me,
    my_bookings,
    places,
    portraits,
    posters,
    public,
    receipts,
    receptions,
    reviews,
    scanning,
    sessions,
    standard_texts,
    uploads,
    work_identities,
)
from miniprogram_api.routing import Door

DOORS: tuple[Door, ...] = (
    sessions.door,
    me.door,
    work_identities.door,
    desk.door,
    places.door,
    portraits.door,
    receptions.door,
    leaves.door,
    deputy_work.door,
    feedback.door,
    scanning.door,
    codes.door,
    posters.door,
    issues.door,
    receipts.door,
    inbox.door,
    public.door,
    reviews.door,
    standard_texts.door,
    uploads.door,
)

ADDITIONS = (holdings, issue_lists, issue_counts, issue_notices, my_bookings, invitations, access_trail)
"""Imported for what they add: to ``me.EXPORTERS`` and ``me.ERASERS``, and to doors of others."""


def add_routes(app: OpenAPI) -> None:
    for door in DOORS:
        app.register_api(door)
