"""How the system runs (运行情况): database, Redis, waiting events, channels that rest, what is not set up, the ledger's heads."""

from __future__ import annotations

from console.pages import Door, current_actor, only, page
from console.parked import resting_channels
from console.showing import render
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.ledger import queries as ledger
from web.health import STALE_OUTBOX_SECONDS, outbox_seconds, redis_answers

door = Door("health")


@page(door, "GET", "/health", access=only(Role.ADMIN))
def show() -> str:
    """Redis is asked while no transaction is open."""
    db.session.rollback()
    redis = redis_answers()
    waiting = outbox_seconds()
    mine = {grant.district_id for grant in current_actor().grants_of(Role.ADMIN)}
    return render(
        "console/health.html",
        redis=redis,
        waiting=waiting,
        late=waiting is None or waiting >= STALE_OUTBOX_SECONDS,
        resting=resting_channels(db.session()),
        gaps=core().settings.gaps(),
        heads=[head for head in ledger.heads(db.session()) if head.district_id in mine],
    )
