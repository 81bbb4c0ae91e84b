"""Imports every table, so that Alembic and the tests see all of them."""

from __future__ import annotations

from types import ModuleType

import service.accounts.desk_models
import service.accounts.models
import service.classification.models
import service.deputies.models
import service.feedback.models
import service.imports.models
import service.incoming.models
import service.issues.models
import service.ledger.models
import service.notifications.models
import service.outbox.models
import service.parameters.models
import service.register.models
import service.roster.models
import service.stations.models
import service.supervision.models
import service.territory.models
import service.units.models
import service.uploads.models

MODULES: tuple[ModuleType, ...] = (
    service.accounts.desk_models,
    service.accounts.models,
    service.classification.models,
    service.deputies.models,
    service.feedback.models,
    service.imports.models,
    service.incoming.models,
    service.issues.models,
    service.ledger.models,
    service.notifications.models,
    service.outbox.models,
    service.parameters.models,
    service.register.models,
    service.roster.models,
    service.stations.models,
    service.supervision.models,
    service.territory.models,
    service.units.models,
    service.uploads.models,
)


def load() -> tuple[ModuleType, ...]:
    """The modules with tables; calling it says plainly that importing them is the point."""
    return MODULES
