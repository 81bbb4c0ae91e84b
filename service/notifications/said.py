"""Notices in the district's own words (通知用语): which are filled here is named in ``config/notices.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from config.notices import NOTICES
from service.notifications import actions
from service.notifications.actions import Notice
from service.parameters import queries as parameters
from service.parameters import wording


def write(
    session: Session,
    account_ids: Iterable[str],
    name: str,
    *,
    key: str,
    district_id: str | None,
    now: dt.datetime,
    **facts: object,
) -> int:
    """Put the notice ``name`` into inboxes, each account once; about no issue. ``facts`` fill its placeholders."""
    title, body = worded(session, district_id, name, now=now, **facts)
    notices = [Notice(account, NOTICES[name].kind, title, body) for account in dict.fromkeys(account_ids)]
    return actions.write(session, notices, key=key, district_id=district_id, now=now)


def worded(
    session: Session, district_id: str | None, name: str, *, now: dt.datetime, **facts: object
) -> tuple[str, str]:
    """Title and body as the district words them now; without a district, as everybody begins with."""
    return wording.filled(parameters.load(session, district_id or "", at=now), name, **facts)
