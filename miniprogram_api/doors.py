"""Every group of API routes. A new module of routes is added to :data:`DOORS` and nowhere else."""

from __future__ import annotations

from flask_openapi3 import OpenAPI

from miniprogram_api import (
    feedback,
    holdings,
    inbox,
    issues,
    leaves,
    me,
    places,
    public,
    receipts,
    receptions,
    reviews,
    scanning,
    sessions,
    standard_texts,
    uploads,
)
from miniprogram_api.routing import Door

DOORS: tuple[Door, ...] = (
    sessions.door,
    me.door,
    places.door,
    receptions.door,
    leaves.door,
    feedback.door,
    scanning.door,
    issues.door,
    receipts.door,
    inbox.door,
    public.door,
    reviews.door,
    standard_texts.door,
    uploads.door,
)

HOLDINGS = holdings
"""Imported for what it adds to ``me.EXPORTERS`` and ``me.ERASERS``."""


def add_routes(app: OpenAPI) -> None:
    for door in DOORS:
        app.register_api(door)
