"""What issues, messages and bookings hold about an account: for its export, and to forget it (PIPL Art. 44–50)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from miniprogram_api.me import ERASERS, EXPORTERS
from miniprogram_api.schemas import in_china
from service.accounts import queries as accounts
from service.feedback import queries as feedback
from service.incoming import actions as incoming
from service.issues import audit, queries
from service.notifications import consents
from service.notifications import queries as notifications
from service.stations import receptions
from service.uploads import actions as upload_actions
from service.uploads import queries as upload_queries


def export_issues(session: Session, account_id: str) -> list[dict[str, Any]]:
    """Own issues with everything said; ``receipt_only`` ones cannot be here, because nothing leads to them."""
    return [
        {
            "number": issue.number,
            "content": issue.content,
            "place": issue.place,
            "contact_name": issue.contact_name,
            "contact_phone": issue.contact_phone,
            "state": issue.state,
            "created_at": in_china(issue.created_at),
            "messages": [
                row.text for row in queries.messages(session, issue.id) if row.author_account_id == account_id
            ],
        }
        for issue in queries.owned(session, account_id)
    ]


def export_followed(session: Session, account_id: str) -> list[dict[str, Any]]:
    """Issues of others one joined, with one's own rating and its reason."""
    return [
        {"number": number, "at": in_china(row.joined_at), "rating": row.rating, "reason": row.reason}
        for number, row in queries.followed(session, account_id)
    ]


def export_notices(session: Session, account_id: str) -> list[dict[str, Any]]:
    rows = notifications.inbox(session, account_id, after=None, limit=1000)
    return [{"title": row.title, "body": row.body, "at": in_china(row.created_at)} for row in rows]


def export_subscriptions(session: Session, account_id: str) -> list[dict[str, Any]]:
    """Messages one has agreed to and not been sent yet."""
    return [
        {"template_id": key, "remaining": left} for key, left in sorted(consents.balances(session, account_id).items())
    ]


def export_bookings(session: Session, account_id: str) -> list[dict[str, Any]]:
    rows = receptions.bookings_of(session, account_id=account_id)
    return [{"name": row.name, "phone": row.phone, "topic": row.topic} for row in rows]


def export_feedback(session: Session, account_id: str) -> list[dict[str, Any]]:
    rows = feedback.of_account(session, account_id, limit=1000)
    return [
        {"text": row.text, "contact": row.contact, "answer": row.answer, "at": in_china(row.created_at)} for row in rows
    ]


def export_uploads(session: Session, account_id: str) -> list[dict[str, Any]]:
    """Pictures sent and not used yet; attached ones belong to their issues and lead to no account."""
    rows = upload_queries.unattached(session, account_id)
    return [{"id": row.id, "width": row.width, "height": row.height, "state": row.state} for row in rows]


def _forget_issues(session: Session, account_id: str, now: dt.datetime) -> None:
    audit.forget_account(session, account_id, now=now)


def _forget_consents(session: Session, account_id: str, _now: dt.datetime) -> None:
    consents.forget_account(session, account_id)


def _forget_bookings(session: Session, account_id: str, now: dt.datetime) -> None:
    receptions.forget_account(session, account_id, now=now)


def _forget_uploads(session: Session, account_id: str, now: dt.datetime) -> None:
    upload_actions.forget_account(session, account_id, now=now)


def _forget_follower(session: Session, account_id: str, _now: dt.datetime) -> None:
    incoming.forget_followers(session, accounts.subject_indexes(session, account_id))


EXPORTERS["uploads"] = export_uploads
EXPORTERS["feedback"] = export_feedback
EXPORTERS["issues"] = export_issues
EXPORTERS["followed"] = export_followed
EXPORTERS["notices"] = export_notices
EXPORTERS["bookings"] = export_bookings
EXPORTERS["subscriptions"] = export_subscriptions
ERASERS += [_forget_issues, _forget_consents, _forget_bookings, _forget_uploads, _forget_follower]
