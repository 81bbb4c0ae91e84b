"""The application of a worker process, built once; and a transaction at the edge of each piece of work."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from flask import Flask, has_app_context
from sqlalchemy.orm import Session

from config.settings import Settings
from service.bootstrap import create_core
from service.db import db

STOPPING = threading.Event()
"""Set once this process was asked to stop: a job gives way after what it has begun."""


@functools.lru_cache(maxsize=1)
def application() -> Flask:
    """One per process. Workers are RQ SimpleWorkers: they never fork, so no connection is shared."""
    return create_core(Settings.from_env())


def context() -> AbstractContextManager[object]:
    """The application of this process, unless one is active already (tests run jobs in theirs)."""
    return nullcontext() if has_app_context() else application().app_context()


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits when the block ends well, inside the current application context."""
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        db.session.remove()
