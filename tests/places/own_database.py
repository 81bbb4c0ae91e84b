"""A database for one file of tests, of the kind the session's is: what is too slow to load for every test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa

from service.db import Base, prepare_sqlite
from tests.conftest import postgresql_database


@contextmanager
def own_database(like: str) -> Iterator[sa.Engine]:
    """Empty, with all tables, gone afterwards. ``like``: the address of the session's database."""
    with ExitStack() as stack:
        if like.startswith("sqlite"):
            engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
            prepare_sqlite(engine)
        else:
            engine = sa.create_engine(stack.enter_context(postgresql_database()))
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()
