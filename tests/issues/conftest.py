"""A town for what needs more than rules."""

from tests.api.conftest import app, client, make_account, sign_in
from tests.journeys.conftest import world
from tests.journeys.invariants import town

__all__ = ["app", "client", "make_account", "sign_in", "town", "world"]
