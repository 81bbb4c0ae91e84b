"""What each context moves when two accounts become one: a guest signs in with WeChat, or WeChat says they are one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from service.accounts import joining
from service.accounts.recognition import Recognised
from service.feedback.actions import move_account as move_feedback
from service.issues import saved_views
from service.issues.moving import move_account as move_issues
from service.notifications.moving import move_account as move_notices
from service.stations import receptions
from service.uploads import actions as uploads

Mover = Callable[[Session, str, str], None]

MOVERS: list[Mover] = [
    lambda session, closed, into: move_feedback(session, closed, into=into),
    lambda session, closed, into: move_issues(session, closed, into=into),
    lambda session, closed, into: saved_views.move_account(session, closed, into=into),
    lambda session, closed, into: receptions.move_account(session, closed, into=into),
    lambda session, closed, into: uploads.move_account(session, closed, into=into),
    lambda session, closed, into: move_notices(session, closed, into=into),
]
"""In one transaction with the sign-in; a context that begins to remember accounts adds its own, as to ``me.ERASERS``."""


def move_everything(session: Session, recognised: Recognised, *, now: dt.datetime) -> None:
    """Into the account that was recognised, from those it absorbs, which are closed."""
    for closed in recognised.absorbs:
        for move in MOVERS:
            move(session, closed, recognised.account_id)
        joining.absorb(session, closed, into=recognised.account_id, now=now)
