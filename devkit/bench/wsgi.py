"""What the production server runs during a benchmark: the product on the benchmark's clock, and the bare routes beside it.

Production cannot get another clock by any setting; it takes this module, which production never imports.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

import app
from config.settings import Settings
from devkit.bench.clock import shifted_clock
from devkit.bench.controls.bare_app import bare_app
from devkit.bench.controls.bare_page import bare_page
from service.db import db

ANSWERS = "BENCH_ANSWERS"
BARE = "/bench"
PAGE = "/bench-page"


def create_app() -> Any:
    """A WSGI callable; the bare application lies under :data:`BARE` and shares the product's connection pool."""
    product = app.create_app(Settings.from_env(), clock=shifted_clock())
    with product.app_context():
        bare = bare_app(db.engine, Path(os.environ[ANSWERS]))
    return DispatcherMiddleware(product, {BARE: bare, PAGE: bare_page()})
