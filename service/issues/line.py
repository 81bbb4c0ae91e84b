"""The columns of an issue that a line of a list needs: a third of them, and none that has to be decrypted. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

TITLE_CHARS = 30


class Line(NamedTuple):
    """Names are those of :class:`service.issues.models.Issue`; the three texts are cut to :data:`TITLE_CHARS`."""

    id: str
    number: str
    district_id: str
    station_id: str
    township_code: str
    division_code: str | None
    category_id: str | None
    content: str
    redacted: str
    public_text: str | None
    confined_to: str | None
    account_id: str | None
    consent_pass_on: bool
    state: str
    round: int
    version: int
    deputy_id: str | None
    unit_id: str | None
    responsible_role: str | None
    responsible_id: str | None
    due_at: dt.datetime | None
    due_provisional: bool
    emergency_at: dt.datetime | None
    emergency_confirmed_at: dt.datetime | None
    follower_count: int
    photo_count: int
    hot_at: dt.datetime | None
    created_at: dt.datetime
    published_at: dt.datetime | None
