"""What happened, as names other rooms may react to. An event is a row (outbox) before it is a job."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """Each has its reactions listed in ``workers/reactions.py`` (a house rule checks it)."""

    ISSUE_SUBMITTED = "issue_submitted"
    ISSUE_ROUTED = "issue_routed"
    ISSUE_MOVED = "issue_moved"
    ISSUE_MESSAGE = "issue_message"
    ISSUE_URGED = "issue_urged"
    ISSUE_REMINDER = "issue_reminder"
    ISSUE_EMERGENCY = "issue_emergency"
    IDENTITY_REVEALED = "identity_revealed"
    DEPUTY_AVAILABILITY_CHANGED = "deputy_availability_changed"
    RECEPTION_CHANGED = "reception_changed"
    DEPUTY_CORRECTED = "deputy_corrected"
    PORTRAIT_OFFERED = "portrait_offered"
    PORTRAIT_SHOWN = "portrait_shown"
    PORTRAIT_REMOVED = "portrait_removed"
    CONTENT_CHECKED = "content_checked"
    WECHAT_PUSHED = "wechat_pushed"
