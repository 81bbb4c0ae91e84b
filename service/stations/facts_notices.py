"""A deputy hears which of the facts about them an office corrected: whatever is published of a person, the person checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.deputies.models import Deputy
from service.notifications import said


def about_corrected(session: Session, payload: Mapping[str, Any], *, key: str, now: dt.datetime) -> None:
    """By title only: what stands there now is read on the deputy's own pages."""
    row = session.get(Deputy, payload["deputy_id"])
    if row is None:
        return
    own = accounts_with(session, Role.DEPUTY, district_id=row.district_id, deputy_id=row.id)
    facts = "、".join(payload["what"])
    said.write(session, own, "facts_corrected", key=key, district_id=row.district_id, now=now, facts=facts)
