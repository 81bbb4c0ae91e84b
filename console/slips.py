"""The way back from a slip, the same for one issue and for several: the last step, by whoever took it, for some minutes."""

from __future__ import annotations

from flask import url_for

from console import issue
from console.pages import Done, Door, current_actor, page
from console.queue import WITH_ISSUES
from console.sight import Seen, seen
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.errors import Conflict
from service.issues import slips
from service.issues.actions import perform
from service.issues.lifecycle import ACTION_TITLES

OVER = "已经过了撤销的时间，或有人接着办理了，不能撤销。"

door = Door("slips")


def slip_of(found: Seen) -> slips.Slip | None:
    return slips.of(db.session(), found.case, current_actor(), frozenset(found.actions))


def take_back(id: str, version: int) -> None:
    """:raises Conflict: nothing to take back, or somebody was faster."""
    slip = slip_of(seen(id))
    if slip is None:
        raise Conflict(OVER, code="too_late")
    session, now = db.session(), core().clock()
    perform(session, id, actor=current_actor(), action=slip.undo, version=version, values=slip.values, now=now)


@page(door, "POST", "/issues/<id>/undo", access=WITH_ISSUES, again=issue.show)
def undo(id: str) -> Done:
    """One issue's last step, from the note on its page."""
    typed = Typed()
    version = typed.number("version", required=True, least=1) or 0
    typed.check()
    slip = slip_of(seen(id))
    take_back(id, version)
    words = f"已撤销：{ACTION_TITLES[slip.action]}。" if slip else None
    return Done(url_for("console.issue.show", id=id), words)
