"""The whole application, for rules about it."""

from __future__ import annotations

from tests.api.conftest import app, client, make_account, sign_in
from tests.journeys.conftest import other_town, town, world

__all__ = ["app", "client", "make_account", "other_town", "sign_in", "town", "world"]
