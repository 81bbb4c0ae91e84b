"""Issues a record of a reception day speaks of, by number. Never those of a receipt alone: the day knows who booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.issues.models import Issue
from service.issues.words import Anonymity

FIELD = "issues"


def by_numbers(session: Session, station_ids: Collection[str], numbers: Sequence[str]) -> list[str]:
    """Ids of these stations' issues with these numbers, in their order.

    :raises Invalid: for a number they do not have, or an issue known by its receipt alone: beside a list of
        bookings it would not stay anonymous.
    """
    wanted = sa.select(Issue.number, Issue.id, Issue.anonymity).where(
        Issue.station_id.in_(station_ids), Issue.number.in_(numbers), Issue.confined_to.is_(None)
    )
    found = {number: (issue_id, anonymity) for number, issue_id, anonymity in session.execute(wanted)}
    missing = [number for number in numbers if number not in found]
    if missing:
        sentence = f"本站没有编号为 {'、'.join(missing[:5])} 的事项，请核对编号。"
        raise Invalid(fields={FIELD: sentence})
    hidden = [number for number in numbers if found[number][1] == Anonymity.RECEIPT_ONLY]
    if hidden:
        sentence = f"{'、'.join(hidden[:5])} 是凭回执查询的匿名事项，不与接待日关联，以免认出是谁。请从记录里去掉。"
        raise Invalid(fields={FIELD: sentence})
    return [found[number][0] for number in numbers]


def numbers(session: Session, issue_ids: Collection[str]) -> dict[str, str]:
    """Id → number."""
    if not issue_ids:
        return {}
    return dict(session.execute(sa.select(Issue.id, Issue.number).where(Issue.id.in_(issue_ids))).all())
