"""``python -m devkit.bench.worker worker|scheduler``: the production processes on the benchmark's clock."""

from __future__ import annotations

import sys

from flask import Flask

from config.settings import Settings
from devkit.bench.clock import shifted_clock
from service.bootstrap import wire
from workers.__main__ import main as run

if __name__ == "__main__":
    core = Flask("service")
    wire(core, Settings.from_env(), clock=shifted_clock())
    with core.app_context():  # jobs use the application that is active
        sys.exit(run(sys.argv[1:]))
