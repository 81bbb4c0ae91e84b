"""Sentences used again and again (常用语), kept per district by those who answer for its wording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import NotFound
from service.issues.models import StandardText
from service.parameters import catalogue
from service.parameters import queries as parameters

EDITORS = (Role.TOWNSHIP, Role.DISTRICT, Role.ADMIN)
MOST = 200
"""Offered at once."""


def texts(
    session: Session, district_ids: Collection[str], *, action: str | None, at: dt.datetime
) -> Sequence[StandardText]:
    """Those offered in the districts at ``at``; with ``action`` also the general ones."""
    statement = sa.select(StandardText).where(StandardText.district_id.in_(district_ids))
    if action is not None:
        statement = statement.where(sa.or_(StandardText.action == action, StandardText.action.is_(None)))
    rows = session.scalars(statement.order_by(StandardText.title, StandardText.id)).all()
    values = {district: parameters.load(session, district, at=at) for district in district_ids}
    return [row for row in rows if catalogue.offered(values[row.district_id], catalogue.TEXT_USE, row.id)][:MOST]


def every(session: Session, district_id: str) -> Sequence[StandardText]:
    """Those of today, those to come and those that ended."""
    statement = sa.select(StandardText).where(StandardText.district_id == district_id)
    return session.scalars(statement.order_by(StandardText.title, StandardText.id)).all()


def add(
    session: Session, *, district_id: str, title: str, text: str, action: str | None, now: dt.datetime
) -> StandardText:
    row = StandardText(district_id=district_id, title=title, text=text, action=action, created_at=now)
    session.add(row)
    session.flush()
    return row


def one_of(session: Session, text_id: str, *, actor: Actor) -> StandardText:
    """:raises NotFound: when it is not of a district whose wording the actor keeps."""
    row = session.get(StandardText, text_id)
    if row is None or row.district_id not in {grant.district_id for grant in actor.grants_of(*EDITORS)}:
        raise NotFound("没有找到这条常用语。")
    return row
