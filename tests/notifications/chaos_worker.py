"""A worker in a process of its own, for chaos: ``python -m tests.notifications.chaos_worker DATABASE WECHAT NOW``."""

from __future__ import annotations

import datetime as dt
import sys

from flask import Flask

from service.bootstrap import core, wire
from tests.conftest import WakeLog, make_settings
from workers import deliveries
from workers.letters import Doors

DOORS = Doors(placeholders=True, texts=False, link="")


def main(database_url: str, wechat_url: str, now: dt.datetime) -> None:
    """Send until nothing is due, or until somebody kills it."""
    app = Flask("service")
    wire(app, make_settings(database_url, wechat_api_base_url=wechat_url), wake=WakeLog(), clock=lambda: now)
    deliveries.SLICE = 24
    with app.app_context():
        while deliveries.deliver_due(core().wechat, None, core().clock, DOORS):
            pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], dt.datetime.fromisoformat(sys.argv[3]))
