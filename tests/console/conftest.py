"""A town, and desks in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.api.conftest import app, client, make_account, sign_in
from tests.conftest import FakeClock
from tests.console.desk import Desk
from tests.journeys.conftest import other_town, town, world

__all__ = ["app", "client", "make_account", "other_town", "sign_in", "town", "world"]

Seat = Callable[..., Desk]


@pytest.fixture
def seat(app: Flask, session: Session, clock: FakeClock) -> Seat:
    """A desk at which that account has signed in; without one nobody has."""
    return lambda account_id=None: Desk(app, account_id, now=clock.now)
