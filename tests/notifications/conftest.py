"""What tests of messages share: a post office on clean tables, and the town of the journeys."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import app, client, make_account, sign_in
from tests.conftest import FakeClock
from tests.journeys.conftest import town, world
from tests.notifications.office import Office, Phones

__all__ = ["app", "client", "make_account", "sign_in", "town", "world"]


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
def office(session: Session, clock: FakeClock, phones: Phones) -> Office:
    return Office(session, clock, phones)
