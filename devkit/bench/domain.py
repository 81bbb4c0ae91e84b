"""The domain on a database of a benchmark, without any server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from flask import Flask
from sqlalchemy.orm import Session

from config.settings import Settings
from devkit.bench.clock import shifted_clock
from service.bootstrap import wire
from service.db import db


@contextlib.contextmanager
def domain(environment: Mapping[str, str]) -> Iterator[Session]:
    """A session on the benchmark's clock; commits when the block ends well."""
    core = Flask("service")
    wire(core, Settings.from_env(environment), clock=shifted_clock(environment))
    with core.app_context():
        try:
            yield db.session()
            db.session.commit()
        finally:
            db.session.remove()
            db.engine.dispose()
