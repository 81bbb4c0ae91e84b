"""Phones given with an issue to be called on (联系方式), for the people it was given by."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.issues.models import Issue


def issue_phones(session: Session, issue_ids: Collection[str]) -> dict[tuple[str | None, str], str]:
    """(issue, account of whoever told it) → the phone left with it, where consent ``contact`` was given."""
    if not issue_ids:
        return {}
    statement = sa.select(Issue.id, Issue.account_id, Issue.contact_phone).where(
        Issue.id.in_(issue_ids),
        Issue.consent_contact.is_(True),
        Issue.contact_phone.is_not(None),
        Issue.account_id.is_not(None),
    )
    return {(issue_id, str(account_id)): str(phone) for issue_id, account_id, phone in session.execute(statement)}
