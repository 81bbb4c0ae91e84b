"""Danger: a flag with a 2-hour task for the station head, beside the lifecycle and even during content review."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from service.events import Event
from service.issues import journal
from service.issues.case import Case
from service.issues.lifecycle import Action
from service.outbox import actions as outbox
from service.outbox.models import OutboxRow


def raise_flag(session: Session, case: Case, by: journal.By, reason: str) -> None:
    """Mark the issue urgent, with a history line of its own."""
    start(session, case)
    journal.write_line(session, case, flagged(case, by, reason), case.state)


def flagged(case: Case, by: journal.By, reason: str) -> journal.Move:
    """The history line of a flag the machine raised because it saw a word."""
    return journal.Move(Action.MARK_EMERGENCY, case.state, by, note=reason, audience=journal.STAFF, duty=False)


def start(session: Session, case: Case) -> None:
    """Start the task; while one is open, marking again changes nothing. The record stays an issue."""
    event = begin(case)
    if event is not None:
        session.add(event)


def begin(case: Case) -> OutboxRow | None:
    """As :func:`start`; the event is left for the caller to write."""
    issue = case.issue
    if issue.emergency_at is not None and issue.emergency_confirmed_at is None:
        return None
    issue.emergency_at, issue.emergency_confirmed_at, issue.emergency_raised_at = case.now, None, None
    issue.emergency_due_at = case.now + dt.timedelta(hours=case.rules.number("emergency.hours"))
    payload = {"issue_id": issue.id, "stage": "flagged"}
    return outbox.event_row(Event.ISSUE_EMERGENCY, payload, district_id=issue.district_id, now=case.now)


def confirm(case: Case) -> None:
    """The head (or township) says that help was reached or not needed; the note says which."""
    case.issue.emergency_confirmed_at = case.now
