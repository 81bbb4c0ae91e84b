"""What tests about places share: the two districts, a day, and a counter of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import actor_for_account
from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from tests.world import World, build_world


@pytest.fixture
def world(session: Session) -> World:
    return build_world(session)


@pytest.fixture
def today(now: dt.datetime) -> dt.date:
    return local_date(now)


@pytest.fixture
def acting(session: Session) -> Callable[[str], Actor]:
    """The actor behind an account id."""
    return lambda account_id: actor_for_account(session, account_id)


@pytest.fixture
def statements(session: Session) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with statements() as sent:`` lists the statements sent meanwhile."""
    engine = session.get_bind()

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        session.flush()
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counting
