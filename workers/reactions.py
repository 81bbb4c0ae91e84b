"""What follows from what: one table. A reaction may run twice; its writes are keyed by the event's row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.events import Event
from service.issues import merging, notices, search, timers
from service.issues.case import load_case
from service.issues.checks import concluding, opening
from service.issues.lifecycle import TERMINAL, Action, State
from service.issues.models import Issue
from service.notifications import said
from service.outbox.models import OutboxRow
from service.stations import facts_notices, portrait_notices
from workers.wechat_pushes import take_push

Reaction = Callable[[Session, OutboxRow, dt.datetime], None]
_CHANGES_WORDS_OR_PLACE = frozenset({Action.SUBMIT, Action.EDIT_RESEND, Action.HAND_OVER, Action.REROUTE})


def check_content(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """The word list first; then WeChat is asked, or what it cannot be asked about passes or is held by the policy."""
    case = load_case(session, row.payload["issue_id"], now=now)
    if case.state is State.CONTENT_REVIEW:
        opening.begin_issue(session, case)


def conclude_check(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """WeChat answered, or did not in time."""
    concluding.conclude(session, row.payload, now=now)


def after_resend(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """An edited text is checked like a new one."""
    if row.payload["action"] == Action.EDIT_RESEND:
        check_content(session, row, now)


def index_words(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """What was said, or said anew, or where it is dealt with, changes what a search finds."""
    if row.payload["action"] in _CHANGES_WORDS_OR_PLACE:
        issue = session.get(Issue, row.payload["issue_id"])
        search.index(session, [issue] if issue else [])


def tell_about_move(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    notices.about_move(session, row.payload, key=_key(row), now=now)


def share_with_merged(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """Feedback reaches everyone merged in; an end without an answer sets them free."""
    to = State(row.payload["to"])
    if to is State.FEEDBACK_GIVEN:
        merging.share_feedback(session, row.payload["issue_id"], now=now)
    elif to in TERMINAL:
        merging.release_children(session, row.payload["issue_id"], now=now)


def tell_new_deputy(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    issue = session.get(Issue, row.payload["issue_id"])
    if issue is not None:
        notices.about_duty(session, issue, key=_key(row), now=now)


def hand_over_issues(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """A deputy cannot serve any more: all their open issues move at once, and what waited for their word goes on."""
    open_ = [state.value for state in State if state not in TERMINAL]
    statement = sa.select(Issue.id).where(Issue.deputy_id == row.payload["deputy_id"], Issue.state.in_(open_))
    for issue_id in session.scalars(statement.order_by(Issue.id)).all():
        timers.hand_over(session, issue_id, now=now)
    for issue_id in timers.unanswerable(session, now=now, deputy_id=row.payload["deputy_id"]):
        timers.give_back(session, issue_id, now=now)


def tell_booked(session: Session, row: OutboxRow, now: dt.datetime) -> None:
    """A reception day was called off: those who booked are told whether they have a place on another day."""
    moved, left = row.payload["moved"], row.payload["left"]
    about: dict[str, Any] = {"key": _key(row), "district_id": row.district_id, "now": now}
    said.write(session, moved, "reception_moved", **about)
    said.write(session, left, "reception_cancelled", **about)


def _telling(compose: Callable[..., None]) -> Reaction:
    def react(session: Session, row: OutboxRow, now: dt.datetime) -> None:
        compose(session, row.payload, key=_key(row), now=now)

    return react


def _key(row: OutboxRow) -> str:
    return f"event:{row.id}"


REACTIONS: Mapping[Event, tuple[Reaction, ...]] = {
    Event.ISSUE_SUBMITTED: (check_content, index_words),
    Event.ISSUE_ROUTED: (tell_new_deputy,),
    Event.ISSUE_MOVED: (after_resend, index_words, tell_about_move, share_with_merged),
    Event.ISSUE_MESSAGE: (_telling(notices.about_message),),
    Event.ISSUE_URGED: (_telling(notices.about_urge),),
    Event.ISSUE_REMINDER: (_telling(notices.about_reminder),),
    Event.ISSUE_EMERGENCY: (_telling(notices.about_emergency),),
    Event.IDENTITY_REVEALED: (_telling(notices.about_reveal),),
    Event.DEPUTY_AVAILABILITY_CHANGED: (hand_over_issues,),
    Event.RECEPTION_CHANGED: (tell_booked,),
    Event.DEPUTY_CORRECTED: (_telling(facts_notices.about_corrected),),
    Event.PORTRAIT_OFFERED: (_telling(portrait_notices.about_offer),),
    Event.PORTRAIT_SHOWN: (_telling(portrait_notices.about_shown),),
    Event.PORTRAIT_REMOVED: (_telling(portrait_notices.about_removed),),
    Event.CONTENT_CHECKED: (conclude_check,),
    Event.WECHAT_PUSHED: (take_push,),
}
